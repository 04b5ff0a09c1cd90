import { query, type Tx } from '@sotto/platform';
import type { Channel, ConversationStatus, MessageKind, SettableStatus, Verdict, VerdictBy } from '@sotto/protocol';

/** A conversation with its newest message, as `rowsOf` reads it. */
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

const COLUMNS = `
  c.id, c.account_id as "accountId", c.inbox_id as "inboxId", c.contact_id as "contactId", c.number, c.channel, c.status, c.spam_from as "spamFrom",
  c.verdict, c.verdict_by as "verdictBy",
  c.assignee_id as "assigneeId", c.team_id as "teamId", c.last_seq as "lastSeq", c.visitor_seq as "visitorSeq",
  c.visitor_read_seq as "visitorReadSeq", c.agent_read_seq as "agentReadSeq",
  c.unread_by_agents as "unreadByAgents", c.unread_by_visitor as "unreadByVisitor",
  c.waiting_since as "waitingSince", c.overdue, c.created_at as "createdAt", c.updated_at as "updatedAt",
  c.visitor_updated_at as "visitorUpdatedAt",
  m.id as "messageId", m.seq as "messageSeq", m.kind as "messageKind", m.author_kind as "messageBy",
  m.body_sealed as "messageBody", m.created_at as "messageAt"`;

/** Which newest message and which time a side of the conversation goes by. */
export interface Side {
  messageSeq: string;
  updatedAt: string;
  timeOf(row: ConversationRow): Date;
}
export const forAgents: Side = { messageSeq: 'c.last_message_seq', updatedAt: 'c.updated_at', timeOf: (row) => row.updatedAt };
export const forVisitor: Side = {
  messageSeq: 'c.visitor_message_seq',
  updatedAt: 'c.visitor_updated_at',
  timeOf: (row) => row.visitorUpdatedAt,
};

/** The conversations `c` that the rest of the statement, `tail`, leaves, in its order. */
export const rowsOf = (tx: Tx, side: Side, tail: string, parameters: readonly unknown[]): Promise<ConversationRow[]> =>
  query<ConversationRow>(
    tx,
    `select ${COLUMNS} from conversation c left join message m on m.conversation_id = c.id and m.seq = ${side.messageSeq} ${tail}`,
    parameters,
  );
