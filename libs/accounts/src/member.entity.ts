import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies, doorPolicy } from '@sotto/platform';
import type { Role } from '@sotto/protocol';

const schema = defineEntity({
  name: 'Member',
  tableName: 'member',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid().index(),
    role: p.text().$type<Role>(),
    nameSealed: p.blob(),
    emailSealed: p.blob(),
    /** Keyed hash of the login address, one member in the installation. */
    loginHash: p.text().unique(),
    /** argon2id in PHC form. */
    passwordHash: p.text(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
  policies: [...accountPolicies('member'), doorPolicy('member', 'login_hash')],
  rowLevelSecurity: 'force',
  checks: [{ name: 'member_role', expression: "role in ('owner', 'admin', 'agent')" }],
});
export class Member extends schema.class {}
schema.setClass(Member);
export const memberSchema = schema;
