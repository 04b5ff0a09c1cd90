import type { Permission } from '@sotto/protocol';

/** Permissions in the order and the groups people think of them. */
export const PERMISSION_GROUPS = {
  groupConversations: [
    'conversation.read',
    'conversation.read-all',
    'conversation.reply',
    'conversation.note',
    'conversation.update',
    'conversation.create',
  ],
  groupScreening: ['screening.teach', 'screening.manage'],
  groupContacts: ['contact.read', 'contact.update'],
  groupSetup: ['inbox.read', 'inbox.manage', 'policy.read', 'policy.publish', 'mail.manage'],
  groupPeople: ['member.read', 'member.manage', 'role.manage', 'team.manage'],
  groupSecurity: ['security.read', 'security.manage', 'token.manage', 'audit.read', 'audit.export', 'ownership.transfer'],
} as const satisfies Record<string, readonly Permission[]>;

export type PermissionGroup = keyof typeof PERMISSION_GROUPS;
export const GROUPS = Object.entries(PERMISSION_GROUPS) as [PermissionGroup, readonly Permission[]][];
