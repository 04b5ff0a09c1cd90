import type { ConversationEvent, ConversationView, Hidden, ReadNotice, VisitorConversationView } from '@sotto/protocol';
import { previewOf } from '@sotto/protocol';

type EventOf<T extends ConversationEvent['type']> = Extract<ConversationEvent, { type: T }>;

/**
 * The view after an event. For every event: a stale view plus the events it missed equals a fresh view.
 * An event the view already holds changes nothing, so hints may come twice.
 */
export function applyEvent<V extends ConversationView | VisitorConversationView>(view: V, event: ConversationEvent): V {
  if (event.seq <= view.head) return view;
  const next = { ...view, head: event.seq, updatedAt: event.at };
  if ('contact' in next) applyForAgents(next, event);
  else applyForVisitor(next, event);
  return next;
}

function applyForAgents(view: ConversationView, event: ConversationEvent): void {
  switch (event.type) {
    case 'message.created':
      view.lastMessage = lastMessageOf(event);
      if (event.actor.kind === 'visitor') {
        if (event.seq > view.read.agents) view.unread += 1;
        view.waitingSince ??= event.at;
      } else if (event.actor.kind === 'member' && event.message.kind === 'message') {
        view.waitingSince = null;
        view.overdue = false;
      }
      return;
    case 'status.changed':
      view.status = event.status;
      if (event.status === 'resolved') {
        view.waitingSince = null;
        view.overdue = false;
      }
      return;
    case 'screened':
      view.status = event.status;
      view.screening = event.screening;
      view.waitingSince = event.waitingSince;
      if (event.status === 'spam') view.overdue = false;
      return;
    case 'assigned':
      view.assignee = event.assignee;
      return;
    case 'team.changed':
      view.team = event.team;
      return;
    case 'contact.changed':
      view.contact = event.contact;
      return;
    case 'reply.overdue':
      view.overdue = true;
      return;
    default:
      return unknown(event);
  }
}

function applyForVisitor(view: VisitorConversationView, event: ConversationEvent): void {
  if (event.type === 'message.created') {
    view.lastMessage = lastMessageOf(event);
    if (event.actor.kind === 'member' && event.seq > view.read.visitor) view.unread += 1;
  } else if (event.type === 'status.changed') view.status = event.status;
}

function lastMessageOf({ seq, at, actor, message }: EventOf<'message.created'>): NonNullable<ConversationView['lastMessage']> {
  return { seq, kind: message.kind, by: actor.kind, preview: previewOf(message.body), at };
}

/** An event of a newer server moves only `head` and `updatedAt`; the compiler makes sure none of ours is forgotten. */
function unknown(_event: never): void {}

/** The view after somebody read. Notices may come late or twice: reading never goes backwards. */
export function applyRead<V extends ConversationView | VisitorConversationView>(view: V, notice: ReadNotice): V {
  const side = 'contact' in view ? 'agents' : 'visitor';
  const read = { visitor: Math.max(view.read.visitor, notice.read.visitor), agents: Math.max(view.read.agents, notice.read.agents) };
  return { ...view, read, unread: notice.read[side] < view.read[side] ? view.unread : notice.unread };
}

/** Newest event first; of two at the same moment the newer conversation. The order of every list. */
export function byNewest(a: { updatedAt: string; id: string }, b: { updatedAt: string; id: string }): number {
  if (a.updatedAt !== b.updatedAt) return a.updatedAt < b.updatedAt ? 1 : -1;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/** The conversation that comes with an event, for those to whom it appears. */
export const broughtBy = (event: ConversationEvent): ConversationView | undefined =>
  'conversation' in event ? event.conversation : undefined;

/** Puts an event into a list of conversations, or leaves the list as it is when the event is of none in it and brings none. */
export function applyToList(list: readonly ConversationView[], event: ConversationEvent): readonly ConversationView[] {
  const known = list.find((view) => view.id === event.conversationId);
  const fresh = known ? applyEvent(known, event) : broughtBy(event);
  if (!fresh || fresh === known) return list;
  return [...list.filter((view) => view !== known), fresh].sort(byNewest);
}

/** The list without what may not be seen any more. */
export function applyHidden(list: readonly ConversationView[], { conversationId }: Hidden): readonly ConversationView[] {
  return list.some((view) => view.id === conversationId) ? list.filter((view) => view.id !== conversationId) : list;
}
