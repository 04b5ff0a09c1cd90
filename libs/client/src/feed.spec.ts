import { describe, expect, it } from '@jest/globals';
import type { ConversationEvent, EventsAnswer } from '@sotto/protocol';
import fc from 'fast-check';
import { ApiError } from './errors.js';
import { ConversationFeed } from './feed.js';

const ID = '019fa000-0000-7000-8000-000000000001';

/** A conversation of which this audience may see only some seqs. */
function conversation(visible: readonly boolean[]): ConversationEvent[] {
  const events: ConversationEvent[] = [];
  visible.forEach((seen, at) => {
    if (!seen) return;
    events.push({
      type: 'message.created',
      conversationId: ID,
      seq: at + 1,
      prev: events.at(-1)?.seq ?? 0,
      at: '2026-11-21T10:00:00.000Z',
      actor: { kind: 'member', id: null, name: 'Ana' },
      message: { id: ID, clientMessageId: `c${at}`, kind: 'message', body: `${at}` },
    });
  });
  return events;
}

const read = { visitor: 0, agents: 0 };
const page = (events: ConversationEvent[], after: number, limit: number): EventsAnswer => {
  const rest = events.filter((event) => event.seq > after);
  return { events: rest.slice(0, limit), head: events.at(-1)?.seq ?? 0, more: rest.length > limit, read };
};
const pageBefore = (events: ConversationEvent[], before: number, limit: number): EventsAnswer => {
  const rest = events.filter((event) => event.seq < before);
  return { events: rest.slice(-limit), head: events.at(-1)?.seq ?? 0, more: rest.length > limit, read };
};
const until = async (done: () => boolean) => {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 1));
};

describe('a conversation feed', () => {
  it('ends whole and in order after any loss, doubling, disorder and failed call', async () => {
    const hints = fc.array(fc.record({ at: fc.nat(60), what: fc.constantFrom('event', 'head', 'pause', 'recover') }), { maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
        hints,
        fc.array(fc.boolean(), { maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        async (visible, script, failing, limit) => {
          const all = conversation(visible);
          let written = 0;
          const failures = [...failing];
          const feed = new ConversationFeed({
            conversationId: ID,
            gapDelay: 1,
            retryDelay: 1,
            onChange: (thread) =>
              expect(thread.events.map((event) => event.seq)).toEqual(all.slice(0, thread.events.length).map((event) => event.seq)),
            resume: async (after) => {
              await Promise.resolve();
              if (failures.shift()) throw new ApiError('network', 'lost');
              return page(all.slice(0, written), after, limit);
            },
          });
          for (const { at, what } of script) {
            written = Math.max(written, Math.min(all.length, at));
            const event = all[at % all.length];
            if (what === 'event' && event && all.indexOf(event) < written) feed.receive(event);
            if (what === 'head' && written) feed.receiveHead(all[written - 1]!.seq);
            if (what === 'pause') await new Promise((resolve) => setTimeout(resolve, 2));
            if (what === 'recover') void feed.recover();
          }
          // The heartbeat is what finds a last hint that was lost.
          written = all.length;
          feed.receiveHead(all.at(-1)?.seq ?? 0);
          await until(() => feed.thread.last === (all.at(-1)?.seq ?? 0));
          expect(feed.thread.events).toEqual(all);
          feed.close();
        },
      ),
      { numRuns: 150 },
    );
  });

  it('starts with the newest page, goes on from there and scrolls back to the first event', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        fc.nat(30),
        async (visible, limit, first) => {
          const all = conversation(visible);
          const start = all.slice(0, first);
          let log = start;
          const feed = new ConversationFeed({
            conversationId: ID,
            gapDelay: 1,
            onChange: () => undefined,
            resume: async (after) => page(log, after, limit),
            before: async (seq) => pageBefore(start, seq, limit),
          });
          const opened = feed.recover();
          log = all;
          for (const event of all.slice(first).reverse()) feed.receive(event);
          await opened;
          await until(() => feed.thread.last === (all.at(-1)?.seq ?? 0) || start.length === all.length);
          while (feed.thread.earlier) await feed.loadEarlier();
          expect(feed.thread.events).toEqual(all);
          feed.close();
        },
      ),
      { numRuns: 100 },
    );
  });

  it('waits a moment before it asks, since neighbours often arrive out of turn', async () => {
    const all = conversation([true, true]);
    let calls = 0;
    const feed = new ConversationFeed({
      conversationId: ID,
      gapDelay: 5,
      onChange: () => undefined,
      resume: async (after) => {
        calls += 1;
        return page(all, after, 100);
      },
    });
    feed.receive(all[1]!);
    feed.receive(all[0]!);
    await new Promise((resolve) => setTimeout(resolve, 15));
    expect(calls).toBe(0);
    expect(feed.thread.events).toEqual(all);
    feed.close();
  });

  it('says when the conversation cannot be seen any more', async () => {
    let gone = false;
    const feed = new ConversationFeed({
      conversationId: ID,
      onChange: () => undefined,
      onGone: () => (gone = true),
      resume: async () => null,
    });
    await feed.recover();
    expect(gone).toBe(true);
  });

  it('ends at once when the conversation is hidden, and says so once', async () => {
    const all = conversation([true, true]);
    let gone = 0;
    const feed = new ConversationFeed({
      conversationId: ID,
      onChange: () => undefined,
      onGone: () => (gone += 1),
      resume: async (after) => page(all.slice(0, 1), after, 100),
    });
    await feed.recover();
    feed.hide();
    feed.hide();
    feed.receive(all[1]!);
    expect(gone).toBe(1);
    expect(feed.thread.events).toEqual(all.slice(0, 1));
  });
});
