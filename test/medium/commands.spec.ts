import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseKind, startSotto, type RunningSotto } from '../support/index.js';

const run = promisify(execFile);
const cli = path.resolve('dist/apps/api/src/cli.js');

let sotto: RunningSotto;
beforeAll(async () => {
  sotto = await startSotto();
});
afterAll(() => sotto.stop());

const setUp = (code: string, email: string) =>
  fetch(`${sotto.url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, account: { name: 'Firm' }, owner: { name: 'Owner', email, password: 'quiet-otter-umbrella-42' } }),
  });

const command = (...words: string[]) =>
  run(process.execPath, [cli, ...words], {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      SOTTO_DATA: sotto.data,
      ...(databaseKind === 'pglite' ? {} : { SOTTO_DATABASE_URL: sotto.database }),
    },
  });

describe('the command setup-code', () => {
  it('gives a code for a further account', async () => {
    expect((await setUp(sotto.setupCode ?? '', 'first@firm.test')).status).toBe(201);
    // The embedded database belongs to one process, and the command says so.
    const refusal = await command('setup-code').then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(refusal.includes('Another Sotto is already running')).toBe(databaseKind === 'pglite');
    if (databaseKind === 'pglite') await sotto.halt();
    const { stdout } = await command('setup-code');
    if (databaseKind === 'pglite') await sotto.start();
    const code = /^Set-up code: ([0-9A-Z-]{14})$/m.exec(stdout)?.[1] ?? '';
    expect((await setUp(code, 'second@firm.test')).status).toBe(201);
    expect((await setUp(code, 'third@firm.test')).status).toBe(403);
  });

  it('is the only one, and says how it is used', async () => {
    await expect(command('something')).rejects.toThrow('Usage: cli.js setup-code');
  });
});
