import { z } from 'zod';
import { Email, Id, Line, MessageBody, PageQuery, Seq, Time } from './primitives.js';
import { ScreeningState } from './screening.js';

/** `spam` is the quarantine: there, but in no other view, until somebody says it is not spam. */
export const ConversationStatus = z.enum(['open', 'resolved', 'spam']);
export type ConversationStatus = z.infer<typeof ConversationStatus>;

/** What members set by hand, and all that a visitor ever hears of: to them a conversation in quarantine is open. */
export const SettableStatus = z.enum(['open', 'resolved']);
export type SettableStatus = z.infer<typeof SettableStatus>;

/** How a conversation came in. */
export const Channel = z.enum(['web', 'api']);
export type Channel = z.infer<typeof Channel>;

/** `note` is private to agents. */
export const MessageKind = z.enum(['message', 'note']);
export type MessageKind = z.infer<typeof MessageKind>;

/** Who did something. Visitors see members by name only to the extent of `name`. */
export const ActorView = z.object({ kind: z.enum(['visitor', 'member', 'system']), id: Id.nullable(), name: z.string().nullable() });
export type ActorView = z.infer<typeof ActorView>;

export const ContactView = z.object({ id: Id, name: z.string().nullable(), email: z.string().nullable(), createdAt: Time });
export type ContactView = z.infer<typeof ContactView>;

/** Up to which seq each side has read. `agents` is the furthest any agent got. */
export const ReadState = z.object({ visitor: Seq, agents: Seq });
export type ReadState = z.infer<typeof ReadState>;

// Free of zod, so that the widget's bundle can take it alone.
export { PREVIEW, previewOf } from './preview.js';

export const LastMessage = z.object({
  seq: Seq,
  kind: MessageKind,
  by: z.enum(['visitor', 'member', 'system']),
  preview: z.string(),
  at: Time,
});
export type LastMessage = z.infer<typeof LastMessage>;

/** A team as conversations name it. */
export const TeamRef = z.object({ id: Id, name: z.string() });
export type TeamRef = z.infer<typeof TeamRef>;

/** A conversation as agents see it, in a list and beside the thread. */
export const ConversationView = z.object({
  id: Id,
  number: z.number().int(),
  inboxId: Id,
  channel: Channel,
  status: ConversationStatus,
  /** Null until it was screened. */
  screening: ScreeningState.nullable(),
  contact: ContactView,
  assignee: z.object({ id: Id, name: z.string() }).nullable(),
  /** Whose it is: besides the assignee only members of the team see it. Null: everybody does. */
  team: TeamRef.nullable(),
  lastMessage: LastMessage.nullable(),
  /** Seq of the newest event. */
  head: Seq,
  /** Visitor messages no agent has read. */
  unread: z.number().int(),
  read: ReadState,
  /** Since when the visitor has been waiting for an answer, or null. */
  waitingSince: Time.nullable(),
  /** Nobody answered within the inbox's time. */
  overdue: z.boolean(),
  createdAt: Time,
  /** Moment of the newest event; lists are in this order, newest first. */
  updatedAt: Time,
});
export type ConversationView = z.infer<typeof ConversationView>;

/** The same conversation as its visitor sees it. `head` and `unread` count only what the visitor may see. */
export const VisitorConversationView = z.object({
  id: Id,
  number: z.number().int(),
  status: SettableStatus,
  lastMessage: LastMessage.nullable(),
  head: Seq,
  unread: z.number().int(),
  read: ReadState,
  createdAt: Time,
  updatedAt: Time,
});
export type VisitorConversationView = z.infer<typeof VisitorConversationView>;

/** `mine`: assigned to the caller; `unassigned`: open and nobody's. Spam is left out unless `status`, `contact` or `q` ask for it. */
export const ConversationQuery = z.strictObject({
  ...PageQuery.shape,
  view: z.enum(['all', 'mine', 'unassigned']).default('all'),
  status: ConversationStatus.optional(),
  assignee: Id.optional(),
  contact: Id.optional(),
  team: Id.optional(),
  /** A ticket number (`#12` or `12`), or a whole e-mail address. */
  q: z.string().trim().max(254).optional(),
});
export type ConversationQuery = z.infer<typeof ConversationQuery>;

