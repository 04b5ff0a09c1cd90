import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MembersService } from '@sotto/accounts';
import { AppError, newId, type MemberActor } from '@sotto/kernel';
import { ROLE_PERMISSIONS, type MemberPatch, type Permission } from '@sotto/protocol';
import { MemberAdministration } from '../../libs/accounts/src/members/member-administration.js';
import { aDesk, type Desk } from '../support/desk.js';
import { UNLIMITED } from '../support/scene.js';

/** Rounds in which two owners act on each other at once. */
const ROUNDS = 50;

let desk: Desk;
beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
});
afterAll(() => desk.close());

const administration = () => desk.app.get(MemberAdministration, { strict: false });
let count = 0;

async function anOwner(): Promise<MemberActor> {
  const { accountId } = desk.owner;
  count += 1;
  const email = `owner${count}@race.test`;
  const { id } = await desk.database.in(accountId, (tx) =>
    desk.app.get(MembersService).add(tx, { accountId, name: `Owner ${count}`, email, role: 'owner' }),
  );
  return {
    kind: 'member',
    accountId,
    memberId: id,
    role: 'owner',
    permissions: new Set(ROLE_PERMISSIONS.owner),
    credential: 'session',
    sessionId: newId(),
    stage: 'full',
    provenAt: desk.clock.now(),
    address: '127.0.0.1',
  };
}

/** Nobody else owns the account now. */
async function alone(owners: readonly MemberActor[]): Promise<void> {
  await desk.sql("update member set role = 'admin'");
  await desk.sql("update member set role = 'owner', status = 'active' where id = any($1)", [owners.map(({ memberId }) => memberId)]);
}

const owning = async () =>
  (await desk.sql<{ id: string }>("select id from member where role = 'owner' and status = 'active'")).map(({ id }) => id);

/** What came of acts at once: how many went through, and the codes of the rest. */
async function together(acts: Promise<unknown>[]): Promise<{ done: number; refused: string[] }> {
  const outcomes = await Promise.allSettled(acts);
  const refused = outcomes
    .filter((outcome) => outcome.status === 'rejected')
    .map(({ reason }) => (reason instanceof AppError ? reason.code : String(reason)));
  return { done: outcomes.length - refused.length, refused };
}

describe('two owners at once', () => {
  it.each<[string, MemberPatch, string]>([
    ['making an admin of each other', { role: 'admin' }, 'member.outranks-you'],
    ['disabling each other', { status: 'disabled' }, 'auth.required'],
  ])('%s leave exactly one', async (_, patch, code) => {
    const [one, two] = [await anOwner(), await anOwner()];
    for (let round = 0; round < ROUNDS; round += 1) {
      await alone([one, two]);
      const acts = [one, two].map((actor, turn) => administration().patch(actor, [two, one][turn]?.memberId ?? '', patch));
      expect(await together(acts)).toEqual({ done: 1, refused: [code] });
      expect(await owning()).toHaveLength(1);
    }
  });

  it('removing each other leave exactly one', async () => {
    for (let round = 0; round < ROUNDS / 2; round += 1) {
      const [one, two] = [await anOwner(), await anOwner()];
      await alone([one, two]);
      const acts = [administration().remove(one, two.memberId), administration().remove(two, one.memberId)];
      expect(await together(acts)).toEqual({ done: 1, refused: ['auth.required'] });
      expect(await owning()).toHaveLength(1);
    }
  });

  it('in a ring, each taking the next one’s place away, leave somebody', async () => {
    const ring = [await anOwner(), await anOwner(), await anOwner(), await anOwner()];
    for (let round = 0; round < ROUNDS / 5; round += 1) {
      await alone(ring);
      const { done } = await together(
        ring.map((actor, turn) => administration().patch(actor, ring[(turn + 1) % ring.length]?.memberId ?? '', { role: 'agent' })),
      );
      const left = await owning();
      expect(left.length).toBe(ring.length - done);
      expect(left.length).toBeGreaterThan(0);
    }
  });
});

describe('an act that was overtaken', () => {
  it('counts with what is left of the actor’s permissions', async () => {
    const [overtaken, target] = [await anOwner(), await anOwner()];
    const has = async ({ memberId, accountId }: MemberActor, permissions: Permission[]) => {
      const id = newId();
      const role = [id, accountId, id, JSON.stringify(permissions)];
      await desk.sql('insert into custom_role (id, account_id, name, permissions) values ($1, $2, $3, $4::jsonb)', role);
      await desk.sql("update member set role = 'agent', custom_role_id = $2 where id = $1", [memberId, id]);
    };
    await alone([await anOwner()]);
    await desk.sql("update member set status = 'active'");
    await has(target, ['member.read', 'audit.read']);
    // The guard let them in as an owner a moment ago.
    await has(overtaken, ['member.read', 'member.manage']);
    const act = () => administration().patch(overtaken, target.memberId, { status: 'disabled' });
    expect(await together([act()])).toEqual({ done: 0, refused: ['member.outranks-you'] });
    await has(overtaken, ['member.read', 'member.manage', 'audit.read']);
    expect(await together([act()])).toEqual({ done: 1, refused: [] });
  });
});
