import {
  IconAlertOctagon,
  IconApi,
  IconFileText,
  IconInbox,
  IconKey,
  IconListCheck,
  IconMail,
  IconShieldLock,
  IconUserCog,
  IconUsers,
  IconUsersGroup,
  type Icon,
} from '@tabler/icons-react';
import type { Permission } from '@sotto/protocol';

/** Pages of the settings, in the order of the menu, and what one must be allowed to see each. */
export const SETTINGS_LINKS = [
  { to: '/settings/inboxes', words: 'nav.inboxes', icon: IconInbox, needs: 'inbox.read' },
  { to: '/settings/policy', words: 'nav.policy', icon: IconFileText, needs: 'policy.read' },
  { to: '/settings/members', words: 'admin.members', icon: IconUsers, needs: 'member.read' },
  { to: '/settings/teams', words: 'admin.teams', icon: IconUsersGroup, needs: 'member.read' },
  { to: '/settings/roles', words: 'admin.roles', icon: IconUserCog, needs: 'role.manage' },
  { to: '/settings/security', words: 'admin.security', icon: IconShieldLock, needs: 'security.read' },
  { to: '/settings/sso', words: 'admin.sso', icon: IconKey, needs: 'security.manage' },
  { to: '/settings/mail', words: 'admin.mail', icon: IconMail, needs: 'mail.manage' },
  { to: '/settings/screening', words: 'filter.title', icon: IconAlertOctagon, needs: 'screening.manage' },
  { to: '/settings/tokens', words: 'admin.tokens', icon: IconApi, needs: 'token.manage' },
  { to: '/settings/audit', words: 'admin.audit', icon: IconListCheck, needs: 'audit.read' },
] as const satisfies readonly { to: string; words: string; icon: Icon; needs: Permission }[];
