import type { Desk } from './desk.js';

/** Moves by itself: when a session was last used is no change of content. */
const MOVING = ['last_used_at'];

export const TABLES = `
  select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p') and n.nspname in ('public', 'vault') and c.relname <> 'mikro_orm_migrations' order by 1, 2`;

/**
 * What still moves by itself: mails on their way (asked of the queue: a row a test put into the table itself never leaves), and
 * conversations of visitors nobody has screened yet.
 */
const UNDER_WAY = `
  select 1 from pgboss.job where state in ('created', 'retry', 'active') and name = 'mail.send'
   union all select 1 from conversation where verdict is null and last_seq > 0 limit 1`;

export interface TableName {
  schema: string;
  name: string;
}

/**
 * Rows of every table and a hash over what is in them: equal before and after means nothing changed. Waits for what
 * comes to rest by itself, and leaves out what has expired: every ten minutes it is swept away.
 */
export async function contentOf(desk: Desk): Promise<Record<string, string>> {
  for (;;) {
    if ((await desk.sql(UNDER_WAY)).length === 0) return contentNow(desk);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function contentNow(desk: Desk): Promise<Record<string, string>> {
  const tables = await desk.sql<TableName>(TABLES);
  const moving = MOVING.map((column) => ` - '${column}'`).join('');
  const selects = tables.map(
    ({ schema, name }) =>
      `select '${schema}.${name}' as name, count(*) || ' ' || coalesce(md5(string_agg(md5(row), '' order by md5(row))), '') as content
         from (select (to_jsonb(t)${moving})::text as row from ${schema}.${name} t
                where coalesce((to_jsonb(t) ->> 'expires_at')::timestamptz > now(), true)) rows`,
  );
  const found = await desk.sql<{ name: string; content: string }>(selects.join(' union all '));
  return Object.fromEntries(found.map(({ name, content }) => [name, content]));
}
