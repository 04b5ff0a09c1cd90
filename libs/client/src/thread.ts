import type { ConversationEvent, ReadState } from '@sotto/protocol';
import type { PendingMessage } from './outbox.js';

/** The events of a conversation in order, without a gap from the first held to `last`. */
export interface Thread {
  readonly conversationId: string;
  readonly events: readonly ConversationEvent[];
  /** Seq of the newest event applied. */
  readonly last: number;
  /** Whether there are events before the first one held. */
  readonly earlier: boolean;
  readonly read: ReadState;
}

export const emptyThread = (conversationId: string): Thread => ({
  conversationId,
  events: [],
  last: 0,
  earlier: false,
  read: { visitor: 0, agents: 0 },
});

/** Whether the event comes next: nothing this audience may see lies between it and the thread. */
export const isNext = (thread: Thread, event: ConversationEvent): boolean => event.seq > thread.last && event.prev <= thread.last;

/** Adds events that follow in rising order; those already held are passed over. */
export function append(thread: Thread, events: readonly ConversationEvent[]): Thread {
  const added = events.filter((event) => event.seq > thread.last);
  return added.length ? { ...thread, events: [...thread.events, ...added], last: added.at(-1)!.seq } : thread;
}

/** Adds an older page in front. */
export function prepend(thread: Thread, events: readonly ConversationEvent[], more: boolean): Thread {
  const first = thread.events[0]?.seq ?? Infinity;
  return { ...thread, events: [...events.filter((event) => event.seq < first), ...thread.events], earlier: more };
}

export function withRead(thread: Thread, read: ReadState): Thread {
  const next = { visitor: Math.max(thread.read.visitor, read.visitor), agents: Math.max(thread.read.agents, read.agents) };
  return next.visitor === thread.read.visitor && next.agents === thread.read.agents ? thread : { ...thread, read: next };
}

/** What to show after the thread: its unsent messages, less those whose event has arrived. `names`: the conversation's id and clientConversationId. */
export function pendingIn(
  thread: Thread | null,
  pending: readonly PendingMessage[],
  names: readonly (string | null | undefined)[],
): PendingMessage[] {
  const arrived = new Set(thread?.events.map((event) => (event.type === 'message.created' ? event.message.clientMessageId : '')));
  return pending.filter((message) => names.includes(message.thread) && !arrived.has(message.clientMessageId));
}
