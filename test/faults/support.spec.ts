import { expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { GuardedProcess, startPostgres, temporaryFolder } from '../support/index.js';

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

it('leaves nothing behind when the test run is killed', async () => {
  const run = new GuardedProcess({
    command: process.execPath,
    args: [path.join(import.meta.dirname, '../support/probe.mjs')],
    cwd: temporaryFolder('probe'),
    env: { ...process.env, NODE_OPTIONS: '' },
    stopSignal: 'SIGTERM',
  });
  const redis = Number((await run.line(/^\d+$/, 30_000))[0]);
  expect(isAlive(redis)).toBe(true);
  await run.kill9();
  for (let tries = 0; tries < 200 && isAlive(redis); tries += 1) await sleep(100);
  expect(isAlive(redis)).toBe(false);
});

it('keeps what a durable Postgres committed through kill -9', async () => {
  const postgres = await startPostgres({ durable: true });
  const query = async (sql: string) => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  await query('create table kept as select 7 as number');
  await postgres.kill9();
  await postgres.start();
  expect(await query('select number from kept')).toEqual([{ number: 7 }]);
  await postgres.stop();
  expect(existsSync(postgres.folder)).toBe(false);
});
