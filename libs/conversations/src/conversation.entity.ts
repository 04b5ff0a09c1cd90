import { defineEntity, p } from '@mikro-orm/core';
import type { Suspicion } from '@sotto/kernel';
import { accountPolicies } from '@sotto/platform';
import type { Channel, ConversationStatus, SettableStatus, Verdict, VerdictBy } from '@sotto/protocol';

const schema = defineEntity({
  name: 'Conversation',
  tableName: 'conversation',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    inboxId: p.uuid(),
    contactId: p.uuid(),
    clientConversationId: p.uuid(),
    number: p.integer(),
    channel: p.text().$type<Channel>().default('web'),
    status: p.text().$type<ConversationStatus>(),
    /** While in quarantine: what it was before, and goes back to; its visitor hears of nothing else. */
    spamFrom: p.text().$type<SettableStatus>().nullable(),
    /** What counts as the filter's or a member's verdict; null until it was screened. */
    verdict: p.text().$type<Verdict>().nullable(),
    verdictBy: p.text().$type<VerdictBy>().nullable(),
    /** What was odd about the visitor's session it began in. */
    suspicion: p.text().$type<Suspicion>().nullable(),
    assigneeId: p.uuid().nullable(),
    /** Whose it is; null for everybody's. */
    teamId: p.uuid().nullable(),
    /** Seq of the newest event, and of the newest one the visitor may see. */
    lastSeq: p.integer(),
    visitorSeq: p.integer(),
    /** Seq of the newest message or note, and of the newest message; 0 before the first. */
    lastMessageSeq: p.integer(),
    visitorMessageSeq: p.integer(),
    /** How far each side has read, and what it has not. */
    visitorReadSeq: p.integer(),
    agentReadSeq: p.integer(),
    unreadByAgents: p.integer(),
    unreadByVisitor: p.integer(),
    waitingSince: p.datetime().nullable(),
    overdue: p.boolean(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    /** Moment of the newest event the visitor may see: a note must not show, not even by its time. */
    visitorUpdatedAt: p.datetime(),
  },
  uniques: [
    { name: 'conversation_number', properties: ['accountId', 'number'] },
    { name: 'conversation_client_id', properties: ['accountId', 'contactId', 'clientConversationId'] },
  ],
  indexes: [
    { name: 'conversation_recent', properties: ['accountId', 'updatedAt', 'id'] },
    { name: 'conversation_status', properties: ['accountId', 'status', 'updatedAt', 'id'] },
    { name: 'conversation_assignee', properties: ['accountId', 'assigneeId', 'status', 'updatedAt', 'id'] },
    // Most conversations are of no team: they cost it nothing.
    { name: 'conversation_team', properties: ['accountId', 'teamId', 'updatedAt', 'id'], where: 'team_id is not null' },
    // In it is what is being screened, and what is older than the filter.
    { name: 'conversation_unscreened', properties: ['accountId', 'createdAt'], where: 'verdict is null' },
  ],
  policies: accountPolicies('conversation'),
  rowLevelSecurity: 'force',
  checks: [
    { name: 'conversation_status', expression: "status in ('open', 'resolved', 'spam')" },
    { name: 'conversation_spam_from', expression: "(status = 'spam') = (spam_from is not null)" },
  ],
});
export class Conversation extends schema.class {}
schema.setClass(Conversation);
export const conversationSchema = schema;
