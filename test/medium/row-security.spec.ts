import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SetupService } from '@sotto/accounts';
import { query, type Tx } from '@sotto/platform';
import { MessageWriter } from '../../libs/conversations/src/message-writer.js';
import { TABLES, contentOf, type TableName } from '../support/content.js';
import { aDesk, type Desk } from '../support/desk.js';
import { newClientId } from '../support/people.js';
import { fill, type Side } from '../support/scene.js';

/** The one table of the installation itself: whoever knows a code sees its row. */
const OF_NO_ACCOUNT = ['setup_code'];
const ROLES = ['sotto_app', 'sotto_operator', 'sotto_writer'];

let desk: Desk;
let acme: Side;
let other: Side;
let tables: TableName[];

beforeAll(async () => {
  desk = await aDesk();
  acme = await fill(desk, desk, 'acme');
  other = await fill(desk, await desk.makeAccount('Other', 'owner@other.test'), 'other');
  await desk.app.get(SetupService).issueCode();
  tables = await desk.sql<TableName>(TABLES);
  // Mails have left before there is a mail server nobody can read.
  await contentOf(desk);
  for (const side of [acme, other]) await fillTheRest(side.accountId);
});
afterAll(() => desk.close());

const full = ({ schema, name }: TableName) => `"${schema}"."${name}"`;
const ofAccounts = () => tables.filter(({ name }) => !OF_NO_ACCOUNT.includes(name));
/** The column that says whose a row is. */
const owner = ({ name }: TableName) => (name === 'account' ? 'id' : 'account_id');
const countOf = async (tx: Tx, table: TableName, where = 'true', parameters: unknown[] = []) =>
  (await query<{ count: number }>(tx, `select count(*)::int as count from ${full(table)} where ${where}`, parameters))[0]?.count ?? -1;

/** What came of a statement: the rows it touched, or the refusal. Postgres reports a forbidden statement with 42501. */
async function outcome(rows: Promise<unknown[]>): Promise<number | 'refused'> {
  try {
    return (await rows).length;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === '42501') return 'refused';
    throw error;
  }
}

const attempt = (work: (tx: Tx) => Promise<unknown[]>) => outcome(desk.database.in(other.accountId, work));

/** A value of each type, for tables the scene leaves empty. */
const VALUES: Record<string, (column: string) => unknown> = {
  uuid: () => newClientId(),
  text: (column) => (column === 'type' ? 'image/png' : newClientId()),
  'timestamp with time zone': () => new Date(Date.now() + 86_400_000),
  bytea: () => Buffer.from('x'),
  jsonb: () => '[]',
  boolean: () => false,
  integer: () => 1,
  bigint: () => 1,
};

/** Puts a row into every table that has none of the account yet. */
async function fillTheRest(accountId: string): Promise<void> {
  for (const table of ofAccounts()) {
    const [row] = await desk.sql<{ count: number }>(`select count(*)::int as count from ${full(table)} where ${owner(table)} = $1`, [
      accountId,
    ]);
    if (row?.count) continue;
    const columns = await desk.sql<{ name: string; type: string }>(
      'select column_name as name, data_type as type from information_schema.columns where table_schema = $1 and table_name = $2',
      [table.schema, table.name],
    );
    const values = columns.map(({ name, type }) => (name === 'account_id' ? accountId : VALUES[type]?.(name)));
    await desk.sql(
      `insert into ${full(table)} (${columns.map(({ name }) => `"${name}"`).join()}) values (${columns.map((_, index) => `$${index + 1}`).join()})`,
      values,
    );
  }
}

it('every table has a row of both accounts, so that there is something to protect', async () => {
  const empty: string[] = [];
  for (const table of ofAccounts()) {
    for (const side of [acme, other]) {
      const [row] = await desk.sql<{ count: number }>(`select count(*)::int as count from ${full(table)} where ${owner(table)} = $1`, [
        side.accountId,
      ]);
      if (!row?.count) empty.push(`${table.name} of ${side.accountId}`);
    }
  }
  expect(empty).toEqual([]);
  expect((await desk.sql<{ count: number }>('select count(*)::int as count from setup_code'))[0]?.count).toBe(1);
});

