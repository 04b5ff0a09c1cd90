import type { SubjectCipher } from '@sotto/platform';
import {
  previewOf,
  type Channel,
  type ContactView,
  type ConversationStatus,
  type ConversationView,
  type LastMessage,
  type MessageKind,
  type SettableStatus,
  type Verdict,
  type VerdictBy,
  type VisitorConversationView,
} from '@sotto/protocol';
import { shownScreening } from './screening/shown.js';

/** A conversation with its newest message, as `CONVERSATION_COLUMNS` reads it. */
export interface ConversationRow {
  id: string;
  accountId: string;
  inboxId: string;
  contactId: string;
  number: number;
  channel: Channel;
  status: ConversationStatus;
  spamFrom: SettableStatus | null;
  verdict: Verdict | null;
  verdictBy: VerdictBy | null;
  assigneeId: string | null;
  teamId: string | null;
  lastSeq: number;
  visitorSeq: number;
  visitorReadSeq: number;
  agentReadSeq: number;
  unreadByAgents: number;
  unreadByVisitor: number;
  waitingSince: Date | null;
  overdue: boolean;
  createdAt: Date;
  updatedAt: Date;
  visitorUpdatedAt: Date;
  messageId: string | null;
  messageSeq: number;
  messageKind: MessageKind;
  messageBy: 'visitor' | 'member';
  messageBody: Uint8Array | null;
  messageAt: Date;
}

export const CONVERSATION_COLUMNS = `
  c.id, c.account_id as "accountId", c.inbox_id as "inboxId", c.contact_id as "contactId", c.number, c.channel, c.status, c.spam_from as "spamFrom",
  c.verdict, c.verdict_by as "verdictBy",
  c.assignee_id as "assigneeId", c.team_id as "teamId", c.last_seq as "lastSeq", c.visitor_seq as "visitorSeq",
  c.visitor_read_seq as "visitorReadSeq", c.agent_read_seq as "agentReadSeq",
  c.unread_by_agents as "unreadByAgents", c.unread_by_visitor as "unreadByVisitor",
  c.waiting_since as "waitingSince", c.overdue, c.created_at as "createdAt", c.updated_at as "updatedAt",
  c.visitor_updated_at as "visitorUpdatedAt",
  m.id as "messageId", m.seq as "messageSeq", m.kind as "messageKind", m.author_kind as "messageBy",
  m.body_sealed as "messageBody", m.created_at as "messageAt"`;

const time = (value: Date) => new Date(value).toISOString();

function lastMessage(row: ConversationRow, cipher: SubjectCipher): LastMessage | null {
  if (!row.messageId || !row.messageBody) return null;
  return {
    seq: row.messageSeq,
    kind: row.messageKind,
    by: row.messageBy,
    preview: previewOf(cipher.open('message', row.messageId, 'body', row.messageBody)),
    at: time(row.messageAt),
  };
}

const common = (row: ConversationRow, cipher: SubjectCipher) => ({
  id: row.id,
  number: row.number,
  lastMessage: lastMessage(row, cipher),
  read: { visitor: row.visitorReadSeq, agents: row.agentReadSeq },
  createdAt: time(row.createdAt),
});

/** Names that a conversation shows besides its contact's. */
export interface Names {
  members: ReadonlyMap<string, string>;
  teams: ReadonlyMap<string, string>;
}

/** Somebody or something that is gone keeps its place without a name. */
export const named = (id: string | null, names: ReadonlyMap<string, string>) => (id === null ? null : { id, name: names.get(id) ?? '' });

export const agentConversation = (row: ConversationRow, cipher: SubjectCipher, contact: ContactView, names: Names): ConversationView => ({
  ...common(row, cipher),
  inboxId: row.inboxId,
  channel: row.channel,
  status: row.status,
  screening: shownScreening(row.verdict, row.verdictBy),
  contact,
  assignee: named(row.assigneeId, names.members),
  team: named(row.teamId, names.teams),
  updatedAt: time(row.updatedAt),
  head: row.lastSeq,
  unread: row.unreadByAgents,
  waitingSince: row.waitingSince ? time(row.waitingSince) : null,
  overdue: row.overdue,
});

export const visitorConversation = (row: ConversationRow, cipher: SubjectCipher): VisitorConversationView => ({
  ...common(row, cipher),
  // A visitor is not told that somebody took them for spam.
  status: row.status === 'spam' ? (row.spamFrom ?? 'open') : row.status,
  updatedAt: time(row.visitorUpdatedAt),
  head: row.visitorSeq,
  unread: row.unreadByVisitor,
});
