import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies, doorPolicy } from '@sotto/platform';
import type { Permission } from '@sotto/protocol';

const schema = defineEntity({
  name: 'ApiToken',
  tableName: 'api_token',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    /** Who made it; it never may more than they. */
    memberId: p.uuid(),
    nameSealed: p.blob(),
    /** SHA-256 of the token, in base64url. */
    tokenHash: p.text().unique(),
    /** The token's last characters. */
    hint: p.text(),
    scopes: p.json().$type<Permission[]>(),
    /** Addresses it may be used from, sealed with the maker's key; null for any. */
    allowlistSealed: p.blob().nullable(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
    lastUsedAt: p.datetime().nullable(),
  },
  indexes: [{ properties: ['accountId', 'memberId'] }],
  policies: [...accountPolicies('api_token'), doorPolicy('api_token', 'token_hash')],
  rowLevelSecurity: 'force',
});
export class ApiToken extends schema.class {}
schema.setClass(ApiToken);
export const apiTokenSchema = schema;
