import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies } from '@sotto/platform';

const schema = defineEntity({
  name: 'Policy',
  tableName: 'policy',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid().index(),
    name: p.text(),
    /** What counts when a message arrives: a receipt for another version is stale. */
    currentVersion: p.integer(),
    createdAt: p.datetime(),
  },
  policies: accountPolicies('policy'),
  rowLevelSecurity: 'force',
});
export class Policy extends schema.class {}
schema.setClass(Policy);
export const policySchema = schema;
