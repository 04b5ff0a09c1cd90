import { AppError, newId, type Actor } from '@sotto/kernel';
import type { SubjectCipher } from '@sotto/platform';
import type { MessageAck, NewMessage } from '@sotto/protocol';
import type { Append, Appended } from './message-writer.js';
import type { StoredEvent } from './stored-event.js';
import { seesAll } from './visibility.js';

/** A message of somebody's as the writer takes it, sealed for the conversation's contact. */
export function toAppend(actor: Actor, conversationId: string, input: NewMessage, cipher: SubjectCipher): Append {
  const visitor = actor.kind === 'visitor';
  return {
    ...sealed(conversationId, input, cipher),
    accountId: actor.accountId,
    visitor: visitor ? { contactId: actor.contactId, sessionId: actor.sessionId } : null,
    seesAll: seesAll(actor),
    author: visitor ? { kind: 'visitor', id: actor.contactId } : { kind: 'member', id: actor.memberId },
  };
}

/** A contact's words that a program of the account's brings, which answers for their consent. */
export const toAppendOf = (
  of: { accountId: string; contactId: string; conversationId: string },
  input: NewMessage,
  cipher: SubjectCipher,
): Append => ({
  ...sealed(of.conversationId, input, cipher),
  accountId: of.accountId,
  visitor: { contactId: of.contactId, sessionId: null },
  seesAll: false,
  author: { kind: 'visitor', id: of.contactId },
});

function sealed(conversationId: string, { clientMessageId, kind, body }: NewMessage, cipher: SubjectCipher) {
  const id = newId();
  return { conversationId, id, clientMessageId, kind, bodySealed: cipher.seal('message', id, 'body', body) };
}

/** What its sender gets to know. Throws where nothing was stored, and for an id that stands for another message. */
export function acknowledge(append: Append, appended: Appended, input: NewMessage, cipher: SubjectCipher): MessageAck {
  if (appended.outcome === 'created') return { id: appended.id, seq: appended.seq };
  if (appended.outcome !== 'duplicate') throw new AppError(appended.outcome);
  const stored = cipher.open('message', appended.id, 'body', appended.bodySealed);
  if (stored !== input.body || appended.kind !== append.kind) throw new AppError('message.id-reused');
  return { id: appended.id, seq: appended.seq };
}

/** What is told of a message once it is committed. */
export function eventsOf(append: Append, appended: Appended, contactId: string, body: string): StoredEvent[] {
  if (appended.outcome !== 'created') return [];
  const { accountId, conversationId, author: by } = append;
  const common = { accountId, conversationId, contactId, audience: appended.audience, at: appended.at, by };
  const events: StoredEvent[] = [];
  if (appended.reopened) {
    events.push({
      ...common,
      ...appended.reopened,
      visibleToVisitor: true,
      type: 'status.changed',
      data: { status: 'open', from: 'resolved' },
    });
  }
  const message = { id: appended.id, clientMessageId: append.clientMessageId, kind: append.kind, body };
  events.push({
    ...common,
    seq: appended.seq,
    visitorPrev: appended.visitorPrev,
    visibleToVisitor: append.kind === 'message',
    type: 'message.created',
    message,
  });
  return events;
}
