import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies } from '@sotto/platform';
import type { Language } from '@sotto/protocol';

/** Proof that consent was given or withdrawn. Rows are added, never changed. */
const schema = defineEntity({
  name: 'ConsentReceipt',
  tableName: 'consent_receipt',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    contactId: p.uuid(),
    inboxId: p.uuid(),
    policyId: p.uuid(),
    policyVersion: p.integer(),
    noticeHash: p.text(),
    language: p.text().$type<Language>(),
    purposes: p.json<string[]>(),
    event: p.text().$type<'given' | 'withdrawn'>(),
    at: p.datetime(),
  },
  indexes: [{ properties: ['accountId', 'contactId', 'at'] }],
  policies: accountPolicies('consent_receipt'),
  rowLevelSecurity: 'force',
  checks: [{ name: 'consent_receipt_event', expression: "event in ('given', 'withdrawn')" }],
});
export class ConsentReceipt extends schema.class {}
schema.setClass(ConsentReceipt);
export const consentReceiptSchema = schema;
