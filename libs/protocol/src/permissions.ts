import { z } from 'zod';

export const Role = z.enum(['owner', 'admin', 'agent']);
export type Role = z.infer<typeof Role>;

/** What a route or a socket event may ask for. A role is a set of these. */
export const PERMISSIONS = [
  'conversation.read',
  'conversation.reply',
  'conversation.note',
  'conversation.update',
  'contact.read',
  'contact.update',
  'inbox.read',
  'inbox.manage',
  'policy.read',
  'policy.publish',
  'member.read',
  'consent.withdraw',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

const agent: readonly Permission[] = [
  'conversation.read',
  'conversation.reply',
  'conversation.note',
  'conversation.update',
  'contact.read',
  'contact.update',
  'inbox.read',
  'policy.read',
  'member.read',
];
const admin: readonly Permission[] = [...agent, 'inbox.manage', 'policy.publish'];

/** Permissions of each role. Whoever is not listed for something is refused. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = { owner: admin, admin, agent };

/** What a visitor with consent may do, to their own conversations and consent only. */
export const VISITOR_PERMISSIONS: readonly Permission[] = ['conversation.read', 'conversation.reply', 'consent.withdraw'];
