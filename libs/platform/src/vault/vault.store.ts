import type { Store } from '../registry/store.js';
import { vaultEntities } from './vault.entities.js';

export const vaultStore: Store = {
  name: 'vault',
  entities: vaultEntities,
  dataMap: {
    account_key: {
      purpose: 'The key of each account, wrapped by the master key',
      retention: 'Until the account is purged',
      columns: { accountId: 'none', wrapped: 'none', createdAt: 'none' },
    },
    subject_key: {
      purpose:
        'The key of each person, wrapped by the key of the account. Destroying a row makes everything sealed for that person unreadable',
      retention: 'Until the person is erased; backups of this schema at most 7 days',
      columns: { subjectId: 'pseudonym', accountId: 'none', wrapped: 'none', createdAt: 'none' },
    },
  },
};
