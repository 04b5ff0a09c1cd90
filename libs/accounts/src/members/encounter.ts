import { AppError, notFound, type MemberActor } from '@sotto/kernel';
import { query, type Tx } from '@sotto/platform';
import type { MemberStatus, Permission, Role } from '@sotto/protocol';
import { permissionsOf } from '../roles/rank.js';

/** A member as a change finds them, held until the transaction ends. */
export interface HeldMember {
  id: string;
  role: Role;
  customRoleId: string | null;
  status: MemberStatus;
  permissions: ReadonlySet<Permission>;
  twoFactor: boolean;
}

interface Row extends Omit<HeldMember, 'permissions'> {
  custom: Permission[] | null;
}

/**
 * Holds these members and every owner until the transaction ends, always in the same order: two people who act on each other
 * at once come one after the other, and the second finds what the first has done.
 */
export async function holdMembers(tx: Tx, ids: readonly string[]): Promise<Map<string, HeldMember>> {
  await query(tx, "select 1 from member where id = any($1) or role = 'owner' order by id for update", [ids]);
  // A second statement, since the first one read before it waited.
  const rows = await query<Row>(
    tx,
    `select m.id, m.role, m.custom_role_id as "customRoleId", m.status, m.two_factor_since is not null as "twoFactor",
            case when m.custom_role_id is not null then coalesce(r.permissions, '[]'::jsonb) end as custom
       from member m left join custom_role r on r.id = m.custom_role_id where m.id = any($1) or m.role = 'owner'`,
    [ids],
  );
  return new Map(rows.map(({ custom, ...row }) => [row.id, { ...row, permissions: permissionsOf(row.role, custom) }]));
}

/** The actor as they stand now: with a role or permissions lost since the request began, they act without them. */
export function asTheyStand(actor: MemberActor, held: ReadonlyMap<string, HeldMember>): MemberActor {
  const now = held.get(actor.memberId);
  if (now?.status !== 'active') throw new AppError('auth.required');
  return { ...actor, role: now.role, permissions: new Set([...actor.permissions].filter((permission) => now.permissions.has(permission))) };
}

/** Both sides of an act on a member, held. Throws `not-found`. */
export async function meet(tx: Tx, actor: MemberActor, memberId: string): Promise<{ me: MemberActor; target: HeldMember }> {
  const held = await holdMembers(tx, [actor.memberId, memberId]);
  const me = asTheyStand(actor, held);
  const target = held.get(memberId);
  if (!target) throw notFound();
  return { me, target };
}

/** Throws `owner.last` once nobody who may sign in owns the account. */
export async function assertOwned(tx: Tx): Promise<void> {
  const owners = await query(tx, "select 1 from member where role = 'owner' and status = 'active' limit 1");
  if (owners.length === 0) throw new AppError('owner.last', 'Make somebody else an owner first.');
}
