import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidv7 } from '@sotto/client';
import { Wire } from '../bench/wire.js';
import { startPostgres, startSotto, type PrivatePostgres, type RunningSotto } from '../support/index.js';
import { freshLists } from './crowd.js';
import { setUpDesk, WITHOUT_LIMITS, type Desk } from './desk.js';
import { readers, storedMessages, waitsWithJob, Ways } from './product.js';
import { Proxy } from './proxy.js';
import { killsAndCuts, run } from './run.js';

const VISITORS = 18;
const MESSAGES = 2_000;

let postgres: PrivatePostgres;
let sotto: RunningSotto;
let desk: Desk;
beforeAll(async () => {
  postgres = await startPostgres({ durable: true });
  sotto = await startSotto({ database: await postgres.createDatabase(), redis: null, env: WITHOUT_LIMITS });
  desk = await setUpDesk(sotto, VISITORS + 1);
}, 120_000);
afterAll(async () => {
  await sotto?.stop();
  await postgres?.stop();
}, 60_000);

describe('20 people, 2,000 messages, every call sent twice, the server killed twice', () => {
  it('loses nothing, doubles nothing, and everybody sees the same order', async () => {
    const steady = await Ways.to(sotto, desk, true);
    const flaky = await Ways.to(sotto, desk, true);
    try {
      const { log, violations, converged } = await run(
        {
          steady: steady.way,
          other: flaky.way,
          tokens: desk.tokens.slice(0, VISITORS),
          ...readers(sotto, desk),
          jobs: () => waitsWithJob(sotto.database),
          misfortunes: killsAndCuts({
            crash: () => sotto.kill9(),
            revive: () => sotto.start(),
            cut: () => flaky.cut(),
            mend: () => flaky.mend(),
          }),
        },
        { messages: MESSAGES, converge: 20_000 },
      );
      expect(violations).toEqual([]);
      expect(converged).toBe(true);
      expect([...steady.contradictions, ...flaky.contradictions]).toEqual([]);

      // The run was one: enough was said, it was all sent twice, and somebody is left waiting.
      const { rows, different } = await storedMessages(sotto.database);
      expect(log.acked.length).toBeGreaterThanOrEqual(MESSAGES);
      expect(steady.doubledFrames + flaky.doubledFrames).toBeGreaterThanOrEqual(MESSAGES);
      expect(rows).toBe(different);
      expect(rows).toBe(log.sent.length);
      expect(log.waiting.length).toBeGreaterThan(0);
    } finally {
      await Promise.all([steady.close(), flaky.close()]);
    }
  }, 150_000);
});

describe('a server killed between commit and acknowledgement', () => {
  it('gives the retry the place of the first attempt', async () => {
    const token = desk.tokens[VISITORS] ?? '';
    const proxy = await Proxy.before(sotto.port, { headers: { origin: desk.origin } });
    const open = (port: number) => Wire.open({ port, namespace: '/visitor', auth: { token }, origin: desk.origin });
    const stored = async () => (await freshLists(readers(sotto, desk).visitor('visitor', token))).flatMap((list) => list.items);
    try {
      const before = await open(proxy.port);
      const started = await before.call<{ conversationId: string }>('conversation.start', {
        clientConversationId: uuidv7(),
        message: { clientMessageId: uuidv7(), body: 'First' },
      });
      const message = { conversationId: started.conversationId, clientMessageId: uuidv7(), body: 'Second' };
      const swallowed = proxy.swallowAck();
      before.send('message.send', JSON.stringify(message), () => undefined);
      await swallowed;
      await sotto.kill9();
      await sotto.start();

      const after = await open(sotto.port);
      const ack = await after.call<{ id: string; seq: number }>('message.send', message);
      await after.close();
      expect((await stored()).map((item) => item.body)).toEqual(['First', 'Second']);
      expect((await stored())[1]).toMatchObject({ messageId: ack.id, seq: ack.seq });
    } finally {
      await proxy.close();
    }
  }, 90_000);
});
