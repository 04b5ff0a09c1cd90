import type { SubjectCipher } from '@sotto/platform';
import type { EventType, MessageKind } from '@sotto/protocol';
import type { ActivityData } from './message.entity.js';
import type { Audience } from './visibility.js';

/** One event as the server knows it, opened, before anybody's view of it. */
export interface StoredEvent {
  accountId: string;
  conversationId: string;
  contactId: string;
  /** Whom it is shown to: as it was once it had happened, or as it is now. */
  audience: Audience;
  seq: number;
  visitorPrev: number;
  visibleToVisitor: boolean;
  type: EventType;
  at: Date;
  by: { kind: 'visitor' | 'member' | 'system'; id: string | null };
  message?: { id: string; clientMessageId: string; kind: MessageKind; body: string };
  data?: ActivityData;
}

/** A row of `message` with the contact of its conversation. */
export interface EventRow {
  id: string;
  accountId: string;
  conversationId: string;
  contactId: string;
  teamId: string | null;
  assigneeId: string | null;
  seq: number;
  visitorPrev: number;
  visibleToVisitor: boolean;
  type: EventType;
  kind: MessageKind | 'activity';
  authorKind: 'visitor' | 'member' | 'system';
  authorId: string | null;
  clientMessageId: string | null;
  bodySealed: Uint8Array | null;
  data: ActivityData | null;
  at: Date;
}

export const EVENT_COLUMNS = `
  m.id, m.account_id as "accountId", m.conversation_id as "conversationId", c.contact_id as "contactId",
  c.team_id as "teamId", c.assignee_id as "assigneeId", m.seq,
  m.visitor_prev as "visitorPrev", m.visible_to_visitor as "visibleToVisitor", m.type, m.kind,
  m.author_kind as "authorKind", m.author_id as "authorId", m.client_message_id as "clientMessageId",
  m.body_sealed as "bodySealed", m.data, m.created_at as at`;

/** Opens a row with the contact's cipher. */
export function toEvent(row: EventRow, cipher: SubjectCipher): StoredEvent {
  const { accountId, conversationId, contactId, seq, visitorPrev, visibleToVisitor, type } = row;
  const event: StoredEvent = {
    accountId,
    conversationId,
    contactId,
    audience: { teamId: row.teamId, assigneeId: row.assigneeId },
    seq,
    visitorPrev,
    visibleToVisitor,
    type,
    at: new Date(row.at),
    by: { kind: row.authorKind, id: row.authorId },
  };
  if (row.kind !== 'activity' && row.bodySealed && row.clientMessageId) {
    event.message = {
      id: row.id,
      clientMessageId: row.clientMessageId,
      kind: row.kind,
      body: cipher.open('message', row.id, 'body', row.bodySealed),
    };
  }
  if (row.data) event.data = row.data;
  return event;
}
