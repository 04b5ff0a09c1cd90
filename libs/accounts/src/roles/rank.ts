import { AppError, type MemberActor } from '@sotto/kernel';
import { GRANTABLE, ROLE_PERMISSIONS, ROLE_RANK, type Permission, type Role } from '@sotto/protocol';

const grantable = new Set(GRANTABLE);
const ofAgents = new Set(ROLE_PERMISSIONS.agent);

/** Where somebody stands: their role and what they may. */
export interface Rank {
  role: Role;
  permissions: ReadonlySet<Permission>;
}

/** What a role allows. A custom role stands where agents stand and never holds what is for owners alone. */
export function permissionsOf(role: Role, custom: readonly Permission[] | null): ReadonlySet<Permission> {
  return new Set(custom === null ? ROLE_PERMISSIONS[role] : custom.filter((permission) => grantable.has(permission)));
}

/** Whether somebody with these permissions must have a second factor, whatever the account asks: all who may more than agents. */
export const needsSecondFactor = (role: Role, permissions: ReadonlySet<Permission>): boolean =>
  role !== 'agent' || [...permissions].some((permission) => !ofAgents.has(permission));

const isWithin = (some: ReadonlySet<Permission>, all: ReadonlySet<Permission>) => [...some].every((permission) => all.has(permission));

/**
 * Refuses to act on a member: on oneself, on an owner without being one, on a higher role, and on whoever may do something
 * the actor may not. Throws `permission.denied` or `member.outranks-you`.
 */
export function assertMayActOn(actor: MemberActor, memberId: string, target: Rank): void {
  if (memberId === actor.memberId) throw new AppError('permission.denied', 'Ask somebody else: nobody does this to themselves.');
  const above = ROLE_RANK[target.role] > ROLE_RANK[actor.role];
  if (above || !isWithin(target.permissions, actor.permissions)) throw new AppError('member.outranks-you');
}

/** Refuses to give away more than one has. The role of an admin is given by admins and owners only, that of an owner never. */
export function assertMayGrant(actor: MemberActor, { role, permissions }: Rank): void {
  if (role === 'owner' || ROLE_RANK[role] > ROLE_RANK[actor.role] || !isWithin(permissions, actor.permissions))
    throw new AppError('permission.not-yours');
}
