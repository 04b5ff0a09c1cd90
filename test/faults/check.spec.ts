import { describe, expect, it } from '@jest/globals';
import { check, type Rule } from './check.js';
import type { Item, RunLog } from './log.js';

const message = (seq: number, prev = seq - 1, text = `m${seq}`): Item => ({
  conversationId: 'c1',
  seq,
  prev,
  type: 'message.created',
  authorId: 'v1',
  messageId: `id-${text}`,
  clientMessageId: `k-${text}`,
  kind: 'message',
  body: text,
});

/** A run in which all went well: three messages, one visitor, one agent. */
function goodRun(): RunLog {
  const items = () => [message(1), message(2), message(3)];
  const lists = () => [
    { client: 'visitor', audience: 'visitor' as const, conversationId: 'c1', items: items() },
    { client: 'agent', audience: 'agent' as const, conversationId: 'c1', items: items() },
  ];
  return {
    sent: items().map((item) => ({
      client: 'visitor',
      conversationId: 'c1',
      clientMessageId: item.clientMessageId ?? '',
      body: item.body ?? '',
    })),
    acked: items().map((item) => ({
      client: 'visitor',
      conversationId: 'c1',
      clientMessageId: item.clientMessageId ?? '',
      id: item.messageId ?? '',
      seq: item.seq,
    })),
    delivered: items().map((item) => ({ client: 'agent', audience: 'agent' as const, item })),
    kept: lists(),
    fresh: lists(),
    stored: items(),
    waiting: ['c1'],
    jobs: ['c1'],
  };
}

describe('check', () => {
  it('finds nothing in a run in which all went well', () => {
    expect(check(goodRun())).toEqual([]);
  });

  const faults: [Rule, string, (log: RunLog) => void][] = [
    ['sent.not-stored', 'a message that never arrived', (log) => log.stored.pop()],
    ['acked.not-stored', 'a confirmed message that is gone', (log) => log.stored.pop()],
    [
      'acked.differently',
      'a retry confirmed with another place',
      (log) => log.acked.push({ client: 'visitor', conversationId: 'c1', clientMessageId: 'k-m2', id: 'id-m2', seq: 9 }),
    ],
    ['acked.differently', 'a message stored elsewhere than confirmed', (log) => Object.assign(log.acked[1] ?? {}, { id: 'other' })],
    ['stored.altered', 'another text than was sent', (log) => Object.assign(log.stored[0] ?? {}, { body: 'other' })],
    ['stored.not-sent', 'a message nobody sent', (log) => log.stored.push(message(4))],
    ['stored.twice', 'one message in two rows', (log) => log.stored.push(message(4, 3, 'm1'))],
    ['seq.gap', 'a number that was left out', (log) => Object.assign(log.stored[2] ?? {}, { seq: 4 })],
    ['prev.broken', 'a link to the wrong predecessor', (log) => Object.assign(log.fresh[0]?.items[2] ?? {}, { prev: 1 })],
    ['delivered.altered', 'two events that changed places on the way', (log) => Object.assign(log.delivered[0]?.item ?? {}, { seq: 2 })],
    ['list.incomplete', 'an answer that leaves out a message', (log) => log.fresh[0]?.items.splice(1, 1)],
    ['list.differs', 'a client that misses a message', (log) => log.kept[1]?.items.pop()],
    ['list.differs', 'a client that shows another order', (log) => log.kept[1]?.items.reverse()],
    ['list.differs', 'a client that shows a message twice', (log) => log.kept[1]?.items.push(message(3))],
    ['list.differs', 'a client that never heard of the conversation', (log) => log.kept.pop()],
    [
      'note.leaked',
      'a private note on the way to the visitor',
      (log) => log.delivered.push({ client: 'visitor', audience: 'visitor', item: { ...message(2), kind: 'note' } }),
    ],
    ['job.missing', 'somebody who waits unnoticed', (log) => log.jobs.pop()],
  ];

  it.each(faults)('%s: %s', (rule, _what, spoil) => {
    const log = goodRun();
    spoil(log);
    expect(check(log).map((violation) => violation.rule)).toContain(rule);
  });

  it('does not ask for private notes in a list of the visitor', () => {
    const log = goodRun();
    const note = { ...message(4), kind: 'note' };
    log.sent.push({ client: 'agent', conversationId: 'c1', clientMessageId: 'k-m4', body: 'm4' });
    log.acked.push({ client: 'agent', conversationId: 'c1', clientMessageId: 'k-m4', id: 'id-m4', seq: 4 });
    log.stored.push(note);
    log.kept[1]?.items.push(note);
    log.fresh[1]?.items.push(note);
    expect(check(log)).toEqual([]);
  });
});
