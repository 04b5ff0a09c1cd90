import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { freePort, GuardedProcess, startSotto, type RunningSotto } from '../support/index.js';
import { eventually, freshLists, Visitor, Witnessed } from './crowd.js';
import { setUpDesk, type Desk } from './desk.js';
import { readers, Ways } from './product.js';

const entry = fileURLToPath(new URL('../../dist/apps/api/src/main.js', import.meta.url));

let sotto: RunningSotto;
let desk: Desk;
beforeAll(async () => {
  sotto = await startSotto({ database: 'pglite', redis: null });
  desk = await setUpDesk(sotto, 1);
}, 120_000);
afterAll(async () => {
  await sotto?.stop();
}, 60_000);

describe('the embedded database', () => {
  it('is refused to a second process, with a sentence, before it can do harm', async () => {
    const second = new GuardedProcess({
      command: process.execPath,
      args: [entry],
      cwd: process.cwd(),
      env: { ...process.env, NODE_OPTIONS: '', SOTTO_DATA: sotto.data, SOTTO_PORT: String(await freePort()) },
      stopSignal: 'SIGTERM',
    });
    const { code } = await second.ended();
    expect(code).toBe(1);
    expect(second.output).toContain('already running');
    expect(second.output).toContain(sotto.data);
    expect(second.output).not.toMatch(/^\s+at /m);
    expect((await fetch(`http://127.0.0.1:${sotto.port}/health/ready`)).status).toBe(200);
  }, 30_000);

  it('keeps every acknowledged message through kill -9', async () => {
    const ways = await Ways.to(sotto, desk);
    const witnessed = new Witnessed();
    const visitor = new Visitor('visitor', ways.way.visitors, desk.tokens[0] ?? '', witnessed);
    try {
      visitor.join();
      for (let count = 1; count <= 20; count += 1) await visitor.write(`Message ${count}`);
      const last = visitor.write('The last one');
      await sotto.kill9();
      await sotto.start();
      await last;
      const { visitor: reads } = readers(sotto, desk);
      const lists = async () => freshLists(reads('visitor', desk.tokens[0] ?? ''));
      expect(await eventually(async () => (await lists())[0]?.items.length === 21, 15_000)).toBe(true);
      const [stored] = await lists();
      for (const ack of witnessed.acked) {
        expect(stored?.items[ack.seq - 1]).toMatchObject({ messageId: ack.id, clientMessageId: ack.clientMessageId });
      }
    } finally {
      visitor.leave();
      await ways.close();
    }
  }, 120_000);
});
