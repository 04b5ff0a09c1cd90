import type { MikroORM } from '@mikro-orm/core';
import type { AbstractSqlDriver } from '@mikro-orm/sql';
import type { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';
import type { Tx } from '../registry/store.js';
import { APP_ROLE, OPERATOR_ROLE } from './policies.js';
import { nativeClientOf, query, statement } from './sql.js';

export type Orm = MikroORM<AbstractSqlDriver>;

/** Postgres' code for a unique violation. */
const UNIQUE_VIOLATION = '23505';
export const isUniqueViolation = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === UNIQUE_VIOLATION;

/**
 * The only way to the tables. Every transaction names its account, and row level security does the
 * rest. Setting `role` by `set_config` keeps role and variables to one round trip.
 */
export class Database {
  private readonly actions = new WeakMap<Tx, (() => void)[]>();
  private readonly lastWork = new WeakMap<Tx, (() => Promise<void>)[]>();
  private client: Pool | PGlite | undefined;

  constructor(private readonly orm: Orm) {}

  /** One transaction that sees and writes the rows of one account. */
  in<T>(accountId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.run({ role: APP_ROLE, 'sotto.account': accountId }, work);
  }

  /** One transaction that sees only the rows whose secret hashes to `door`. */
  door<T>(door: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.run({ role: APP_ROLE, 'sotto.door': door }, work);
  }

  /** One transaction for chores that span accounts; see `OPERATOR_ROLE`. */
  operator<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.run({ role: OPERATOR_ROLE }, work);
  }

  /** One statement that calls a routine which sets its own role and account. No transaction around it. */
  async call<T extends object>(name: string, sql: string, parameters: readonly unknown[]): Promise<T[]> {
    return statement(await this.nativeClient(), name, sql, parameters);
  }

  /** The driver's own client, for the job queue, which keeps to tables of its own. */
  async nativeClient(): Promise<Pool | PGlite> {
    this.client ??= await nativeClientOf(this.orm.em.getDriver());
    return this.client;
  }

  /** Whether the database answers. */
  async isReady(): Promise<boolean> {
    return (await this.orm.em.getConnection().checkConnection()).ok;
  }

  /** In a transaction opened by `door`: goes on as the account the secret belongs to. */
  async enter(tx: Tx, accountId: string): Promise<void> {
    await query(tx, "select set_config('sotto.account', $1, true)", [accountId]);
  }

  /** Does something as the last of the transaction, in the order asked for: what holds a lock that many wait for. */
  beforeCommit(tx: Tx, work: () => Promise<void>): void {
    const last = this.lastWork.get(tx);
    if (!last) throw new Error('beforeCommit() needs a transaction of this database');
    last.push(work);
  }

  /** Does something once the transaction is committed, and never if it is not. */
  afterCommit(tx: Tx, action: () => void): void {
    const actions = this.actions.get(tx);
    if (!actions) throw new Error('afterCommit() needs a transaction of this database');
    actions.push(action);
  }

  private async run<T>(variables: Record<string, string>, work: (tx: Tx) => Promise<T>): Promise<T> {
    const actions: (() => void)[] = [];
    const result = await this.orm.em.fork({ session: { variables } }).transactional(async (tx) => {
      const last: (() => Promise<void>)[] = [];
      this.actions.set(tx, actions);
      this.lastWork.set(tx, last);
      const done = await work(tx);
      for (const each of last) await each();
      return done;
    });
    for (const action of actions) action();
    return result;
  }
}
