import { MembersService } from '@sotto/accounts';
import type { Permission, Role, RoleView } from '@sotto/protocol';
import type { Desk } from './desk.js';
import { PASSWORD, type Member } from './people.js';
import { enrolment, stepsUp } from './second-factor.js';

export interface Colleague {
  member: Member;
  email: string;
  /** Of the authenticator app; undefined where the role asks for none. */
  secret: string | undefined;
  customRoleId: string | null;
}

export interface Wanted {
  role?: Role;
  /** Gives them a role made of these. */
  permissions?: Permission[];
  /** Whose account; the desk's own otherwise. */
  owner?: Member;
  /** Also where nothing asks for it. */
  secondFactor?: true;
}

let count = 0;

/** A further member, signed in all the way: with an authenticator app where their role demands one. */
export async function aColleague(desk: Desk, name: string, wanted: Wanted = {}): Promise<Colleague> {
  const { role = 'agent', permissions, owner = desk.owner } = wanted;
  const { accountId } = owner;
  count += 1;
  const email = `${name.toLowerCase()}${count}@colleagues.test`;
  const customRoleId = permissions ? (await aRole(desk, owner, permissions)).id : null;
  await desk.database.in(accountId, (tx) =>
    desk.app.get(MembersService).add(tx, { accountId, name, email, password: PASSWORD, role, customRoleId }),
  );
  const member = await desk.logsIn(email);
  const asked = wanted.secondFactor ?? (await member.get('/api/v1/me')).status !== 200;
  const secret = asked ? (await enrolment(member, desk.clock)).secret : undefined;
  return { member, email, secret, customRoleId };
}

/** A role of the account's own. */
export async function aRole(desk: Desk, owner: Member, permissions: Permission[], name = `Role ${(count += 1)}`): Promise<RoleView> {
  await stepsUp(owner, desk.clock);
  const answer = await owner.post('/api/v1/roles', { name, permissions });
  if (answer.status !== 201) throw new Error(`No role: ${answer.text}`);
  return answer.body as RoleView;
}
