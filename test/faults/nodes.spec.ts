import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'redis';
import { startPostgres, startRedis, startSotto, type PrivatePostgres, type PrivateRedis, type RunningSotto } from '../support/index.js';
import { Agent, eventually, Visitor, Witnessed } from './crowd.js';
import { setUpDesk, WITHOUT_LIMITS, type Desk } from './desk.js';
import { readers, waitsWithJob, Ways } from './product.js';
import { run, type Talk } from './run.js';

const VISITORS = 18;
const MESSAGES = 600;
/** A lost hint is found by the next heartbeat, 20 s later at most; the rest is for the machine. */
const HEARTBEAT = 20_000;
const LEEWAY = 5_000;

let postgres: PrivatePostgres;
let redis: PrivateRedis;
const nodes: RunningSotto[] = [];
let desk: Desk;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const shared = { database: await postgres.createDatabase(), redis: redis.url };
  const first = await startSotto({ ...shared, env: WITHOUT_LIMITS });
  nodes.push(first, await startSotto({ ...shared, data: first.data, env: { ...WITHOUT_LIMITS, SOTTO_PUBLIC_URL: first.url } }));
  desk = await setUpDesk(first, 2 * VISITORS + 1);
}, 120_000);
afterAll(async () => {
  for (const node of [...nodes].reverse()) await node.stop();
  await redis?.stop();
  await postgres?.stop();
}, 60_000);

const [here, there] = [0, 1].map((place) => () => {
  const node = nodes[place];
  if (!node) throw new Error('the node has not started');
  return node;
}) as [() => RunningSotto, () => RunningSotto];

async function runOnBoth(tokens: string[], misfortunes: (talk: Talk) => Promise<void>) {
  const [one, other] = [await Ways.to(here(), desk, true), await Ways.to(there(), desk, true)];
  try {
    return await run(
      {
        steady: one.way,
        other: other.way,
        tokens,
        ...readers(here(), desk),
        jobs: () => waitsWithJob(here().database),
        misfortunes,
      },
      { messages: MESSAGES, converge: HEARTBEAT + LEEWAY },
    );
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
}

describe('two nodes and Redis', () => {
  it('agree when everything in Redis is flushed in mid-load, again and again', async () => {
    const { violations, converged } = await runOnBoth(desk.tokens.slice(0, VISITORS), async (talk) => {
      const client = createClient({ url: redis.url });
      await client.connect();
      for (const share of [0.25, 0.5, 0.75]) {
        await talk.reaches(share);
        await client.flushAll();
      }
      client.destroy();
    });
    expect(violations).toEqual([]);
    expect(converged).toBe(true);
  }, 90_000);

  it('go on sending while Redis is dead, and agree once it is back', async () => {
    let during = 0;
    const { violations, converged } = await runOnBoth(desk.tokens.slice(VISITORS, 2 * VISITORS), async (talk) => {
      await talk.reaches(0.25);
      await redis.kill9();
      const before = talk.acknowledged;
      await talk.reaches(0.75);
      during = talk.acknowledged - before;
      await redis.start();
    });
    expect(during).toBeGreaterThanOrEqual(MESSAGES / 4);
    expect(violations).toEqual([]);
    expect(converged).toBe(true);
  }, 90_000);

  it('bring a message to the other node within a heartbeat while Redis stays dead', async () => {
    const [one, other] = [await Ways.to(here(), desk), await Ways.to(there(), desk)];
    const witnessed = new Witnessed();
    const visitor = new Visitor('visitor', one.way.visitors, desk.tokens.at(-1) ?? '', witnessed);
    const agent = new Agent('agent', other.way.agents, witnessed);
    const shown = (body: string) => agent.lists().some((list) => list.items.some((item) => item.body === body));
    try {
      visitor.join();
      agent.join();
      await visitor.write('Hello');
      expect(await eventually(() => shown('Hello'), LEEWAY)).toBe(true);
      await redis.kill9();
      await visitor.write('Is anybody there?');
      expect(await eventually(() => shown('Is anybody there?'), HEARTBEAT + LEEWAY)).toBe(true);
    } finally {
      await redis.start();
      visitor.leave();
      agent.leave();
      await Promise.all([one.close(), other.close()]);
    }
  }, 90_000);
});