describe('the catalogue', () => {
  it('shows row level security, forced, on every table', async () => {
    const states = await desk.sql<{ name: string }>(
      `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname in ('public', 'vault') and c.relname <> 'mikro_orm_migrations'
          and not (c.relrowsecurity and c.relforcerowsecurity)`,
    );
    expect(states).toEqual([]);
  });

  it('shows on every table of an account one policy for all commands, which asks for the account', async () => {
    const policies = await desk.sql<{
      table: string;
      name: string;
      roles: string[];
      cmd: string;
      using: string | null;
      check: string | null;
      permissive: string;
    }>(
      `select tablename as table, policyname as name, roles::text[] as roles, cmd, qual as using, with_check as check, permissive
         from pg_policies where schemaname in ('public', 'vault')`,
    );
    for (const table of ofAccounts()) {
      const own = policies.filter((policy) => policy.table === table.name && policy.cmd === 'ALL');
      expect([table.name, own.map((policy) => policy.name)]).toEqual([table.name, [`${table.name}_account`]]);
      const column = new RegExp(`^\\(+${owner(table)} = .*current_setting\\('sotto.account'`);
      expect(own[0]?.using).toMatch(column);
      expect(own[0]?.check).toMatch(column);
    }
    expect(new Set(policies.map((policy) => policy.table))).toEqual(new Set(tables.map(({ name }) => name)));
    for (const policy of policies) expect(ROLES).toEqual(expect.arrayContaining(policy.roles));
    // Beside it, a member of the application sees a row only by a secret, and the operator only what has expired or is no content.
    const beside = policies.filter((policy) => policy.cmd !== 'ALL' && policy.roles.includes('sotto_app'));
    for (const policy of beside)
      expect([policy.name, policy.cmd, /sotto\.door/.test(policy.using ?? '')]).toEqual([policy.name, 'SELECT', true]);
  });

  it('gives none of the roles a way around', async () => {
    const roles = await desk.sql<{ name: string }>(
      `select rolname as name from pg_roles where rolname like 'sotto\\_%' and not (rolsuper or rolbypassrls or rolcanlogin or rolcreaterole or rolcreatedb) order by 1`,
    );
    expect(roles.map(({ name }) => name)).toEqual(ROLES);
    const owned = await desk.sql(`select 1 from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname like 'sotto\\_%'`);
    expect(owned).toEqual([]);
  });
});

describe('another account', () => {
  it('sees, changes and deletes no row, and cannot put one in', async () => {
    const before = await contentOf(desk);
    const seen: unknown[] = [];
    for (const table of ofAccounts()) {
      const mine = `where ${owner(table)} = $1`;
      const id = [acme.accountId];
      const [row] = await desk.sql<{ row: object }>(`select to_jsonb(t) as row from ${full(table)} t ${mine} limit 1`, id);
      const insert = `insert into ${full(table)} select * from jsonb_populate_record(null::${full(table)}, $1::jsonb) returning 1`;
      seen.push([
        table.name,
        await attempt((tx) => query(tx, `select 1 from ${full(table)} ${mine}`, id)),
        [0, 'refused'].includes(
          await attempt((tx) => query(tx, `update ${full(table)} set ${owner(table)} = ${owner(table)} ${mine} returning 1`, id)),
        ),
        [0, 'refused'].includes(await attempt((tx) => query(tx, `delete from ${full(table)} ${mine} returning 1`, id))),
        await attempt((tx) => query(tx, insert, [JSON.stringify(row?.row)])),
      ]);
    }
    expect(seen).toEqual(ofAccounts().map(({ name }) => [name, 0, true, true, 'refused']));
    expect(await contentOf(desk)).toEqual(before);
  });

  it('cannot give a row of its own away', async () => {
    for (const table of ofAccounts()) {
      const taken = await attempt((tx) => query(tx, `update ${full(table)} set ${owner(table)} = $1 returning 1`, [acme.accountId]));
      expect([table.name, taken]).toEqual([table.name, 'refused']);
    }
  });

  it('sees its own rows, so that the above says something', async () => {
    for (const table of ofAccounts())
      expect([table.name, await desk.database.in(other.accountId, (tx) => countOf(tx, table))]).not.toEqual([table.name, 0]);
  });
});

