import { accessStore } from '@sotto/access';
import { accountsStore } from '@sotto/accounts';
import { auditStore } from '@sotto/audit';
import { consentStore } from '@sotto/consent';
import { contactsStore } from '@sotto/contacts';
import { conversationsStore } from '@sotto/conversations';
import { inboxesStore } from '@sotto/inboxes';
import { mailStore, vaultStore, type Store } from '@sotto/platform';
import { screeningStore } from '@sotto/screening';

/** Every table there is, and what it holds about people. */
export const stores: readonly Store[] = [
  vaultStore,
  mailStore,
  auditStore,
  accountsStore,
  accessStore,
  contactsStore,
  consentStore,
  screeningStore,
  inboxesStore,
  conversationsStore,
];
