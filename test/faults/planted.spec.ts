import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { freePort, GuardedProcess, startPostgres, type PrivatePostgres } from '../support/index.js';
import type { Rule } from './check.js';
import { reader } from './crowd.js';
import type { Planted } from './planted.server.js';
import { Proxy } from './proxy.js';
import { killsAndCuts, run, type Stage } from './run.js';

const VISITORS = 18;
const hook = new URL('../bench/typescript.mjs', import.meta.url).href;
const entry = new URL('planted.server.ts', import.meta.url).pathname;

/** What each mistake must be reported as. Others may come with it: a lost message is also missing from a list. */
const MISTAKES: Record<Planted, Rule> = {
  'ack-before-commit': 'acked.not-stored',
  'no-unique-key': 'stored.twice',
  'global-cursor': 'seq.gap',
  'hint-only': 'list.differs',
  'time-window': 'list.differs',
  'dropped-job': 'job.missing',
};

let postgres: PrivatePostgres;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.stop());

async function stageFor(fault: Planted | 'none'): Promise<{ stage: Stage; close: () => Promise<void> }> {
  const database = await postgres.createDatabase();
  const port = await freePort();
  const launch = async () => {
    const server = new GuardedProcess({
      command: process.execPath,
      args: ['--import', hook, entry],
      cwd: process.cwd(),
      env: { ...process.env, NODE_OPTIONS: '', PLANTED_FAULT: fault, PLANTED_DATABASE_URL: database, PLANTED_PORT: String(port) },
      stopSignal: 'SIGTERM',
    });
    await server.line(/ready/, 30_000);
    return server;
  };
  let server = await launch();
  const steady = await Proxy.before(port, { double: true });
  const flaky = await Proxy.before(port, { double: true });
  const url = `http://127.0.0.1:${port}`;
  const stage: Stage = {
    steady: { visitors: steady.url, agents: steady.url },
    other: { visitors: flaky.url, agents: flaky.url },
    tokens: Array.from({ length: VISITORS }, () => crypto.randomUUID()),
    misfortunes: killsAndCuts({
      crash: () => server.kill9(),
      revive: async () => {
        server = await launch();
      },
      cut: () => flaky.cut(),
      mend: () => flaky.mend(),
    }),
    visitor: (name, token) => reader(name, 'visitor', url, { authorization: `Bearer ${token}` }),
    agent: (name) => reader(name, 'agent', url, {}),
    jobs: async () => {
      const client = new pg.Client({ connectionString: database });
      await client.connect();
      const { rows } = await client.query<{ conversation_id: string }>('SELECT conversation_id FROM job');
      await client.end();
      return rows.map((row) => row.conversation_id);
    },
  };
  const close = async () => {
    await Promise.all([steady.close(), flaky.close(), server.stop()]);
    await postgres.dropDatabase(database);
  };
  return { stage, close };
}

describe('a server with a planted mistake', () => {
  it.each(Object.entries(MISTAKES) as [Planted, Rule][])(
    '%s is reported as %s',
    async (fault, rule) => {
      const { stage, close } = await stageFor(fault);
      try {
        const { violations } = await run(stage, { messages: 300, converge: 2_500 });
        expect(new Set(violations.map((violation) => violation.rule))).toContain(rule);
      } finally {
        await close();
      }
    },
    60_000,
  );

  it('passes without one, under the same load, kills and cuts', async () => {
    const { stage, close } = await stageFor('none');
    try {
      const { log, violations } = await run(stage, { messages: 300, converge: 20_000 });
      expect(violations).toEqual([]);
      expect(log.acked.length).toBeGreaterThanOrEqual(300);
      expect(log.waiting.length).toBeGreaterThan(0);
    } finally {
      await close();
    }
  }, 60_000);
});
