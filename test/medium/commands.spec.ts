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

/** The embedded database belongs to one process. */
const meanwhile = async <T>(work: () => Promise<T>): Promise<T> => {
  if (databaseKind === 'postgres') return work();
  await sotto.halt();
  try {
    return await work();
  } finally {
    await sotto.start();
  }
};

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
});

describe('the command allow-everywhere', () => {
  it('lets everybody into an account again that has locked itself out', async () => {
    const login = await fetch(`${sotto.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'first@firm.test', password: 'quiet-otter-umbrella-42' }),
    });
    const { account } = (await login.json()) as { account: { id: string } };
    const cookie = login.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const headers = { cookie, origin: sotto.url, 'content-type': 'application/json' };
    const me = async () => (await fetch(`${sotto.url}/api/v1/me`, { headers })).status;
    const locked = await fetch(`${sotto.url}/api/v1/settings/security`, {
      method: 'PUT',
      headers,
      body: JSON.stringify({
        requireTwoFactor: false,
        ipAllowlist: [{ range: '203.0.113.0/24', label: '' }],
        confirmLockOut: true,
        confirmation: 'Firm',
      }),
    });
    expect([locked.status, await me()]).toEqual([200, 403]);
    await meanwhile(async () => {
      // Two accounts have this name by now.
      await expect(command('allow-everywhere', 'firm')).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining(account.id) });
      expect((await command('allow-everywhere', account.id)).stdout).toContain('Firm may be used from everywhere again.');
    });
    expect(await me()).toBe(200);
  }, 120_000);
});

describe('the command verify-audit', () => {
  it('finds every account’s log whole, and says which digest of those noted is in none', async () => {
    await meanwhile(async () => {
      const { stdout } = await command('verify-audit');
      const line = /^Account [\da-f-]{36}: [1-9]\d* entries, newest digest ([\w-]{43})$/;
      const lines = stdout.trimEnd().split('\n');
      for (const found of lines) expect(found).toMatch(line);
      const digests = lines.map((found) => line.exec(found)?.[1] ?? '');
      expect(digests.length).toBeGreaterThan(0);
      expect((await command('verify-audit', ...digests)).stdout).toBe(stdout);
      await expect(command('verify-audit', 'noted-elsewhere')).rejects.toMatchObject({
        code: 1,
        stdout: `${stdout}The digest noted-elsewhere is in no log any more\n`,
      });
    });
  }, 120_000);
});

describe('the commands', () => {
  it('say how they are used', async () => {
    for (const words of [[], ['__proto__']]) await expect(command(...words)).rejects.toThrow('Usage: cli.js setup-code');
  });
});
