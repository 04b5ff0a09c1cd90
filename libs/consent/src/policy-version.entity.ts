import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies } from '@sotto/platform';
import type { Language, Purpose } from '@sotto/protocol';

/** One published notice. Never changed: a new text is a new version. */
const schema = defineEntity({
  name: 'PolicyVersion',
  tableName: 'policy_version',
  properties: {
    policyId: p.uuid().primary(),
    version: p.integer().primary(),
    accountId: p.uuid().index(),
    texts: p.json<Partial<Record<Language, string>>>(),
    url: p.text().nullable(),
    purposes: p.json<Purpose[]>(),
    /** SHA-256 of texts, address and purposes, in hex. */
    noticeHash: p.text(),
    publishedAt: p.datetime(),
    publishedBy: p.uuid().nullable(),
  },
  policies: accountPolicies('policy_version'),
  rowLevelSecurity: 'force',
});
export class PolicyVersion extends schema.class {}
schema.setClass(PolicyVersion);
export const policyVersionSchema = schema;
