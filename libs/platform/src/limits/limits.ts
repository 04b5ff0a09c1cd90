import { AsyncResource } from 'node:async_hooks';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { AppError } from '@sotto/kernel';
import type { RedisClient } from '../live/redis-client.js';

export interface LimitRule {
  name: string;
  /** How many within the window. */
  points: number;
  /** Length of the window, in seconds. */
  seconds: number;
  /**
   * What to do while Redis is away. `closed`: refuse, for what protects passwords. `local`: count in
   * this process only, for what must go on.
   */
  withoutRedis: 'closed' | 'local';
}

/** Counts attempts. Shared by all nodes through Redis when there is one. */
export class Limit {
  private readonly limiter: RateLimiterAbstract;
  /**
   * Where the limiter is called: its timers last as long as the window, and would keep until then what belongs to the call,
   * such as the entities of a transaction.
   */
  private readonly apart = new AsyncResource('Limit');

  constructor(rule: LimitRule, redis: RedisClient | undefined) {
    const options = { keyPrefix: `sotto:limit:${rule.name}`, points: rule.points, duration: rule.seconds };
    const memory = new RateLimiterMemory(options);
    this.limiter = redis
      ? new RateLimiterRedis({
          ...options,
          storeClient: redis,
          useRedisPackage: true,
          rejectIfRedisNotReady: true,
          ...(rule.withoutRedis === 'local' ? { insuranceLimiter: memory } : {}),
        })
      : memory;
  }

  /** Counts one. Throws `rate.limited` with the seconds to wait, or `overloaded` when it cannot count. */
  async take(key: string): Promise<void> {
    try {
      await this.apart.runInAsyncScope(() => this.limiter.consume(key));
    } catch (reason) {
      if (!(reason instanceof RateLimiterRes))
        throw new AppError('overloaded', 'This cannot be checked at the moment; try again shortly.', { retryAfter: 5 });
      const retryAfter = Math.max(1, Math.ceil(reason.msBeforeNext / 1_000));
      throw new AppError('rate.limited', `Too many requests; try again in ${retryAfter} s.`, { retryAfter });
    }
  }

  /** How many were counted in the present window, of those that other nodes counted as far as Redis is there. */
  async taken(key: string): Promise<number> {
    return (await this.limiter.get(key))?.consumedPoints ?? 0;
  }

  /** Takes one back that turned out well. Without Redis the one stays counted until its window ends. */
  async giveBack(key: string): Promise<void> {
    await this.apart.runInAsyncScope(() => this.limiter.reward(key)).catch(() => undefined);
  }
}

/** Makes limits; keys are ids or keyed hashes, never an address in clear. */
export class Limits {
  constructor(private readonly redis: RedisClient | undefined) {}

  make(rule: LimitRule): Limit {
    return new Limit(rule, this.redis);
  }
}
