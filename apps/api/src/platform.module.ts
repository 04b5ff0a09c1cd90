import { Global, Inject, Logger, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { MikroORM } from '@mikro-orm/core';
import { Clock, SystemClock } from '@sotto/kernel';
import {
  CONFIG,
  Database,
  DevMailbox,
  Erasers,
  InProcessLiveFeed,
  JobHandlers,
  Jobs,
  KeyRing,
  Limits,
  LiveFeed,
  MailEraser,
  Outbound,
  Outbox,
  RedisLiveFeed,
  STORES,
  StoreGuard,
  connectRedis,
  openDatabase,
  readMasterKey,
  type Config,
  type DatabaseLocation,
  type Orm,
  type RedisClient,
} from '@sotto/platform';
import { stores } from './stores.js';

const REDIS = Symbol('redis');

interface RedisPair {
  commands: RedisClient;
  subscriber: RedisClient;
}

export interface PlatformOptions {
  config: Config;
  location: DatabaseLocation;
  clock?: Clock;
}

/** Database, keys, jobs, live feed and limits, for every module. */
@Global()
@Module({})
export class PlatformModule implements OnApplicationShutdown {
  private readonly log = new Logger('Platform');

  constructor(
    @Inject(MikroORM) private readonly orm: Orm,
    @Inject(REDIS) private readonly redis: RedisPair | undefined,
  ) {}

  static with({ config, location, clock }: PlatformOptions): DynamicModule {
    return {
      module: PlatformModule,
      imports: [DiscoveryModule],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: Clock, useValue: clock ?? new SystemClock() },
        { provide: STORES, useValue: stores },
        { provide: MikroORM, useFactory: () => openDatabase(stores, location) },
        {
          provide: REDIS,
          useFactory: async (): Promise<RedisPair | undefined> =>
            config.redisUrl
              ? { commands: await connectRedis(config.redisUrl, 'commands'), subscriber: await connectRedis(config.redisUrl, 'live feed') }
              : undefined,
        },
        { provide: Database, inject: [MikroORM], useFactory: (orm: Orm) => new Database(orm) },
        { provide: KeyRing, inject: [Database], useFactory: (database: Database) => new KeyRing(readMasterKey(config), database) },
        { provide: Jobs, inject: [Database], useFactory: (database: Database) => new Jobs(database) },
        { provide: Limits, inject: [REDIS], useFactory: (redis: RedisPair | undefined) => new Limits(redis?.commands) },
        {
          provide: LiveFeed,
          inject: [REDIS],
          useFactory: async (redis: RedisPair | undefined): Promise<LiveFeed> => {
            const feed = redis ? new RedisLiveFeed(redis.commands, redis.subscriber) : new InProcessLiveFeed();
            await feed.start();
            return feed;
          },
        },
        { provide: Outbound, useFactory: () => new Outbound(config.outboundPrivate) },
        DevMailbox,
        Erasers,
        JobHandlers,
        MailEraser,
        Outbox,
        StoreGuard,
      ],
      exports: [CONFIG, Clock, Database, DevMailbox, Erasers, Jobs, KeyRing, Limits, LiveFeed, MikroORM, Outbound, Outbox, STORES],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    for (const client of this.redis ? [this.redis.subscriber, this.redis.commands] : []) client.destroy();
    await this.orm.close(true);
    this.log.debug('Closed');
  }
}
