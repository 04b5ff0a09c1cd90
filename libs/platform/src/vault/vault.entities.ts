import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies } from '../database/policies.js';

/** The schema of wrapped keys: left out of ordinary backups, backed up apart for at most 7 days. */
export const VAULT_SCHEMA = 'vault';

const accountKey = defineEntity({
  name: 'AccountKey',
  tableName: 'account_key',
  schema: VAULT_SCHEMA,
  properties: {
    accountId: p.uuid().primary(),
    /** The account's key, sealed with the master key. */
    wrapped: p.blob(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
  policies: accountPolicies('account_key'),
  rowLevelSecurity: 'force',
});
export class AccountKey extends accountKey.class {}
accountKey.setClass(AccountKey);

const subjectKey = defineEntity({
  name: 'SubjectKey',
  tableName: 'subject_key',
  schema: VAULT_SCHEMA,
  properties: {
    subjectId: p.uuid().primary(),
    accountId: p.uuid().index(),
    /** The person's key, sealed with the account's key. */
    wrapped: p.blob(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
  policies: accountPolicies('subject_key'),
  rowLevelSecurity: 'force',
});
export class SubjectKey extends subjectKey.class {}
subjectKey.setClass(SubjectKey);

export const vaultEntities = [accountKey, subjectKey];