export const ConversationPatch = z
  .strictObject({
    status: SettableStatus.optional(),
    assigneeId: Id.nullable().optional(),
    /** Null gives it to everybody. */
    teamId: Id.nullable().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, 'must change something');
export type ConversationPatch = z.infer<typeof ConversationPatch>;

/** How many conversations a view holds; counted to 1,000 at most, `more` says there are more. */
export const Count = z.object({ count: z.number().int(), more: z.boolean() });
export const ConversationCounts = z.object({ open: Count, mine: Count, unassigned: Count, resolved: Count, spam: Count });
export type ConversationCounts = z.infer<typeof ConversationCounts>;

export const NewMessage = z.strictObject({
  clientMessageId: Id,
  kind: MessageKind.default('message'),
  body: MessageBody,
});
export type NewMessage = z.infer<typeof NewMessage>;
export type NewMessageInput = z.input<typeof NewMessage>;

/**
 * POST /conversations: a ticket that a program opens for a contact, in the contact's own words. `contact.id` for one that
 * exists; otherwise the contact with this address, or a new one.
 */
export const NewConversation = z.strictObject({
  inboxId: Id,
  clientConversationId: Id.optional(),
  contact: z.union([
    z.strictObject({ id: Id }),
    z
      .strictObject({ name: Line(120).optional(), email: Email.optional() })
      .refine(({ name, email }) => name !== undefined || email !== undefined, 'must have a name or an address'),
  ]),
  message: z.strictObject({ clientMessageId: Id, body: MessageBody }),
});
export type NewConversation = z.infer<typeof NewConversation>;

export const MessageAck = z.object({ id: Id, seq: Seq });
export type MessageAck = z.infer<typeof MessageAck>;

export const MessageView = z.object({ id: Id, clientMessageId: Id, kind: MessageKind, body: z.string() });
export type MessageView = z.infer<typeof MessageView>;

const event = {
  conversationId: Id,
  seq: Seq,
  /** The seq before this one that the same audience may see; 0 when this is the first. */
  prev: Seq,
  at: Time,
  actor: ActorView,
};

/** For agents, with the event that makes a conversation appear to some: the conversation itself, so that a list can show it. */
const shown = { conversation: ConversationView.optional() };

/** Everything that can happen in a conversation, in the order it happened. */
export const ConversationEvent = z.discriminatedUnion('type', [
  z.object({
    ...event,
    type: z.literal('message.created'),
    message: MessageView,
    ...shown,
  }),
  z.object({ ...event, type: z.literal('status.changed'), status: SettableStatus, from: SettableStatus }),
  /** Agents only: the filter, a block or a member judged it, which may have moved it into quarantine or out of it. */
  z.object({
    ...event,
    type: z.literal('screened'),
    status: ConversationStatus,
    from: ConversationStatus,
    screening: ScreeningState.nullable(),
    waitingSince: Time.nullable(),
  }),
  /** Agents only. */
  z.object({ ...event, type: z.literal('assigned'), assignee: z.object({ id: Id, name: z.string() }).nullable(), ...shown }),
  /** Agents only: it belongs to another team now, or with null to everybody. */
  z.object({ ...event, type: z.literal('team.changed'), team: TeamRef.nullable(), ...shown }),
  /** Agents only. */
  z.object({ ...event, type: z.literal('contact.changed'), contact: ContactView }),
  /** Nobody answered in time; agents and visitor are told. */
  z.object({ ...event, type: z.literal('reply.overdue'), waitingSince: Time }),
]);
export type ConversationEvent = z.infer<typeof ConversationEvent>;
export type EventType = ConversationEvent['type'];

/**
 * GET /conversations/:id/events. `after` reads forward from a seq; `before` reads the page that ends
 * just before a seq (for scrolling back). Either way the answer is in rising order.
 */
export const EventsQuery = z
  .strictObject({
    after: z.coerce.number().pipe(Seq).optional(),
    before: z.coerce.number().pipe(Seq).optional(),
    limit: z.coerce.number().int().min(1).max(100).default(100),
  })
  .refine((query) => query.after === undefined || query.before === undefined, 'give after or before, not both');
export type EventsQuery = z.infer<typeof EventsQuery>;

/** `more`: there are further events in the direction read. `head`: newest seq this caller may see. */
export const EventsAnswer = z.object({ events: z.array(ConversationEvent), head: Seq, more: z.boolean(), read: ReadState });
export type EventsAnswer = z.infer<typeof EventsAnswer>;

export const ContactPatch = z
  .strictObject({ name: Line(120).nullable().optional(), email: Email.nullable().optional() })
  .refine((patch) => Object.keys(patch).length > 0, 'must change something');
export type ContactPatch = z.infer<typeof ContactPatch>;
