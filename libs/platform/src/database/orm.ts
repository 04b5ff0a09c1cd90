import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { MikroORM } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { PgliteDriver } from '@mikro-orm/pglite';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { createPostgreSqlTypeParsers } from '@mikro-orm/sql';
import type { DataDirectoryLock } from '@sotto/kernel';
import type { Pool } from 'pg';
import array from 'postgres-array';
import type { Store } from '../registry/store.js';
import { Database, type Orm } from './database.js';
import { migrations } from '../migrations/index.js';

/** Where the rows are: a Postgres server, or PGlite in a directory the process holds, or as made by the caller. */
export type DatabaseLocation = { url: string; pool: number } | { lock: DataDirectoryLock } | { pglite: PGlite };

/** A statement that takes longer than this has met a database that does not answer. In milliseconds. */
const STATEMENT_TIMEOUT = 15_000;
const CONNECT_TIMEOUT = 5_000;

/** Settings that do not depend on where the rows are. */
export function baseOptions(stores: readonly Store[]) {
  return {
    entities: stores.flatMap((store) => [...store.entities]),
    extensions: [Migrator],
    migrations: { migrationsList: migrations, snapshot: false, allOrNothing: false, silent: true },
    // Nothing runs outside a fork that names its account.
    allowGlobalContext: false,
    discovery: { warnWhenNoEntities: false },
    forceUtcTimezone: true,
  };
}

async function connect(stores: readonly Store[], location: DatabaseLocation): Promise<Orm> {
  const base = baseOptions(stores);
  if ('url' in location) {
    return (await MikroORM.init({
      ...base,
      driver: PostgreSqlDriver,
      clientUrl: location.url,
      pool: { min: 0, max: location.pool },
      driverOptions: {
        connectionTimeoutMillis: CONNECT_TIMEOUT,
        statement_timeout: STATEMENT_TIMEOUT,
        query_timeout: STATEMENT_TIMEOUT + 1_000,
        keepAlive: true,
      },
    })) as unknown as Orm;
  }
  const pglite = 'pglite' in location ? location.pglite : await createPglite({ dataDir: join(location.lock.directory, 'database') });
  return (await MikroORM.init({ ...base, driver: PgliteDriver, dbName: 'postgres', driverOptions: { pglite } })) as unknown as Orm;
}

/** PGlite that reads values as the Postgres driver does. Without a directory it lives in memory. */
export const createPglite = (options: { dataDir?: string; loadDataDir?: Blob } = {}): Promise<PGlite> =>
  PGlite.create({ ...options, parsers: createPostgreSqlTypeParsers((text) => array.parse(text)) });

/** Nodes that start together migrate one after the other. */
const MIGRATION_LOCK = 7_305_204_611;

async function migrate(orm: Orm): Promise<void> {
  const client = await new Database(orm).nativeClient();
  if (client instanceof PGlite) {
    await orm.migrator.up();
    return;
  }
  const connection = await (client satisfies Pool).connect();
  try {
    await connection.query('set statement_timeout = 0');
    await connection.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await orm.migrator.up();
  } finally {
    // Closes the session, which frees the lock and forgets the setting.
    connection.release(true);
  }
}

/** Opens the database and brings its tables up to date. */
export async function openDatabase(stores: readonly Store[], location: DatabaseLocation): Promise<Orm> {
  const orm = await connect(stores, location);
  await migrate(orm);
  return orm;
}
