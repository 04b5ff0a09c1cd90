import { defineEntity, p } from '@mikro-orm/core';
import type { Suspicion } from '@sotto/kernel';
import { accountPolicies, doorPolicy, expiryPolicies } from '@sotto/platform';

/** A visitor's token, bound to the consent it was given for. */
const schema = defineEntity({
  name: 'VisitorSession',
  tableName: 'visitor_session',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    contactId: p.uuid(),
    inboxId: p.uuid(),
    /** SHA-256 of the token, in base64url. */
    tokenHash: p.text().unique(),
    policyId: p.uuid(),
    /** The version the visitor agreed to; another current version makes the session stale. */
    policyVersion: p.integer(),
    receiptId: p.uuid(),
    /** What was odd about how it began; see `Suspicion`. */
    suspicion: p.text().$type<Suspicion>().nullable(),
    withdrawnAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
  },
  indexes: [{ properties: ['accountId', 'contactId'] }],
  policies: [...accountPolicies('visitor_session'), doorPolicy('visitor_session', 'token_hash'), ...expiryPolicies('visitor_session')],
  rowLevelSecurity: 'force',
});
export class VisitorSession extends schema.class {}
schema.setClass(VisitorSession);
export const visitorSessionSchema = schema;
