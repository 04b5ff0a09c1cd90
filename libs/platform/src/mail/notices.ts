/** What members are told by mail, and what each notice needs to say it. Links are made when it is sent. */
export interface NoticeData {
  'account-created': Record<never, never>;
  'password-changed': Record<never, never>;
  /** `change`: what happened to the second factor. */
  'two-factor-changed': {
    change: 'enabled' | 'disabled' | 'reset' | 'passkey-added' | 'passkey-removed' | 'recovery-renewed' | 'recovery-used';
  };
  'new-device': { device: string; address: string; at: string };
  /** `token` goes into the link. */
  invitation: { token: string; by: string; account: string };
  'role-changed': { role: string };
  'password-reset': { token: string };
  'ownership-offered': { by: string; account: string };
  'data-request': { number: string };
  'mail-test': Record<never, never>;
}
export type Notice = keyof NoticeData;
