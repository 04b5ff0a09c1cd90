import type { Store } from '@sotto/platform';
import { contactSchema } from './contact.entity.js';

export const contactsStore: Store = {
  name: 'contacts',
  entities: [contactSchema],
  dataMap: {
    contact: {
      purpose: 'Knowing whom to answer, by the name and address the person chose to give',
      retention: 'Until the person is erased',
      protection: 'Name and address encrypted with the person’s own key; address looked up by keyed hash',
      columns: {
        id: 'pseudonym',
        accountId: 'none',
        nameSealed: 'personal',
        emailSealed: 'personal',
        emailIndex: 'pseudonym',
        createdAt: 'none',
        updatedAt: 'none',
      },
    },
  },
};
