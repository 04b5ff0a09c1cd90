import { IconHistory, IconShieldLock, IconUserCircle } from '@tabler/icons-react';

/** The pages about oneself, for their tabs and the palette. */
export const ME_LINKS = [
  { to: '/me', words: 'me.profile', icon: IconUserCircle },
  { to: '/me/security', words: 'me.security', icon: IconShieldLock },
  { to: '/me/sign-ins', words: 'me.signIns', icon: IconHistory },
] as const;
