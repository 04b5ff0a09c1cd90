import { defineEntity, p } from '@mikro-orm/core';
import { OPERATOR_ROLE, accountPolicies, doorPolicy } from '@sotto/platform';

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
    withdrawnAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
  },
  indexes: [{ properties: ['accountId', 'contactId'] }],
  policies: [
    ...accountPolicies('visitor_session'),
    doorPolicy('visitor_session', 'token_hash'),
    { name: 'visitor_session_operator_select', command: 'select', roles: [OPERATOR_ROLE], using: 'expires_at < now()' },
    { name: 'visitor_session_operator_delete', command: 'delete', roles: [OPERATOR_ROLE], using: 'expires_at < now()' },
  ],
  rowLevelSecurity: 'force',
});
export class VisitorSession extends schema.class {}
schema.setClass(VisitorSession);
export const visitorSessionSchema = schema;
