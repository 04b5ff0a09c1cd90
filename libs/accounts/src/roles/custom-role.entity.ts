import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies } from '@sotto/platform';
import type { Permission } from '@sotto/protocol';

const schema = defineEntity({
  name: 'CustomRole',
  tableName: 'custom_role',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    name: p.text(),
    permissions: p.json().$type<Permission[]>(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
  uniques: [{ name: 'custom_role_name', properties: ['accountId', 'name'] }],
  policies: accountPolicies('custom_role'),
  rowLevelSecurity: 'force',
});
export class CustomRole extends schema.class {}
schema.setClass(CustomRole);
export const customRoleSchema = schema;
