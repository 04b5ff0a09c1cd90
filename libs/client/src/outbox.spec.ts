import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ApiError, type FailureCode } from './errors.js';
import { uuidv7 } from './ids.js';
import { MemoryOutboxStore, type OutboxEntry, type OutboxStore } from './outbox-store.js';
import { Outbox, type OutboxOptions, type Sent } from './outbox.js';

const CONVERSATION = '019fa000-0000-7000-8000-000000000001';
const until = async (done: () => boolean) => {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 1));
};

/** Stores each message once and answers repeats with the first answer, as the server does. */
class Desk {
  readonly log: string[] = [];
  starts = 0;
  private readonly acks = new Map<string, Sent>();
  private readonly born = new Map<string, string>();

  constructor(private readonly script: (FailureCode | 'ack lost')[] = []) {}

  readonly send = async (entry: OutboxEntry, conversationId: string | null): Promise<Sent> => {
    await Promise.resolve();
    const fault = this.script.shift();
    if (fault && fault !== 'ack lost') throw new ApiError(fault, fault, 0, [], 0);
    const answer = this.store(entry, conversationId);
    if (fault) throw new ApiError('timeout', 'The acknowledgement was lost');
    return answer;
  };

  private store(entry: OutboxEntry, conversationId: string | null): Sent {
    const first = this.acks.get(entry.clientMessageId);
    if (first) return first;
    if (!conversationId) {
      if (this.born.has(entry.thread)) throw new ApiError('conversation.id-reused', 'This conversation was started with another message');
      this.born.set(entry.thread, CONVERSATION);
      this.starts += 1;
    }
    this.log.push(entry.body);
    const ack = { conversationId: CONVERSATION, id: uuidv7(), seq: this.log.length };
    this.acks.set(entry.clientMessageId, ack);
    return ack;
  }
}

const outboxOf = (desk: Desk, store: OutboxStore, more: Partial<OutboxOptions> = {}) =>
  new Outbox({ store, send: desk.send, onChange: () => undefined, retryDelay: 1, ...more });
const passing = fc.constantFrom<FailureCode | 'ack lost'>(
  'network',
  'timeout',
  'rate.limited',
  'overloaded',
  'internal',
  'ack lost',
  'consent.stale',
);

