import type { Store } from '../registry/store.js';
import { accountMailSchema, mailOutboxSchema } from './mail.entities.js';

export const mailStore: Store = {
  name: 'mail',
  entities: [mailOutboxSchema, accountMailSchema],
  jobs: ['mail.send'],
  dataMap: {
    mail_outbox: {
      purpose: 'Notices to members on their way',
      retention: 'Until sent, 7 days at most',
      protection: 'Encrypted with the member’s own key',
      columns: {
        id: 'none',
        accountId: 'none',
        memberId: 'pseudonym',
        notice: 'none',
        dataSealed: 'personal',
        createdAt: 'none',
        expiresAt: 'none',
      },
    },
    account_mail: {
      purpose: 'The mail server an account sends through',
      retention: 'Until removed',
      protection: 'Encrypted with the account’s key',
      columns: { accountId: 'none', settingsSealed: 'none', version: 'none' },
    },
  },
};
