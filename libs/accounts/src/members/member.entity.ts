import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies, doorPolicy } from '@sotto/platform';
import type { MemberStatus, PanelLanguage, Role } from '@sotto/protocol';

const schema = defineEntity({
  name: 'Member',
  tableName: 'member',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid().index(),
    role: p.text().$type<Role>(),
    /** A custom role; its holder's role is agent. */
    customRoleId: p.uuid().nullable().index(),
    status: p.text().$type<MemberStatus>().default('active'),
    nameSealed: p.blob(),
    emailSealed: p.blob(),
    /** Keyed hash of the login address, one member in the installation. */
    loginHash: p.text().unique(),
    /** argon2id in PHC form; null until an invitation is accepted. */
    passwordHash: p.text().nullable(),
    language: p.text().$type<PanelLanguage>().nullable(),
    /** Since when the member has a second factor. */
    twoFactorSince: p.datetime().nullable(),
    /** A new owner may work without a second factor until then. */
    graceUntil: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
  policies: [...accountPolicies('member'), doorPolicy('member', 'login_hash')],
  rowLevelSecurity: 'force',
  checks: [
    { name: 'member_role', expression: "role in ('owner', 'admin', 'agent')" },
    { name: 'member_custom_role', expression: "custom_role_id is null or role = 'agent'" },
    { name: 'member_status', expression: "status in ('invited', 'active', 'disabled')" },
  ],
});
export class Member extends schema.class {}
schema.setClass(Member);
export const memberSchema = schema;
