import { z } from 'zod';

export const Role = z.enum(['owner', 'admin', 'agent']);
export type Role = z.infer<typeof Role>;

/** Who stands above whom. A custom role stands where agents stand. */
export const ROLE_RANK: Readonly<Record<Role, number>> = { owner: 3, admin: 2, agent: 1 };

/** What a route or a socket event may ask for. A role is a set of these. */
export const PERMISSIONS = [
  'conversation.read',
  /** Also those of teams one is not in. */
  'conversation.read-all',
  'conversation.reply',
  'conversation.note',
  'conversation.update',
  /** On behalf of a contact. */
  'conversation.create',
  'screening.teach',
  /** Threshold, block list, and what others taught. */
  'screening.manage',
  'contact.read',
  'contact.update',
  'inbox.read',
  'inbox.manage',
  'policy.read',
  'policy.publish',
  'member.read',
  'member.manage',
  'role.manage',
  'team.manage',
  'security.read',
  'security.manage',
  'mail.manage',
  'token.manage',
  'audit.read',
  'audit.export',
  'ownership.transfer',
  'consent.withdraw',
] as const;
export const Permission = z.enum(PERMISSIONS);
export type Permission = z.infer<typeof Permission>;

const agent: readonly Permission[] = [
  'conversation.read',
  'conversation.reply',
  'conversation.note',
  'conversation.update',
  'conversation.create',
  'screening.teach',
  'contact.read',
  'contact.update',
  'inbox.read',
  'policy.read',
  'member.read',
];
const admin: readonly Permission[] = [
  ...agent,
  'conversation.read-all',
  'screening.manage',
  'inbox.manage',
  'policy.publish',
  'member.manage',
  'role.manage',
  'team.manage',
  'security.read',
  'security.manage',
  'mail.manage',
  'token.manage',
  'audit.read',
  'audit.export',
];
const owner: readonly Permission[] = [...admin, 'ownership.transfer'];

/** Permissions of each role. Whoever is not listed for something is refused. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = { owner, admin, agent };

/** What a custom role may be made of: whatever an admin may do. */
export const GRANTABLE: readonly Permission[] = admin;

/** What an API token may be given. Signing in, second factors and tokens themselves are for people only. */
export const TOKEN_SCOPES: readonly Permission[] = owner.filter(
  (permission) => !['token.manage', 'security.manage', 'ownership.transfer', 'role.manage'].includes(permission),
);

/** What a visitor with consent may do, to their own conversations and consent only. */
export const VISITOR_PERMISSIONS: readonly Permission[] = ['conversation.read', 'conversation.reply', 'consent.withdraw'];
