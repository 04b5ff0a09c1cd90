import type { Store } from '@sotto/platform';
import { auditEntrySchema, auditHeadSchema } from './audit.entities.js';

export const auditStore: Store = {
  name: 'audit',
  entities: [auditEntrySchema, auditHeadSchema],
  dataMap: {
    audit_entry: {
      purpose: 'Proving who did what that matters for security and privacy',
      retention: 'Until the account is purged',
      protection: 'Names are not in it; addresses encrypted with the member’s own key, unreadable once they are erased',
      columns: {
        accountId: 'none',
        seq: 'none',
        at: 'none',
        action: 'none',
        actorKind: 'none',
        actorId: 'pseudonym',
        targetKind: 'none',
        targetId: 'pseudonym',
        addressOf: 'pseudonym',
        addressSealed: 'personal',
        data: 'none',
        hash: 'none',
      },
    },
    audit_head: {
      purpose: 'Noticing that the end of the audit log is missing',
      retention: 'Until the account is purged',
      columns: { accountId: 'none', seq: 'none', hash: 'none' },
    },
  },
};
