import { setUpDesk, WITHOUT_LIMITS } from '../faults/desk.js';
import { freePort, GuardedProcess, startSotto, type PrivatePostgres } from '../support/index.js';
import type { Commit } from './limit.server.js';
import type { Target } from './load.js';

export const VISITORS = 500;
export const AGENTS = 24;

export const NAMES = ['Sotto', 'limit, one statement', 'limit, group commit'] as const;
export type Name = (typeof NAMES)[number];

/** A server under test. */
export interface Subject {
  name: Name;
  pid: number;
  /** Where its inspector listens once it is asked to (SIGUSR1). */
  inspectPort: number;
  target: Target;
  stop: () => Promise<unknown>;
}

export async function startProduct(postgres: PrivatePostgres): Promise<Subject> {
  const inspectPort = await freePort();
  const sotto = await startSotto({
    database: await postgres.createDatabase(),
    redis: null,
    env: { ...WITHOUT_LIMITS, SOTTO_LOG_LEVEL: 'warn', NODE_OPTIONS: `--inspect-port=${inspectPort}` },
  });
  const desk = await setUpDesk(sotto, VISITORS);
  const target: Target = {
    port: sotto.port,
    origin: desk.origin,
    visitors: desk.tokens.map((token) => ({ token })),
    agents: Array.from({ length: AGENTS }, () => ({ cookie: desk.cookie })),
  };
  return { name: 'Sotto', pid: sotto.pid, inspectPort, target, stop: () => sotto.stop() };
}

export async function startLimit(postgres: PrivatePostgres, commit: Commit): Promise<Subject> {
  const [port, inspectPort] = [await freePort(), await freePort()];
  const server = new GuardedProcess({
    command: process.execPath,
    args: [
      `--inspect-port=${inspectPort}`,
      '--import',
      new URL('typescript.mjs', import.meta.url).href,
      new URL('limit.server.ts', import.meta.url).pathname,
    ],
    cwd: process.cwd(),
    env: {
      ...process.env,
      NODE_ENV: 'production',
      LIMIT_COMMIT: commit,
      LIMIT_PORT: String(port),
      LIMIT_DATABASE_URL: await postgres.createDatabase(),
    },
    stopSignal: 'SIGTERM',
  });
  await server.line(/ready/, 30_000);
  const target: Target = {
    port,
    origin: `http://127.0.0.1:${port}`,
    visitors: Array.from({ length: VISITORS }, (_, place) => ({ token: `visitor-${place}` })),
    agents: Array.from({ length: AGENTS }, () => ({})),
  };
  return {
    name: commit === 'group' ? 'limit, group commit' : 'limit, one statement',
    pid: server.pid,
    inspectPort,
    target,
    stop: () => server.stop(),
  };
}
