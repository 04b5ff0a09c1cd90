import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies } from '@sotto/platform';
import type { EventType, MessageKind, ScreeningState } from '@sotto/protocol';

/** What an activity is about: ids and states, never what somebody wrote. */
export interface ActivityData {
  status?: string;
  from?: string;
  assigneeId?: string | null;
  /** Whose it was before. */
  fromAssigneeId?: string | null;
  teamId?: string | null;
  fromTeamId?: string | null;
  waitingSince?: string | null;
  screening?: ScreeningState | null;
}

/** One event of a conversation: a message, a private note, or an activity. Its place is `seq`. */
const schema = defineEntity({
  name: 'Message',
  tableName: 'message',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    conversationId: p.uuid(),
    seq: p.integer(),
    /** The seq before this one that the visitor may see. */
    visitorPrev: p.integer(),
    visibleToVisitor: p.boolean(),
    type: p.text().$type<EventType>(),
    kind: p.text().$type<MessageKind | 'activity'>(),
    authorKind: p.text().$type<'visitor' | 'member' | 'system'>(),
    authorId: p.uuid().nullable(),
    /** The author's own id for it; for activities null. */
    clientMessageId: p.uuid().nullable(),
    bodySealed: p.blob().nullable(),
    data: p.json<ActivityData>().nullable(),
    createdAt: p.datetime(),
  },
  uniques: [
    { name: 'message_seq', properties: ['conversationId', 'seq'] },
    { name: 'message_client_id', properties: ['conversationId', 'authorId', 'clientMessageId'] },
  ],
  policies: accountPolicies('message'),
  rowLevelSecurity: 'force',
  checks: [
    { name: 'message_kind', expression: "kind in ('message', 'note', 'activity')" },
    { name: 'message_note_hidden', expression: "kind <> 'note' or not visible_to_visitor" },
  ],
});
export class Message extends schema.class {}
schema.setClass(Message);
export const messageSchema = schema;
