import { randomBytes } from 'node:crypto';
import { chownSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { databaseUser, postgresFolder } from '../../scripts/prepare/machine.mjs';
import { freePort, GuardedProcess, removeFolder, temporaryFolder } from './processes.js';

export interface PostgresOptions {
  /** Waits for the disk at each commit, as in production: needed where a test kills the server. Off otherwise, for speed. */
  durable?: boolean;
  settings?: Record<string, string>;
}

export interface PrivatePostgres {
  /** Of the database `postgres`, as a superuser. */
  readonly url: string;
  readonly pid: number;
  /** Where data and socket are. */
  readonly folder: string;
  /** Makes an empty database and answers its URL. */
  createDatabase(): Promise<string>;
  dropDatabase(url: string): Promise<void>;
  kill9(): Promise<void>;
  /** Freezes the server and every connection's process. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Starts it again after kill9, same port and data. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

async function runToEnd(command: string, args: string[], cwd: string, user: ReturnType<typeof databaseUser>) {
  const child = new GuardedProcess({ command, args, cwd, user, env: { ...process.env, LC_ALL: 'C' }, stopSignal: 'SIGTERM' });
  const { code } = await child.ended();
  if (code !== 0) throw new Error(`${path.basename(command)} failed\n${child.output}`);
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function untilItAnswers(url: string, server: () => GuardedProcess) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      await query(url, 'select 1');
      return;
    } catch (error) {
      if (!server().running || Date.now() > deadline) throw new Error(`Postgres did not start\n${server().output}`, { cause: error });
      await sleep(50);
    }
  }
}

/** A Postgres of its own: own data, own port, own password, gone with the tests. */
export async function startPostgres({ durable = false, settings = {} }: PostgresOptions = {}): Promise<PrivatePostgres> {
  const bin = postgresFolder();
  if (!bin) throw new Error('Postgres is not installed. `npm test` says how to get it.');
  const user = databaseUser();
  const home = temporaryFolder('postgres', user);
  const data = path.join(home, 'data');
  const passwordFile = path.join(home, 'password');
  const password = randomBytes(16).toString('hex');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  await runToEnd(
    path.join(bin, 'initdb'),
    ['-D', data, '-U', 'sotto', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C.UTF-8', '-N'],
    home,
    user,
  );

  const port = await freePort();
  const url = `postgres://sotto:${password}@127.0.0.1:${port}/postgres`;
  const chosen = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: home,
    max_connections: '200',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...settings,
  };
  const args = ['-D', data, ...Object.entries(chosen).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const launch = () =>
    new GuardedProcess({
      command: path.join(bin, 'postgres'),
      args,
      cwd: home,
      user,
      env: { ...process.env, LC_ALL: 'C' },
      stopSignal: 'SIGINT',
    });
  let server = launch();
  let paused: number[] = [];
  await untilItAnswers(url, () => server);

  return {
    url,
    folder: home,
    get pid() {
      return server.pid;
    },
    async createDatabase() {
      const name = `t_${randomBytes(6).toString('hex')}`;
      await query(url, `create database ${name}`);
      return url.replace(/postgres$/, name);
    },
    async dropDatabase(of) {
      await query(url, `drop database if exists ${new URL(of).pathname.slice(1)} with (force)`);
    },
    kill9: () => server.kill9(),
    async pause() {
      const children = await query(url, 'select pid from pg_stat_activity where pid <> pg_backend_pid()');
      paused = [server.pid, ...children.map(({ pid }) => Number(pid))];
      for (const pid of paused) signalIfAlive(pid, 'SIGSTOP');
    },
    resume() {
      for (const pid of paused) signalIfAlive(pid, 'SIGCONT');
      paused = [];
      return Promise.resolve();
    },
    async start() {
      const deadline = Date.now() + 30_000;
      for (;;) {
        server = launch();
        try {
          await untilItAnswers(url, () => server);
          return;
        } catch (error) {
          // The processes of the killed server hold its shared memory for a moment.
          if (server.running || Date.now() > deadline) throw error;
          await sleep(200);
        }
      }
    },
    async stop() {
      for (const pid of paused) signalIfAlive(pid, 'SIGCONT');
      await server.stop();
      removeFolder(home);
    },
  };
}

function signalIfAlive(pid: number, signal: NodeJS.Signals) {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}
