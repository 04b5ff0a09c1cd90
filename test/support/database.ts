import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { startPostgres, type PrivatePostgres } from './postgres.js';
import { startRedis, type PrivateRedis } from './redis.js';

/** What this run tests on: `pglite`, or `postgres` together with Redis. Set by `npm test`. */
export const databaseKind: 'pglite' | 'postgres' = process.env.SOTTO_TEST_DATABASE === 'postgres' ? 'postgres' : 'pglite';

let own: Promise<PrivatePostgres> | undefined;

/**
 * An empty Postgres database on the run's server (SOTTO_TEST_DATABASE_URL), or on one started for this file where there is
 * none; null when the run tests on PGlite.
 */
export async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> } | null> {
  if (databaseKind === 'pglite') return null;
  const server = process.env.SOTTO_TEST_DATABASE_URL;
  if (!server) {
    own ??= startPostgres();
    const postgres = await own;
    const url = await postgres.createDatabase();
    return { url, drop: () => postgres.dropDatabase(url) };
  }
  const name = `t_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(server, `drop database if exists ${name} with (force)`) };
}

/** A Redis of its own where the run tests on Postgres: channels and limits of two installations must not mix. */
export async function freshRedis(): Promise<PrivateRedis | null> {
  return databaseKind === 'pglite' ? null : startRedis();
}

async function onServer(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
