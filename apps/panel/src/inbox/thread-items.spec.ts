import { describe, expect, it } from '@jest/globals';
import type { PendingMessage, Thread } from '@sotto/client';
import type { ActorView, ConversationEvent, MessageKind } from '@sotto/protocol';
import { threadItems, type ThreadItem } from './thread-items';

const ME: ActorView = { kind: 'member', id: 'me', name: 'Ana' };
const VISITOR: ActorView = { kind: 'visitor', id: 'lena', name: 'Lena' };
const at = (minute: number, day = 21) => new Date(2026, 10, day, 10, minute).toISOString();

const message = (seq: number, actor: ActorView, time: string, kind: MessageKind = 'message'): ConversationEvent => ({
  conversationId: 'c',
  seq,
  prev: seq - 1,
  at: time,
  actor,
  type: 'message.created',
  message: { id: `m${seq}`, clientMessageId: `c${seq}`, kind, body: `text ${seq}` },
});
const thread = (events: ConversationEvent[], visitorRead = 0): Thread => ({
  conversationId: 'c',
  events,
  last: events.at(-1)?.seq ?? 0,
  earlier: false,
  read: { visitor: visitorRead, agents: 0 },
});
const pending = (id: string, state: PendingMessage['state']): PendingMessage => ({
  clientMessageId: id,
  thread: 'c',
  kind: 'message',
  body: 'later',
  at: at(59),
  state,
});
const types = (items: ThreadItem[]) => items.map(({ type }) => type);
const messages = (items: ThreadItem[]) => items.filter((item) => item.type === 'message');

describe('the rows of a thread', () => {
  it('starts every day with its date', () => {
    const items = threadItems(thread([message(1, VISITOR, at(0, 20)), message(2, VISITOR, at(0, 21))]), [], ME, null);
    expect(types(items)).toEqual(['day', 'message', 'day', 'message']);
  });

  it('joins what one person writes within minutes, but not a note with an answer', () => {
    const items = threadItems(
      thread([message(1, ME, at(0)), message(2, ME, at(2)), message(3, ME, at(3), 'note'), message(4, VISITOR, at(4))]),
      [],
      ME,
      null,
    );
    expect(messages(items).map(({ continued }) => continued)).toEqual([false, true, false, false]);
  });

  it('marks the first unread message, unless there is nothing before it', () => {
    const events = [message(1, VISITOR, at(0)), message(2, VISITOR, at(1))];
    expect(types(threadItems(thread(events), [], ME, 2))).toEqual(['day', 'message', 'unread', 'message']);
    expect(types(threadItems(thread(events), [], ME, 1))).toEqual(['day', 'message', 'message']);
  });

  it('says "seen" once, under the newest answer the visitor has read', () => {
    const events = [message(1, ME, at(0)), message(2, ME, at(1)), message(3, ME, at(2), 'note')];
    expect(messages(threadItems(thread(events, 2), [], ME, null)).map(({ delivery }) => delivery)).toEqual([null, 'seen', null]);
    expect(messages(threadItems(thread(events, 1), [], ME, null)).map(({ delivery }) => delivery)).toEqual([null, 'sent', null]);
  });

  it('shows a message once, whether its event or its acknowledgement came first', () => {
    const items = threadItems(thread([message(1, ME, at(0))]), [pending('c1', 'sent'), pending('c2', 'failed')], ME, null);
    expect(messages(items).map(({ key, delivery }) => [key, delivery])).toEqual([
      ['c1', 'sent'],
      ['c2', 'failed'],
    ]);
  });
});
