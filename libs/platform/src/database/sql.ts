import { CompiledQuery, type Transaction } from 'kysely';
import type { IDatabaseDriver } from '@mikro-orm/core';
import type { Pool } from 'pg';
import type { PGlite } from '@electric-sql/pglite';
import type { Tx } from '../registry/store.js';

/** What both `pg` and PGlite answer. */
interface Rows<T> {
  rows: T[];
}

/** The pool of `pg`, or PGlite itself. */
export function nativeClientOf(driver: IDatabaseDriver): Promise<Pool | PGlite> {
  return (driver.getConnection() as unknown as { getNativeClient(): Promise<Pool | PGlite> }).getNativeClient();
}

const isPool = (client: Pool | PGlite): client is Pool => 'totalCount' in client;

/** Runs one statement with `$1`-style parameters inside the caller's transaction. */
export async function query<T extends object>(tx: Tx, sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
  const transaction = tx.getTransactionContext<Transaction<unknown>>();
  if (!transaction) throw new Error('query() needs a transaction');
  const answer: Rows<unknown> = await transaction.executeQuery(CompiledQuery.raw(sql, [...parameters]));
  return answer.rows as T[];
}

/**
 * Runs one statement outside any transaction, as a prepared statement called `name` on Postgres.
 * Waits for its turn on PGlite, which has one connection.
 */
export async function statement<T extends object>(
  client: Pool | PGlite,
  name: string,
  sql: string,
  parameters: readonly unknown[],
): Promise<T[]> {
  const answer: Rows<unknown> = isPool(client)
    ? await client.query({ name, text: sql, values: [...parameters] })
    : await client.query(sql, [...parameters]);
  return answer.rows as T[];
}

/** Runs a script of several statements, outside any transaction. */
export async function script(client: Pool | PGlite, sql: string): Promise<void> {
  if (isPool(client)) await client.query(sql);
  else await client.exec(sql);
}
