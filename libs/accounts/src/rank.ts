import { GRANTABLE, ROLE_PERMISSIONS, type Permission, type Role } from '@sotto/protocol';

const grantable = new Set(GRANTABLE);
const ofAgents = new Set(ROLE_PERMISSIONS.agent);

/** What a role allows. A custom role stands where agents stand and never holds what is for owners alone. */
export function permissionsOf(role: Role, custom: readonly Permission[] | null): ReadonlySet<Permission> {
  return new Set(custom === null ? ROLE_PERMISSIONS[role] : custom.filter((permission) => grantable.has(permission)));
}

/** Whether somebody with these permissions must have a second factor, whatever the account asks: all who may more than agents. */
export const needsSecondFactor = (role: Role, permissions: ReadonlySet<Permission>): boolean =>
  role !== 'agent' || [...permissions].some((permission) => !ofAgents.has(permission));
