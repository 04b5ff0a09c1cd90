import type { Store } from '@sotto/platform';
import { idempotentRequestSchema } from './idempotent-request.entity.js';
import { sessionSchema } from './session.entity.js';
import { visitorSessionSchema } from './visitor-session.entity.js';

export const accessStore: Store = {
  name: 'access',
  entities: [sessionSchema, visitorSessionSchema, idempotentRequestSchema],
  dataMap: {
    session: {
      purpose: 'Keeping a member signed in, and showing them where',
      retention: '8 hours, or 30 minutes without use; gone at logout',
      protection: 'Browser and address encrypted with the member’s own key; token as hash',
      columns: {
        id: 'none',
        accountId: 'none',
        memberId: 'pseudonym',
        tokenHash: 'none',
        footprintSealed: 'personal',
        createdAt: 'none',
        lastUsedAt: 'none',
        expiresAt: 'none',
      },
    },
    idempotent_request: {
      purpose: 'Answering a repeated request as the first time',
      retention: '1 day',
      protection: 'Answer encrypted with the member’s own key; request as keyed hash',
      columns: {
        memberId: 'pseudonym',
        key: 'none',
        accountId: 'none',
        requestIndex: 'none',
        status: 'none',
        answerSealed: 'personal',
        createdAt: 'none',
      },
    },
    visitor_session: {
      purpose: 'Letting a visitor who gave consent continue their chat',
      retention: '90 days, or until consent is withdrawn',
      protection: 'Token as hash',
      columns: {
        id: 'none',
        accountId: 'none',
        contactId: 'pseudonym',
        inboxId: 'none',
        tokenHash: 'none',
        policyId: 'none',
        policyVersion: 'none',
        receiptId: 'pseudonym',
        withdrawnAt: 'none',
        createdAt: 'none',
        expiresAt: 'none',
      },
    },
  },
};
