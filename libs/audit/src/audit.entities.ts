import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies } from '@sotto/platform';
import type { AuditAction } from '@sotto/protocol';

/** One act. Rows are added and never changed; the application's role may do nothing else to them. */
const entry = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entry',
  properties: {
    accountId: p.uuid().primary(),
    /** 1, 2, 3 … in the account, without gaps. */
    seq: p.integer().primary(),
    at: p.datetime(),
    action: p.text().$type<AuditAction>(),
    actorKind: p.text().$type<'member' | 'token' | 'visitor' | 'system' | 'operator'>(),
    actorId: p.uuid().nullable(),
    targetKind: p.text().nullable(),
    targetId: p.uuid().nullable(),
    /** Whose key the address is sealed with. */
    addressOf: p.uuid().nullable(),
    addressSealed: p.blob().nullable(),
    /** Ids, codes and numbers; as text, so that its digest does not depend on how a database writes JSON. */
    data: p.text(),
    /** Keyed digest of this row and the one before. */
    hash: p.text(),
  },
  indexes: [
    { name: 'audit_entry_action', properties: ['accountId', 'action', 'seq'] },
    { name: 'audit_entry_actor', properties: ['accountId', 'actorId', 'seq'] },
  ],
  policies: accountPolicies('audit_entry'),
  rowLevelSecurity: 'force',
});
export class AuditEntry extends entry.class {}
entry.setClass(AuditEntry);
export const auditEntrySchema = entry;

/** The newest entry of an account, so that a cut-off end shows. */
const head = defineEntity({
  name: 'AuditHead',
  tableName: 'audit_head',
  properties: {
    accountId: p.uuid().primary(),
    seq: p.integer(),
    hash: p.text(),
  },
  policies: accountPolicies('audit_head'),
  rowLevelSecurity: 'force',
});
export class AuditHead extends head.class {}
head.setClass(AuditHead);
export const auditHeadSchema = head;
