import type { PendingMessage, Thread } from '@sotto/client';
import type { ActorView, ConversationEvent, MessageKind } from '@sotto/protocol';

export type Delivery = 'sending' | 'sent' | 'seen' | 'failed';

interface MessageItem {
  type: 'message';
  key: string;
  seq: number | null;
  at: string;
  actor: ActorView;
  kind: MessageKind;
  body: string;
  /** The one before is of the same person, kind and minute: the name need not be said again. */
  continued: boolean;
  /** Said under the agent's own newest message, and under each one that has not arrived. */
  delivery: Delivery | null;
  clientMessageId: string;
}

export type ThreadItem =
  | { type: 'day'; key: string; at: string }
  | { type: 'unread'; key: string }
  | { type: 'activity'; key: string; event: Exclude<ConversationEvent, { type: 'message.created' }> }
  | MessageItem;

/** Messages of one person this close together read as one. */
const TOGETHER = 5 * 60_000;

/** The rows of a thread in order: days, messages, what happened, and what is still being sent. */
export function threadItems(thread: Thread, pending: readonly PendingMessage[], me: ActorView, firstUnread: number | null): ThreadItem[] {
  const items: ThreadItem[] = [];
  let day = '';
  const dayOf = (at: string) => {
    const itsDay = new Date(at).toDateString();
    if (itsDay !== day) items.push({ type: 'day', key: `day-${itsDay}-${items.length}`, at });
    day = itsDay;
  };

  const arrived = new Set<string>();
  for (const event of thread.events) {
    dayOf(event.at);
    if (event.type !== 'message.created') {
      items.push({ type: 'activity', key: `seq-${event.seq}`, event });
      continue;
    }
    const { message, actor, seq, at } = event;
    arrived.add(message.clientMessageId);
    if (seq === firstUnread && items.some((item) => item.type !== 'day')) items.push({ type: 'unread', key: 'unread' });
    items.push(messageItem({ seq, at, actor, ...contentOf(message) }, items.at(-1)));
  }
  for (const message of pending) {
    if (arrived.has(message.clientMessageId)) continue;
    dayOf(message.at);
    items.push({ ...messageItem({ seq: null, at: message.at, actor: me, ...contentOf(message) }, items.at(-1)), delivery: message.state });
  }
  markDelivery(items, me, thread.read.visitor);
  return items;
}

const contentOf = ({ clientMessageId, kind, body }: { clientMessageId: string; kind: MessageKind; body: string }) => ({
  key: clientMessageId,
  clientMessageId,
  kind,
  body,
});

function messageItem(fields: Omit<MessageItem, 'type' | 'continued' | 'delivery'>, before: ThreadItem | undefined): MessageItem {
  const continued =
    before?.type === 'message' &&
    before.kind === fields.kind &&
    before.actor.kind === fields.actor.kind &&
    before.actor.id === fields.actor.id &&
    Date.parse(fields.at) - Date.parse(before.at) < TOGETHER &&
    new Date(fields.at).toDateString() === new Date(before.at).toDateString();
  return { type: 'message', delivery: null, continued, ...fields };
}

/** Only the newest stored message of the agent says whether it was seen; notes are seen by nobody outside. */
function markDelivery(items: ThreadItem[], me: ActorView, readByVisitor: number): void {
  const newest = items.findLast(
    (item) => item.type === 'message' && item.seq !== null && item.kind === 'message' && item.actor.id === me.id,
  );
  if (newest?.type !== 'message' || newest.seq === null) return;
  newest.delivery = newest.seq <= readByVisitor ? 'seen' : 'sent';
}
