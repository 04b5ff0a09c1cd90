import { uuidv7 } from '@sotto/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { residentBytes } from '../bench/proc.js';
import { Wire } from '../bench/wire.js';
import { startPostgres, startSotto, type PrivatePostgres, type RunningSotto } from '../support/index.js';
import { Agent, eventually, freshLists, Witnessed } from './crowd.js';
import { setUpDesk, WITHOUT_LIMITS, type Desk } from './desk.js';
import type { List } from './log.js';
import { readers, Ways } from './product.js';

const VISITORS = 10;
const EVENTS = 10_000;
/** More than the operating system's own buffers hold, about 10 MB. */
const FEW = 3_000;
/** Memory grows with traffic for a while, slow clients or not. */
const WARM_UP = 8_000;
/** The events are far more than the memory allowed, so that only a bounded queue can pass. */
const BODY = 'x'.repeat(9_900);
const ALLOWED = 64 * 1_024 * 1_024;
/** Left alone, V8 lets garbage lie as long as there is room, and resident memory says little about what is held. */
const TIDY = '--max-old-space-size=160';

let postgres: PrivatePostgres;
let sotto: RunningSotto;
let desk: Desk;
beforeAll(async () => {
  postgres = await startPostgres();
  sotto = await startSotto({ database: await postgres.createDatabase(), redis: null, env: { ...WITHOUT_LIMITS, NODE_OPTIONS: TIDY } });
  desk = await setUpDesk(sotto, VISITORS);
}, 120_000);
afterAll(async () => {
  await sotto?.stop();
  await postgres?.stop();
}, 60_000);

interface Writer {
  wire: Wire;
  conversationId: string;
}

async function writers(): Promise<Writer[]> {
  return Promise.all(
    desk.tokens.map(async (token) => {
      const wire = await Wire.open({ port: sotto.port, namespace: '/visitor', auth: { token }, origin: desk.origin });
      const message = { clientMessageId: uuidv7(), body: 'Hello' };
      const { conversationId } = await wire.call<{ conversationId: string }>('conversation.start', {
        clientConversationId: uuidv7(),
        message,
      });
      return { wire, conversationId };
    }),
  );
}

/** Everybody writes at once, each waiting for the acknowledgement before. Answers the most memory the server took meanwhile. */
async function writeAll(people: Writer[], messages: number): Promise<number> {
  let peak = residentBytes(sotto.pid);
  const watch = setInterval(() => (peak = Math.max(peak, residentBytes(sotto.pid))), 50);
  const share = messages / people.length;
  await Promise.all(
    people.map(async ({ wire, conversationId }) => {
      for (let count = 0; count < share; count += 1)
        await wire.call('message.send', { conversationId, clientMessageId: uuidv7(), body: BODY });
    }),
  );
  clearInterval(watch);
  return peak;
}

const lengths = (lists: List[]) => new Map(lists.map((list) => [list.conversationId, list.items.length]));

describe('a client that stops reading', () => {
  it('costs the server little, harms nobody, is told to resync, and ends with the same list', async () => {
    const [good, slow] = [await Ways.to(sotto, desk), await Ways.to(sotto, desk)];
    const witnessed = new Witnessed();
    const steadyAgent = new Agent('steady agent', good.way.agents, witnessed);
    const slowAgent = new Agent('slow agent', slow.way.agents, witnessed);
    const people = await writers();
    try {
      steadyAgent.join();
      slowAgent.join();
      expect(await eventually(() => slowAgent.lists().length === VISITORS && steadyAgent.lists().length === VISITORS, 20_000)).toBe(true);
      const warm = await writeAll(people, WARM_UP);

      // First for a moment: the connection survives, and what was dropped is made up for.
      slow.agents.stall();
      const few = await writeAll(people, FEW);
      slow.agents.flow();
      expect(await eventually(() => slowAgent.resyncs > 0, 20_000)).toBe(true);
      expect(await eventually(() => same(lengths(slowAgent.lists()), lengths(steadyAgent.lists())), 20_000)).toBe(true);
      const usual = Math.max(warm, residentBytes(sotto.pid));

      // Then for long; the server may give the connection up.
      slow.agents.stall();
      const many = await writeAll(people, EVENTS);
      expect(Math.max(few, many) - usual).toBeLessThanOrEqual(ALLOWED);

      const fresh = lengths(await freshLists(readers(sotto, desk).agent('reader')));
      expect([...fresh.values()].reduce((sum, length) => sum + length, 0)).toBe(VISITORS + WARM_UP + FEW + EVENTS);
      // Those who read have it all, and at first hand.
      expect(await eventually(() => same(lengths(steadyAgent.lists()), fresh), 20_000)).toBe(true);
      expect(steadyAgent.resyncs).toBe(0);

      slow.agents.flow();
      expect(await eventually(() => same(lengths(slowAgent.lists()), fresh), 60_000)).toBe(true);
    } finally {
      steadyAgent.leave();
      slowAgent.leave();
      await Promise.all([...people.map(({ wire }) => wire.close()), good.close(), slow.close()]);
    }
  }, 150_000);
});

function same(one: Map<string, number>, other: Map<string, number>): boolean {
  return one.size === other.size && [...one].every(([id, length]) => other.get(id) === length);
}