describe('the outbox', () => {
  it('delivers everything once and in order through any passing faults, reloads and second tabs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(passing, { maxLength: 12 }),
        fc.array(fc.constantFrom('write', 'flush', 'reload', 'pause', 'second tab'), { maxLength: 20 }),
        async (faults, script) => {
          // Five unknown faults in a row give a message back; that is another test.
          const desk = new Desk(faults.filter((fault, at) => fault !== 'internal' || at % 4 !== 0));
          const store = new MemoryOutboxStore();
          const lock = uuidv7();
          const thread = uuidv7();
          let outbox = outboxOf(desk, store, { lock });
          const tabs: Outbox[] = [outbox];
          const written: string[] = [];
          for (const step of script) {
            if (step === 'write') {
              const body = `message ${written.length}`;
              written.push(body);
              await outbox.add({ thread, unborn: true, body });
            }
            if (step === 'flush') void outbox.flush();
            if (step === 'pause') await new Promise((resolve) => setTimeout(resolve, 1));
            if (step === 'reload' || step === 'second tab') {
              if (step === 'reload') outbox.close();
              outbox = outboxOf(desk, store, { lock });
              tabs.push(outbox);
              await outbox.restore();
            }
          }
          await until(() => {
            void outbox.flush();
            return desk.log.length === written.length && outbox.messages.every((message) => message.state === 'sent');
          });
          for (const tab of tabs) tab.close();
          expect(desk.log).toEqual(written);
          expect(desk.starts).toBe(written.length ? 1 : 0);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('gives a refused message back with the reason, goes on with the next, and sends it again on demand', async () => {
    const desk = new Desk(['payload.too-large']);
    const store = new MemoryOutboxStore();
    const outbox = outboxOf(desk, store);
    const id = await outbox.add({ thread: CONVERSATION, body: 'first' });
    await outbox.add({ thread: CONVERSATION, body: 'second' });
    await until(() => desk.log.length === 1 && outbox.messages.some((message) => message.state === 'failed'));
    expect(outbox.messages.find((message) => message.clientMessageId === id)).toMatchObject({
      state: 'failed',
      failed: { code: 'payload.too-large' },
    });
    expect((await store.load()).entries).toMatchObject([{ clientMessageId: id, failed: { code: 'payload.too-large' } }]);
    await outbox.retry(id);
    await until(() => desk.log.length === 2);
    expect(desk.log).toEqual(['second', 'first']);
  });

  it('starts the conversation with the next message when the first is refused', async () => {
    const desk = new Desk(['input.invalid']);
    const outbox = outboxOf(desk, new MemoryOutboxStore());
    const thread = uuidv7();
    await outbox.add({ thread, unborn: true, body: 'first' });
    await outbox.add({ thread, unborn: true, body: 'second' });
    await until(() => desk.log.length === 1);
    expect(outbox.conversationOf(thread)).toBe(CONVERSATION);
  });

  it('gives a message back after repeated unknown faults', async () => {
    const outbox = outboxOf(new Desk(['internal', 'internal', 'internal', 'internal', 'internal']), new MemoryOutboxStore());
    await outbox.add({ thread: CONVERSATION, body: 'unlucky' });
    await until(() => outbox.messages[0]?.state === 'failed');
    await outbox.discard(outbox.messages[0]!.clientMessageId);
    expect(outbox.messages).toEqual([]);
  });

  it('waits as long as the server asks before it sends anything', async () => {
    let calls = 0;
    const outbox = new Outbox({
      store: new MemoryOutboxStore(),
      onChange: () => undefined,
      send: async () => {
        calls += 1;
        throw new ApiError('rate.limited', 'Too many', 0, [], 60);
      },
    });
    await outbox.add({ thread: CONVERSATION, body: 'first' });
    await until(() => calls === 1);
    await outbox.add({ thread: CONVERSATION, body: 'second' });
    await outbox.flush();
    expect(calls).toBe(1);
    expect(outbox.messages.map((message) => message.state)).toEqual(['sending', 'sending']);
    outbox.close();
  });

  it('forgets a message whose event arrived, even when its acknowledgement never does', async () => {
    const store = new MemoryOutboxStore();
    const outbox = outboxOf(new Desk(['ack lost']), store);
    const id = await outbox.add({ thread: CONVERSATION, body: 'first' });
    await outbox.flush();
    await outbox.settle(id, CONVERSATION);
    expect(outbox.messages).toEqual([]);
    expect((await store.load()).entries).toEqual([]);
  });

  it('does not take up again what arrived while the store is still being tidied', async () => {
    class SlowStore extends MemoryOutboxStore {
      override async remove(clientMessageId: string) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        await super.remove(clientMessageId);
      }
    }
    const desk = new Desk(['ack lost']);
    const outbox = outboxOf(desk, new SlowStore());
    const id = await outbox.add({ thread: CONVERSATION, body: 'first' });
    await until(() => desk.log.length === 1);
    const tidied = outbox.settle(id, CONVERSATION);
    await outbox.flush();
    expect(outbox.messages).toEqual([]);
    await tidied;
  });

  it('sends what waits behind a first message whose acknowledgement was lost to the conversation that came of it', async () => {
    const desk = new Desk(['ack lost']);
    const outbox = outboxOf(desk, new MemoryOutboxStore());
    const thread = uuidv7();
    const first = await outbox.add({ thread, unborn: true, body: 'first' });
    const second = await outbox.add({ thread, unborn: true, body: 'second' });
    await until(() => desk.log.length === 1);
    // The first comes back over the socket before anybody tries again.
    await outbox.settle(first, CONVERSATION);
    await outbox.flush();
    expect(desk.log).toEqual(['first', 'second']);
    expect(desk.starts).toBe(1);
    expect(outbox.messages).toMatchObject([{ clientMessageId: second, state: 'sent' }]);
  });

  it('sends without a turn where the browser denies locks', async () => {
    const own = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    const denied = { request: async () => Promise.reject(new DOMException('The request was denied.', 'SecurityError')) };
    Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { locks: denied } });
    try {
      const desk = new Desk();
      const outbox = outboxOf(desk, new MemoryOutboxStore(), { lock: 'shared' });
      await outbox.add({ thread: CONVERSATION, body: 'first' });
      await outbox.flush();
      expect(desk.log).toEqual(['first']);
    } finally {
      if (own) Object.defineProperty(globalThis, 'navigator', own);
    }
  });

  it('keeps the message in memory when the store fails', async () => {
    const desk = new Desk();
    const broken = async () => Promise.reject(new Error('quota'));
    const outbox = outboxOf(desk, { load: broken, put: broken, remove: broken, link: broken, clear: broken });
    await outbox.add({ thread: CONVERSATION, body: 'first' });
    await until(() => desk.log.length === 1);
    expect(outbox.messages).toMatchObject([{ state: 'sent' }]);
  });
});

describe('uuidv7', () => {
  it('rises strictly, also within a millisecond and when the clock steps back', () => {
    const ids = [5_000, 5_000, 5_000, 4_000, 5_001, 9_000].map((now) => uuidv7(1_800_000_000_000 + now));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
