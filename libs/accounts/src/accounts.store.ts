import type { Store } from '@sotto/platform';
import { accountSchema } from './account.entity.js';
import { memberSchema } from './member.entity.js';
import { setupCodeSchema } from './setup-code.entity.js';

export const accountsStore: Store = {
  name: 'accounts',
  entities: [accountSchema, memberSchema, setupCodeSchema],
  dataMap: {
    account: {
      purpose: 'The organisation that uses Sotto',
      retention: 'Until the account is purged',
      columns: { id: 'none', name: 'none', lastNumber: 'none', createdAt: 'none' },
    },
    member: {
      purpose: 'Signing in, and showing colleagues and visitors who answers',
      retention: 'Until the member is erased',
      protection: 'Name and address encrypted with the member’s own key; address looked up by keyed hash; password as argon2id',
      columns: {
        id: 'pseudonym',
        accountId: 'none',
        role: 'none',
        nameSealed: 'personal',
        emailSealed: 'personal',
        loginHash: 'pseudonym',
        passwordHash: 'personal',
        createdAt: 'none',
      },
    },
    setup_code: {
      purpose: 'Making an account with a code the operator holds',
      retention: 'Until used, 30 days at most',
      columns: { codeHash: 'none', expiresAt: 'none', createdAt: 'none' },
    },
  },
};
