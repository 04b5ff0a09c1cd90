import { defineEntity, p } from '@mikro-orm/core';
import { OPERATOR_ROLE, accountPolicies } from '@sotto/platform';

const schema = defineEntity({
  name: 'Account',
  tableName: 'account',
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    /** Number of the newest conversation. */
    lastNumber: p.integer().default(0),
    createdAt: p.datetime().defaultRaw('now()'),
  },
  policies: [...accountPolicies('account', 'id'), { name: 'account_operator', command: 'select', roles: [OPERATOR_ROLE], using: 'true' }],
  rowLevelSecurity: 'force',
});
export class Account extends schema.class {}
schema.setClass(Account);
export const accountSchema = schema;
