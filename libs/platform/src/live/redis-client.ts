import { Logger } from '@nestjs/common';
import { createClient } from 'redis';

/** Longest pause between two attempts to reach Redis, in milliseconds. */
const MAX_PAUSE = 1_000;

const make = (url: string) =>
  createClient({
    url,
    // Without Redis a command fails at once instead of waiting in memory for it to come back.
    disableOfflineQueue: true,
    socket: { reconnectStrategy: (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 6), MAX_PAUSE) },
  });

export type RedisClient = ReturnType<typeof make>;

/** A connected client that comes back by itself. Says once when Redis goes and once when it returns. */
export async function connectRedis(url: string, name: string): Promise<RedisClient> {
  const log = new Logger('Redis');
  const client = make(url);
  let gone = false;
  client.on('error', (error: Error) => {
    if (!gone) log.warn(`${name}: Redis is not reachable (${error.message}); messages still arrive, up to 20 s late`);
    gone = true;
  });
  client.on('ready', () => {
    if (gone) log.log(`${name}: Redis is back`);
    gone = false;
  });
  await client.connect();
  return client;
}
