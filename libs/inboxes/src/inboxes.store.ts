import type { Store } from '@sotto/platform';
import { inboxSchema } from './inbox.entity.js';

export const inboxesStore: Store = {
  name: 'inboxes',
  entities: [inboxSchema],
  dataMap: {
    inbox: {
      purpose: 'A place conversations come from, and how its widget looks',
      retention: 'Until the account is purged',
      columns: {
        id: 'none',
        accountId: 'none',
        channel: 'none',
        name: 'none',
        key: 'none',
        policyId: 'none',
        teamId: 'none',
        allowedOrigins: 'none',
        colour: 'none',
        texts: 'none',
        fallbackEmail: 'none',
        seenAt: 'none',
        seenOrigin: 'none',
        refusedAt: 'none',
        refusedOrigin: 'none',
        createdAt: 'none',
      },
    },
  },
};
