import type { Store } from '@sotto/platform';
import { consentReceiptSchema } from './consent-receipt.entity.js';
import { policyVersionSchema } from './policy-version.entity.js';
import { policySchema } from './policy.entity.js';

export const consentStore: Store = {
  name: 'consent',
  entities: [policySchema, policyVersionSchema, consentReceiptSchema],
  dataMap: {
    policy: {
      purpose: 'The privacy notice visitors agree to',
      retention: 'Until the account is purged',
      columns: { id: 'none', accountId: 'none', name: 'none', currentVersion: 'none', createdAt: 'none' },
    },
    policy_version: {
      purpose: 'Every published version of the notice, so that a receipt can be read later',
      retention: 'Until the account is purged',
      columns: {
        policyId: 'none',
        version: 'none',
        accountId: 'none',
        texts: 'none',
        url: 'none',
        purposes: 'none',
        noticeHash: 'none',
        publishedAt: 'none',
        publishedBy: 'pseudonym',
      },
    },
    consent_receipt: {
      purpose: 'Proving that consent was given or withdrawn, for which notice and when',
      retention: 'Kept under a pseudonym after erasure, as proof (GDPR Art. 7(1))',
      protection: 'Holds ids only; whom they mean is unreadable once the person’s key is destroyed',
      columns: {
        id: 'pseudonym',
        accountId: 'none',
        contactId: 'pseudonym',
        inboxId: 'none',
        policyId: 'none',
        policyVersion: 'none',
        noticeHash: 'none',
        language: 'none',
        purposes: 'none',
        event: 'none',
        at: 'none',
      },
    },
  },
};
