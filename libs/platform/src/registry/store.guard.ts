import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { MikroORM } from '@mikro-orm/core';
import { Database, type Orm } from '../database/database.js';
import { query } from '../database/sql.js';
import { Erasers } from './erasers.js';
import type { Store } from './store.js';

export const STORES = Symbol('stores');

/** Tables of the installation itself: no account, so no account policy. Nothing personal may be in them. */
const INSTALLATION_TABLES = new Set(['setup_code']);

interface TableState {
  name: string;
  secured: boolean;
  forced: boolean;
  policies: number;
}

/** What is wrong with the stores, in sentences; empty when the start may go on. */
export function storeProblems(stores: readonly Store[], orm: Orm, erasers: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  for (const store of stores) {
    for (const entity of store.entities) {
      const meta = orm.getMetadata().get(entity.meta.class);
      const table = meta.tableName;
      const record = store.dataMap[table];
      if (!record) {
        problems.push(`Table ${table} has no entry in the data map of ${store.name}`);
        continue;
      }
      const columns = meta.props.filter((prop) => prop.persist !== false).map((prop) => prop.name as string);
      for (const column of columns)
        if (!record.columns[column]) problems.push(`Column ${table}.${column} is not classified in the data map of ${store.name}`);
      for (const column of Object.keys(record.columns))
        if (!columns.includes(column)) problems.push(`The data map of ${store.name} names ${table}.${column}, which does not exist`);
      const personal = Object.values(record.columns).includes('personal');
      if (personal && !erasers.has(store.name)) problems.push(`Table ${table} holds personal data, but ${store.name} has no eraser`);
      const ofInstallation = INSTALLATION_TABLES.has(table);
      if (ofInstallation && personal) problems.push(`Table ${table} belongs to no account and may not hold personal data`);
      if (!ofInstallation && meta.rowLevelSecurity !== 'force') problems.push(`Table ${table} does not force row level security`);
      if (!ofInstallation && table !== 'account' && !meta.properties.accountId) problems.push(`Table ${table} has no account_id`);
    }
  }
  return problems;
}

/** Stops the start when a table could leak between accounts or hold a person nobody can erase. */
@Injectable()
export class StoreGuard implements OnApplicationBootstrap {
  constructor(
    @Inject(MikroORM) private readonly orm: Orm,
    @Inject(STORES) private readonly stores: readonly Store[],
    private readonly database: Database,
    private readonly erasers: Erasers,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const erasers = new Set(this.erasers.all().map((eraser) => eraser.store));
    const problems = [...storeProblems(this.stores, this.orm, erasers), ...(await this.databaseProblems())];
    if (problems.length > 0) throw new Error(`Sotto will not start:\n${problems.join('\n')}`);
  }

  /** Asks the database itself, so that a table made behind the metadata's back is found too. */
  private async databaseProblems(): Promise<string[]> {
    const tables = await this.database.operator((tx) =>
      query<TableState>(
        tx,
        `select c.relname as name, c.relrowsecurity as secured, c.relforcerowsecurity as forced,
                (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where c.relkind in ('r', 'p') and n.nspname in ('public', 'vault') and c.relname <> 'mikro_orm_migrations'`,
      ),
    );
    return tables
      .filter((table) => !table.secured || !table.forced || table.policies === 0)
      .map((table) => `Table ${table.name} has no forced row level security policy in the database`);
  }
}
