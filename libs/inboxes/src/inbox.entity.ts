import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies, doorPolicy } from '@sotto/platform';
import type { InboxTexts, Language } from '@sotto/protocol';

const schema = defineEntity({
  name: 'Inbox',
  tableName: 'inbox',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid().index(),
    channel: p.text().$type<'web'>(),
    name: p.text(),
    /** Public name in the snippet: 128 random bits in base64url. */
    key: p.text().unique(),
    policyId: p.uuid(),
    /** Whose conversations its visitors start; null for everybody's. */
    teamId: p.uuid().nullable(),
    allowedOrigins: p.json<string[]>(),
    colour: p.text(),
    texts: p.json<Partial<Record<Language, InboxTexts>>>(),
    fallbackEmail: p.text().nullable(),
    seenAt: p.datetime().nullable(),
    seenOrigin: p.text().nullable(),
    refusedAt: p.datetime().nullable(),
    refusedOrigin: p.text().nullable(),
    createdAt: p.datetime(),
  },
  policies: [...accountPolicies('inbox'), doorPolicy('inbox', '"key"')],
  rowLevelSecurity: 'force',
});
export class Inbox extends schema.class {}
schema.setClass(Inbox);
export const inboxSchema = schema;
