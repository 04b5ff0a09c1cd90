import { newId, notFound, type Suspicion } from '@sotto/kernel';
import { query, type Tx } from '@sotto/platform';
import type { ConversationStatus, EventType, SettableStatus, Verdict, VerdictBy } from '@sotto/protocol';
import type { ActivityData } from './message.entity.js';
import type { StoredEvent } from './stored-event.js';
import { numbered, type Audience, type Condition } from './visibility.js';

/** The state of a conversation, its row locked until the transaction ends. */
export interface Locked extends Audience {
  id: string;
  accountId: string;
  contactId: string;
  status: ConversationStatus;
  spamFrom: SettableStatus | null;
  verdict: Verdict | null;
  verdictBy: VerdictBy | null;
  suspicion: Suspicion | null;
  lastSeq: number;
  visitorSeq: number;
  waitingSince: Date | null;
  overdue: boolean;
}

const ANY: Condition = { sql: 'true', parameters: [] };

/** Locks one conversation; with `visible` only if that holds once it is locked. Throws `not-found`. */
export async function lock(tx: Tx, id: string, visible: Condition = ANY): Promise<Locked> {
  const { sql, parameters } = numbered(visible, 1);
  const [row] = await query<Locked>(
    tx,
    `select id, account_id as "accountId", contact_id as "contactId", status, spam_from as "spamFrom", verdict, verdict_by as "verdictBy", suspicion, assignee_id as "assigneeId",
            team_id as "teamId", last_seq as "lastSeq",
            visitor_seq as "visitorSeq", waiting_since as "waitingSince", overdue
       from conversation c where id = $1 and ${sql} for no key update of c`,
    [id, ...parameters],
  );
  if (!row) throw notFound();
  return row;
}

/** Something that happened, and what it changes on the conversation's own row. */
export interface Activity {
  type: EventType;
  data: ActivityData;
  visibleToVisitor: boolean;
  by: StoredEvent['by'];
  set?: Partial<{
    status: ConversationStatus;
    spam_from: SettableStatus | null;
    verdict: Verdict | null;
    verdict_by: VerdictBy | null;
    assignee_id: string | null;
    team_id: string | null;
    waiting_since: Date | null;
    overdue: boolean;
  }>;
}

/** Adds an activity to a locked conversation, with the next seq. */
export async function appendActivity(tx: Tx, conversation: Locked, activity: Activity): Promise<StoredEvent> {
  const { type, data, visibleToVisitor, by, set = {} } = activity;
  const seq = conversation.lastSeq + 1;
  const visitorPrev = conversation.visitorSeq;
  const [row] = await query<{ at: Date }>(
    tx,
    `insert into message (id, account_id, conversation_id, seq, visitor_prev, visible_to_visitor, type, kind, author_kind, author_id, data, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, 'activity', $8, $9, $10, date_trunc('milliseconds', clock_timestamp())) returning created_at as at`,
    [newId(), conversation.accountId, conversation.id, seq, visitorPrev, visibleToVisitor, type, by.kind, by.id, JSON.stringify(data)],
  );
  const at = row?.at ?? new Date();
  // Column names come from the type above, never from a caller's input.
  const columns = Object.entries(set);
  const assignments = columns.map(([column], index) => `, ${column} = $${index + 6}`).join('');
  const visitorSeq = visibleToVisitor ? seq : visitorPrev;
  await query(
    tx,
    `update conversation set last_seq = $2, visitor_seq = $3, updated_at = $4, visitor_updated_at = case when $5 then $4 else visitor_updated_at end${assignments} where id = $1`,
    [conversation.id, seq, visitorSeq, at, visibleToVisitor, ...columns.map(([, value]) => value)],
  );
  conversation.lastSeq = seq;
  conversation.visitorSeq = visitorSeq;
  if (set.status !== undefined) conversation.status = set.status;
  if (set.spam_from !== undefined) conversation.spamFrom = set.spam_from;
  if (set.verdict !== undefined) conversation.verdict = set.verdict;
  if (set.verdict_by !== undefined) conversation.verdictBy = set.verdict_by;
  if (set.waiting_since !== undefined) conversation.waitingSince = set.waiting_since;
  if (set.assignee_id !== undefined) conversation.assigneeId = set.assignee_id;
  if (set.team_id !== undefined) conversation.teamId = set.team_id;
  return {
    accountId: conversation.accountId,
    conversationId: conversation.id,
    contactId: conversation.contactId,
    audience: { teamId: conversation.teamId, assigneeId: conversation.assigneeId },
    seq,
    visitorPrev,
    visibleToVisitor,
    type,
    at: new Date(at),
    by,
    data,
  };
}