describe('without an account', () => {
  it('nothing is visible, and a secret shows its own row and no other', async () => {
    for (const table of tables) expect([table.name, await desk.database.door('', (tx) => countOf(tx, table))]).toEqual([table.name, 0]);
    const doors = [
      ['session', 'token_hash'],
      ['visitor_session', 'token_hash'],
      ['member', 'login_hash'],
      ['inbox', 'key'],
      ['invitation', 'token_hash'],
      ['known_device', 'token_hash'],
      ['password_reset', 'token_hash'],
      ['api_token', 'token_hash'],
    ] as const;
    for (const [name, column] of doors) {
      const [row] = await desk.sql<{ door: string }>(`select ${column} as door from ${name} where account_id = $1 limit 1`, [
        acme.accountId,
      ]);
      const counts = await desk.database.door(row?.door ?? '', async (tx) => {
        const result: Record<string, number> = {};
        for (const table of tables) result[table.name] = await countOf(tx, table);
        return result;
      });
      expect(Object.entries(counts).filter(([, count]) => count > 0)).toEqual([[name, 1]]);
    }
  });

  it('the operator sees no content', async () => {
    const open: string[] = [];
    for (const table of tables) {
      const rows = await outcome(desk.database.operator((tx) => query(tx, `select * from ${full(table)}`)));
      if (rows !== 'refused' && rows > 0) open.push(table.name);
    }
    expect(open).toEqual(OF_NO_ACCOUNT);
  });
});

describe('the message routine', () => {
  const append = (accountId: string, author: string, visitor: { contactId: string; sessionId: string } | null) =>
    desk.app.get(MessageWriter, { strict: false }).append({
      accountId,
      conversationId: acme.conversationId,
      visitor,
      author: { kind: visitor ? 'visitor' : 'member', id: author },
      seesAll: true,
      id: newClientId(),
      clientMessageId: newClientId(),
      kind: 'message',
      bodySealed: Buffer.from('x'),
    });
  const sessionOf = async (contactId: string) =>
    (await desk.sql<{ id: string }>('select id from visitor_session where contact_id = $1', [contactId]))[0]?.id ?? '';

  it('finds no conversation of another account, nor of another visitor', async () => {
    const before = await contentOf(desk);
    expect(await append(other.accountId, other.agent.id, null)).toEqual({ outcome: 'not-found' });
    for (const [side, contactId] of [
      [other, other.visitor.contactId],
      [acme, acme.neighbour.contactId],
    ] as const)
      expect(await append(side.accountId, contactId, { contactId, sessionId: await sessionOf(contactId) })).toEqual({
        outcome: 'not-found',
      });
    expect(await contentOf(desk)).toEqual(before);
  });

  it('takes a session only with its own contact and account', async () => {
    const { contactId } = acme.visitor;
    const foreign = [await sessionOf(acme.neighbour.contactId), await sessionOf(other.visitor.contactId), newClientId()];
    for (const sessionId of foreign)
      expect(await append(acme.accountId, contactId, { contactId, sessionId })).toEqual({ outcome: 'consent.required' });
  });

  it('may be called by the application only, and not be rewritten by it', async () => {
    const [rights] = await desk.sql<{ everybody: boolean; app: boolean; create: boolean; owner: string }>(
      `select has_function_privilege('sotto_operator', p.oid, 'execute') as everybody, has_function_privilege('sotto_app', p.oid, 'execute') as app,
              has_schema_privilege('sotto_writer', 'public', 'create') as create, p.proowner::regrole::text as owner
         from pg_proc p where p.proname = 'append_message'`,
    );
    expect(rights).toEqual({ everybody: false, app: true, create: false, owner: 'sotto_writer' });
  });
});
