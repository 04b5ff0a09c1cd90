import { z } from 'zod';
import { Id, MessageBody, Seq } from './primitives.js';
import { EventsAnswer, NewMessage, MessageAck, ReadState, ActorView, ConversationEvent } from './conversations.js';
import type { Ack } from './errors.js';

export const SOCKET_PATH = '/socket';
export const NAMESPACES = { agent: '/agent', visitor: '/visitor' } as const;
/** Largest frame a client may send, in bytes. */
export const MAX_FRAME = 64 * 1024;
/** Longest time between two `head` messages, in milliseconds. */
export const HEAD_EVERY = 20_000;

export const ConversationStart = z.strictObject({
  clientConversationId: Id,
  message: z.strictObject({ clientMessageId: Id, body: MessageBody }),
});
export type ConversationStart = z.infer<typeof ConversationStart>;
export const ConversationStartAck = z.object({ conversationId: Id, number: z.number().int(), ...MessageAck.shape });
export type ConversationStartAck = z.infer<typeof ConversationStartAck>;

export const MessageSend = z.strictObject({ conversationId: Id, ...NewMessage.shape });
export type MessageSend = z.infer<typeof MessageSend>;

/** At most 100 conversations a call; each answer holds at most 100 events, `more` asks for another call. */
export const Resume = z.strictObject({
  conversations: z.record(Id, Seq).refine((map) => Object.keys(map).length <= 100, 'at most 100 conversations at once'),
});
export type Resume = z.infer<typeof Resume>;
/** Conversations the caller may not see are left out of the answer. */
export const ResumeAck = z.object({ conversations: z.record(Id, EventsAnswer) });
export type ResumeAck = z.infer<typeof ResumeAck>;

export const Typing = z.strictObject({ conversationId: Id, typing: z.boolean().default(true) });
export type Typing = z.infer<typeof Typing>;

export const Read = z.strictObject({ conversationId: Id, seq: Seq });
export type Read = z.infer<typeof Read>;

/** Somebody writes. Not stored; forget it after 6 s without another. */
export const TypingNotice = z.object({ conversationId: Id, actor: ActorView, typing: z.boolean() });
export type TypingNotice = z.infer<typeof TypingNotice>;

export const ReadNotice = z.object({ conversationId: Id, read: ReadState, unread: z.number().int() });
export type ReadNotice = z.infer<typeof ReadNotice>;

/** The conversation went to a team or an assignee that is not the receiver's: for them it is not there any more. */
export const Hidden = z.object({ conversationId: Id });
export type Hidden = z.infer<typeof Hidden>;

/** Newest seq the receiver may see, per conversation. */
export const Head = z.record(Id, Seq);
export type Head = z.infer<typeof Head>;

/** Agents: ids of members with an open panel. Visitors: whether anybody is there. */
export const Presence = z.object({ online: z.boolean(), memberIds: z.array(Id).optional() });
export type Presence = z.infer<typeof Presence>;

export const CloseReason = z.enum([
  'logged-out',
  'expired',
  'access-changed',
  'address-refused',
  'consent.withdrawn',
  'consent.stale',
  'shutdown',
]);
export const SessionClosed = z.object({ reason: CloseReason });
export type SessionClosed = z.infer<typeof SessionClosed>;

/** What a client may send; every call is acknowledged. */
export interface ClientToServer {
  'conversation.start': (input: z.input<typeof ConversationStart>, ack: (answer: Ack<ConversationStartAck>) => void) => void;
  'message.send': (input: z.input<typeof MessageSend>, ack: (answer: Ack<MessageAck>) => void) => void;
  resume: (input: z.input<typeof Resume>, ack: (answer: Ack<ResumeAck>) => void) => void;
  typing: (input: z.input<typeof Typing>, ack: (answer: Ack<object>) => void) => void;
  read: (input: z.input<typeof Read>, ack: (answer: Ack<object>) => void) => void;
}

/** What the server sends without being asked. */
export interface ServerToClient {
  event: (event: ConversationEvent) => void;
  head: (head: Head) => void;
  hidden: (hidden: Hidden) => void;
  typing: (notice: TypingNotice) => void;
  read: (notice: ReadNotice) => void;
  presence: (presence: Presence) => void;
  /**
   * The queue to this client was dropped, or what it may see has changed: ask again for everything after the last seq,
   * and read lists anew.
   */
  resync: () => void;
  'session.closed': (closed: SessionClosed) => void;
}
