import { defineEntity, p } from '@mikro-orm/core';
import { OPERATOR_ROLE, accountPolicies, doorPolicy } from '@sotto/platform';

const schema = defineEntity({
  name: 'Session',
  tableName: 'session',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    memberId: p.uuid(),
    /** SHA-256 of the token, in base64url. */
    tokenHash: p.text().unique(),
    /** Browser and address at login, for the member to recognise it. */
    footprintSealed: p.blob(),
    createdAt: p.datetime(),
    lastUsedAt: p.datetime(),
    expiresAt: p.datetime(),
  },
  indexes: [{ properties: ['accountId', 'memberId'] }],
  policies: [
    ...accountPolicies('session'),
    doorPolicy('session', 'token_hash'),
    { name: 'session_operator_select', command: 'select', roles: [OPERATOR_ROLE], using: 'expires_at < now()' },
    { name: 'session_operator_delete', command: 'delete', roles: [OPERATOR_ROLE], using: 'expires_at < now()' },
  ],
  rowLevelSecurity: 'force',
});
export class Session extends schema.class {}
schema.setClass(Session);
export const sessionSchema = schema;
