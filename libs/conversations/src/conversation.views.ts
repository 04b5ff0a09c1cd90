import type { SubjectCipher } from '@sotto/platform';
import { previewOf, type ContactView, type ConversationView, type LastMessage, type VisitorConversationView } from '@sotto/protocol';
import type { ConversationRow } from './conversation.rows.js';
import { shownScreening } from './screening/shown.js';

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
