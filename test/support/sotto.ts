import { existsSync } from 'node:fs';
import path from 'node:path';
import { freshDatabase, freshRedis } from './database.js';
import { freePort, GuardedProcess, removeFolder, temporaryFolder, type Exit } from './processes.js';

const root = path.resolve(import.meta.dirname, '../..');
const entry = path.join(root, 'dist/apps/api/src/main.js');

/** Starting includes PGlite's first start and all migrations, on a machine busy with other tests. */
const READY_WITHIN_MS = 120_000;

export interface SottoOptions {
  /** `pglite`, or the URL of a Postgres database. Without it: an empty one of the kind this run tests on. */
  database?: string;
  /** URL of a Redis, or null for none. Without it: one of its own where the run tests on Postgres. */
  redis?: string | null;
  port?: number;
  /** Data directory to use, kept on stop. Without it: a temporary one. Nodes of one installation share it for the master key. */
  data?: string;
  env?: Record<string, string>;
}

export interface RunningSotto {
  /** Where browsers reach it, which is also the Origin unsafe calls must send. */
  readonly url: string;
  readonly port: number;
  readonly data: string;
  readonly database: string;
  /** Printed while no account exists. */
  readonly setupCode: string | undefined;
  readonly pid: number;
  readonly running: boolean;
  /** Everything printed since the last start. */
  readonly output: string;
  /** The first line that matches. */
  line(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  signal(name: NodeJS.Signals): void;
  kill9(): Promise<void>;
  /** Ends the process and keeps data, database and port. */
  halt(): Promise<Exit>;
  /** Starts it again after halt or kill9. */
  start(): Promise<void>;
  /** halt and start. */
  restart(): Promise<void>;
  /** Ends the process and removes all that was made for it. */
  stop(): Promise<Exit>;
}

interface Cleanup {
  remove(): Promise<void>;
}

async function surroundings(options: SottoOptions) {
  const cleanups: Cleanup[] = [];
  let database = options.database;
  let redis = options.redis;
  if (database === undefined) {
    const fresh = await freshDatabase();
    database = fresh?.url ?? 'pglite';
    if (fresh) cleanups.push({ remove: () => fresh.drop() });
    if (redis === undefined) {
      const own = await freshRedis();
      redis = own?.url ?? null;
      if (own) cleanups.push({ remove: () => own.stop() });
    }
  }
  let data = options.data;
  if (data === undefined) {
    const folder = temporaryFolder('data');
    data = folder;
    cleanups.push({ remove: () => Promise.resolve(removeFolder(folder)) });
  }
  return { database, redis: redis ?? null, data, cleanups };
}

function environment(port: number, data: string, database: string, redis: string | null, more: Record<string, string> = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SOTTO_') && name !== 'NODE_OPTIONS');
  return {
    ...Object.fromEntries(inherited),
    NODE_ENV: 'production',
    SOTTO_PORT: String(port),
    SOTTO_HOST: '127.0.0.1',
    SOTTO_DATA: data,
    SOTTO_PUBLIC_URL: `http://localhost:${port}`,
    ...(database === 'pglite' ? {} : { SOTTO_DATABASE_URL: database }),
    ...(redis ? { SOTTO_REDIS_URL: redis } : {}),
    ...more,
  };
}

async function setupCodeOf(server: GuardedProcess, url: string) {
  const answer = await fetch(`${url}/api/v1/setup`);
  const { needed } = (await answer.json()) as { needed: boolean };
  return needed ? (await server.line(/Set-up code: (\S+)/, 10_000))[1] : undefined;
}

/** Runs the built server as its own process and waits until it is ready. */
export async function startSotto(options: SottoOptions = {}): Promise<RunningSotto> {
  if (!existsSync(entry)) throw new Error('The server is not built. Run `npm run build` first.');
  const { database, redis, data, cleanups } = await surroundings(options);
  const port = options.port ?? (await freePort());
  const env = environment(port, data, database, redis, options.env);
  const url = env.SOTTO_PUBLIC_URL;
  let setupCode: string | undefined;
  let server: GuardedProcess;

  const launch = async () => {
    server = new GuardedProcess({
      command: process.execPath,
      args: ['--enable-source-maps', entry],
      cwd: root,
      env,
      stopSignal: 'SIGTERM',
    });
    await server.line(/Sotto is ready at/, READY_WITHIN_MS);
    setupCode = await setupCodeOf(server, `http://127.0.0.1:${port}`);
  };
  const cleanUp = async () => {
    for (const cleanup of cleanups) await cleanup.remove();
  };
  const stopProcess = () => server.stop();

  try {
    await launch();
  } catch (error) {
    await stopProcess();
    await cleanUp();
    throw error;
  }

  return {
    url,
    port,
    data,
    database,
    get setupCode() {
      return setupCode;
    },
    get pid() {
      return server.pid;
    },
    get running() {
      return server.running;
    },
    get output() {
      return server.output;
    },
    line: (pattern, timeoutMs = 10_000) => server.line(pattern, timeoutMs),
    signal: (name) => server.signal(name),
    kill9: () => server.kill9(),
    halt: stopProcess,
    start: launch,
    async restart() {
      await stopProcess();
      await launch();
    },
    async stop() {
      const exit = await stopProcess();
      await cleanUp();
      return exit;
    },
  };
}
