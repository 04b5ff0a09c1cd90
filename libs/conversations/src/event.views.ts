import type { ActorView, ContactView, ConversationEvent, ConversationStatus, ConversationView, SettableStatus } from '@sotto/protocol';
import { named, type Names } from './conversation.views.js';
import type { StoredEvent } from './stored-event.js';

/** What a view of events needs besides the events: who is who. */
export interface People extends Names {
  contacts: ReadonlyMap<string, ContactView>;
}

const base = (event: StoredEvent, prev: number, actor: ActorView) => ({
  conversationId: event.conversationId,
  seq: event.seq,
  prev,
  at: event.at.toISOString(),
  actor,
});

/** Members by name; one who is gone keeps their place without it. A visitor's name is on the conversation. */
const actorView = (event: StoredEvent, people: People): ActorView => {
  const { kind, id } = event.by;
  return { kind, id, name: kind === 'member' && id !== null ? (people.members.get(id) ?? null) : null };
};

const status = <S extends ConversationStatus>({ data }: StoredEvent) => ({ status: data?.status as S, from: data?.from as S });

/** An event as agents see it. `conversation` goes along with one that makes it appear, for lists that do not have it yet. */
export function agentView(event: StoredEvent, people: People, conversation?: ConversationView): ConversationEvent {
  const common = base(event, event.seq - 1, actorView(event, people));
  const shown = conversation ? { conversation } : {};
  switch (event.type) {
    case 'message.created':
      if (!event.message) throw new Error('A message event has no message');
      return { ...common, type: event.type, message: event.message, ...shown };
    case 'status.changed':
      return { ...common, type: event.type, ...status<SettableStatus>(event) };
    case 'screened':
      return {
        ...common,
        type: event.type,
        ...status<ConversationStatus>(event),
        screening: event.data?.screening ?? null,
        waitingSince: event.data?.waitingSince ?? null,
      };
    case 'assigned':
      return { ...common, type: event.type, assignee: named(event.data?.assigneeId ?? null, people.members), ...shown };
    case 'team.changed':
      return { ...common, type: event.type, team: named(event.data?.teamId ?? null, people.teams), ...shown };
    case 'contact.changed': {
      const contact = people.contacts.get(event.contactId);
      return { ...common, type: event.type, contact: contact ?? { id: event.contactId, name: null, email: null, createdAt: common.at } };
    }
    case 'reply.overdue':
      return { ...common, type: event.type, waitingSince: event.data?.waitingSince ?? common.at };
  }
}

/** An event as its visitor sees it, or null when it is none of theirs. The only source of what visitors receive. */
export function visitorView(event: StoredEvent, people: People): ConversationEvent | null {
  if (!event.visibleToVisitor) return null;
  const common = base(event, event.visitorPrev, actorView(event, people));
  switch (event.type) {
    case 'message.created':
      return event.message?.kind === 'message' ? { ...common, type: event.type, message: event.message } : null;
    case 'status.changed':
      return { ...common, type: event.type, ...status<SettableStatus>(event) };
    case 'reply.overdue':
      return { ...common, type: event.type, waitingSince: event.data?.waitingSince ?? common.at };
    case 'screened':
    case 'assigned':
    case 'team.changed':
    case 'contact.changed':
      return null;
  }
}
