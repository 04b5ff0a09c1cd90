import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies } from '@sotto/platform';

/** An account without a row demands nothing and lets every address in. */
const security = defineEntity({
  name: 'AccountSecurity',
  tableName: 'account_security',
  properties: {
    accountId: p.uuid().primary(),
    requireTwoFactor: p.boolean().default(false),
    /** Ranges with their labels, sealed with the account's key; null for everywhere. */
    allowlistSealed: p.blob().nullable(),
    /** Raised at every change. */
    version: p.integer().default(1),
  },
  policies: accountPolicies('account_security'),
  rowLevelSecurity: 'force',
});
export class AccountSecurity extends security.class {}
security.setClass(AccountSecurity);
export const accountSecuritySchema = security;

const provider = defineEntity({
  name: 'SsoProvider',
  tableName: 'sso_provider',
  properties: {
    accountId: p.uuid().primary(),
    enabled: p.boolean(),
    /** Name, issuer, client and secret, sealed with the account's key. */
    settingsSealed: p.blob(),
    version: p.integer().default(1),
  },
  policies: accountPolicies('sso_provider'),
  rowLevelSecurity: 'force',
});
export class SsoProvider extends provider.class {}
provider.setClass(SsoProvider);
export const ssoProviderSchema = provider;

const identity = defineEntity({
  name: 'SsoIdentity',
  tableName: 'sso_identity',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    memberId: p.uuid(),
    /** Keyed hash of issuer and subject. */
    subjectHash: p.text(),
    createdAt: p.datetime(),
  },
  uniques: [{ name: 'sso_identity_subject', properties: ['accountId', 'subjectHash'] }],
  indexes: [{ properties: ['accountId', 'memberId'] }],
  policies: accountPolicies('sso_identity'),
  rowLevelSecurity: 'force',
});
export class SsoIdentity extends identity.class {}
identity.setClass(SsoIdentity);
export const ssoIdentitySchema = identity;
