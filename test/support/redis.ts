import { randomBytes } from 'node:crypto';
import { redisServer } from '../../scripts/prepare/machine.mjs';
import { freePort, GuardedProcess, removeFolder, temporaryFolder } from './processes.js';

export interface PrivateRedis {
  readonly url: string;
  readonly pid: number;
  kill9(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Starts it again after kill9, empty, same port. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A Redis of its own that keeps nothing on disk, gone with the tests. */
export async function startRedis(): Promise<PrivateRedis> {
  const command = redisServer();
  if (!command) throw new Error('Redis is not installed. `npm test` says how to get it.');
  const home = temporaryFolder('redis');
  const port = await freePort();
  const password = randomBytes(16).toString('hex');
  const launch = async () => {
    const server = new GuardedProcess({
      command,
      args: ['-'],
      input: `port ${port}\nbind 127.0.0.1\nrequirepass ${password}\nsave ""\nappendonly no\ndir ${home}\n`,
      cwd: home,
      env: process.env,
      stopSignal: 'SIGTERM',
    });
    await server.line(/Ready to accept connections/, 20_000);
    return server;
  };
  let server = await launch();
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    get pid() {
      return server.pid;
    },
    kill9: () => server.kill9(),
    pause: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
    async start() {
      server = await launch();
    },
    async stop() {
      await server.stop();
      removeFolder(home);
    },
  };
}
