import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditChain, verifyAudit } from '@sotto/audit';
import { Erasers, KeyRing, query } from '@sotto/platform';
import type { AuditVerification, InboxView } from '@sotto/protocol';
import { aDesk, type Desk } from '../support/desk.js';
import type { Member } from '../support/people.js';
import { UNLIMITED, addMember } from '../support/scene.js';

/** The entry that is tampered with: in the middle, with an address, a target and data. */
const MIDDLE = 4;

let desk: Desk;
let other: { owner: Member; inbox: InboxView };
beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
  other = await desk.makeAccount('Other', 'owner@other.test');
  for (const name of ['A', 'B', 'C', 'D', 'E', 'F']) await desk.owner.patch(`/api/v1/inboxes/${desk.inbox.id}`, { name });
  await desk.sql('create schema spare');
  for (const table of ['audit_entry', 'audit_head']) await desk.sql(`create table spare.${table} as table ${table}`);
});
afterAll(() => desk.close());

const verify = (accountId = desk.owner.accountId): Promise<AuditVerification> =>
  desk.app.get(AuditChain, { strict: false }).verify(accountId);
const problems = async (accountId?: string) => (await verify(accountId)).problems.map(({ seq, problem }) => `${problem} ${seq}`);
const own = () => [desk.owner.accountId];

/** Does something to the rows past every policy, looks, and puts them back. */
async function after<T>(tampering: [sql: string, parameters?: unknown[]][], look: () => Promise<T>): Promise<T> {
  for (const [sql, parameters] of tampering) await desk.sql(sql, parameters);
  try {
    return await look();
  } finally {
    for (const table of ['audit_entry', 'audit_head']) {
      await desk.sql(`delete from ${table}`);
      await desk.sql(`insert into ${table} select * from spare.${table}`);
    }
  }
}

const headOf = async (accountId: string) =>
  (await desk.sql<{ seq: number; hash: string }>('select seq, hash from audit_head where account_id = $1', [accountId]))[0];

it('holds as it was written', async () => {
  const head = await headOf(desk.owner.accountId);
  expect(head?.seq).toBeGreaterThan(6);
  expect(await verify()).toEqual({ ok: true, entries: head?.seq, head: head?.hash, problems: [] });
});

describe('a row changed behind the application’s back is found', () => {
  const CHANGES: Record<string, string> = {
    account_id: '$2',
    seq: 'seq + 1000',
    at: "at + interval '1 microsecond'",
    action: "action || 'x'",
    actor_kind: "'operator'",
    actor_id: 'null',
    target_kind: "'team'",
    target_id: '$2',
    address_of: '$2',
    address_sealed: 'set_byte(address_sealed, 20, 255 - get_byte(address_sealed, 20))',
    data: "data || ' '",
    hash: 'reverse(hash)',
  };

  it('whichever column it is', async () => {
    const columns = await desk.sql<{ name: string }>(
      "select column_name as name from information_schema.columns where table_schema = 'public' and table_name = 'audit_entry'",
    );
    expect(Object.keys(CHANGES).sort()).toEqual(columns.map(({ name }) => name).sort());
    for (const [column, change] of Object.entries(CHANGES)) {
      const sql = `update audit_entry set ${column} = ${change.replace('$2', '$2::uuid')} where account_id = $1 and seq = ${MIDDLE}`;
      const parameters = change === '$2' ? [desk.owner.accountId, '00000000-0000-7000-8000-000000000000'] : own();
      expect([column, await after([[sql, parameters]], problems)]).toEqual([
        column,
        expect.arrayContaining([expect.stringContaining(`${MIDDLE}`)]),
      ]);
    }
  });

  it('also at a time no clock shows', async () => {
    for (const at of ['infinity', '-infinity'])
      expect(await after([[`update audit_entry set at = '${at}' where account_id = $1 and seq = ${MIDDLE}`, own()]], problems)).toEqual([
        `changed ${MIDDLE}`,
      ]);
  });
});

describe('a row that is gone, moved or forged is found', () => {
  it('in the middle', async () => {
    expect(await after([[`delete from audit_entry where account_id = $1 and seq = ${MIDDLE}`, own()]], problems)).toEqual([
      `missing ${MIDDLE}`,
    ]);
  });

  it('at both ends', async () => {
    const last = (await headOf(desk.owner.accountId))?.seq;
    expect(await after([['delete from audit_entry where account_id = $1 and seq = 1', own()]], problems)).toEqual(['missing 1']);
    expect(await after([[`delete from audit_entry where account_id = $1 and seq = ${last}`, own()]], problems)).toEqual([
      `missing ${last}`,
    ]);
  });

  it('when two change places', async () => {
    const swap: [string, unknown[]][] = [
      [`update audit_entry set seq = -1 where account_id = $1 and seq = ${MIDDLE}`, own()],
      [`update audit_entry set seq = ${MIDDLE} where account_id = $1 and seq = ${MIDDLE + 1}`, own()],
      [`update audit_entry set seq = ${MIDDLE + 1} where account_id = $1 and seq = -1`, own()],
    ];
    expect(await after(swap, problems)).toEqual(expect.arrayContaining([`changed ${MIDDLE}`, `changed ${MIDDLE + 1}`]));
  });

  it('when one is taken out and those behind move up', async () => {
    const close: [string, unknown[]][] = [
      [`delete from audit_entry where account_id = $1 and seq = ${MIDDLE}`, own()],
      [`update audit_entry set seq = ${MIDDLE} where account_id = $1 and seq = ${MIDDLE + 1}`, own()],
    ];
    expect(await after(close, problems)).toEqual([`changed ${MIDDLE}`, `missing ${MIDDLE + 1}`]);
  });

  it('when one is put in, wherever', async () => {
    const last = (await headOf(desk.owner.accountId))?.seq ?? 0;
    const forge = (seq: number): [string, unknown[]] => [
      `insert into audit_entry select (jsonb_populate_record(a, jsonb_build_object('seq', ${seq}))).* from audit_entry a where account_id = $1 and seq = ${MIDDLE}`,
      own(),
    ];
    for (const seq of [last + 1, 0, -7]) expect(await after([forge(seq)], problems)).toEqual([`unexpected ${seq}`]);
    const raised: [string, unknown[]] = ['update audit_head set seq = seq + 1 where account_id = $1', own()];
    expect(await after([forge(last + 1), raised], problems)).toEqual(expect.arrayContaining([`changed ${last + 1}`]));
  });

  it('when the head says something else, or nothing', async () => {
    const last = (await headOf(desk.owner.accountId))?.seq ?? 0;
    const head = (change: string) => after([[`update audit_head set ${change} where account_id = $1`, own()]], problems);
    expect(await head('hash = reverse(hash)')).toEqual([`head-wrong ${last}`]);
    expect(await head('seq = seq + 1')).toEqual([`missing ${last + 1}`]);
    expect(await head('seq = seq - 1')).toEqual([`unexpected ${last}`, `head-wrong ${last - 1}`]);
    expect(await after([['delete from audit_head where account_id = $1', own()]], problems)).toEqual(
      expect.arrayContaining(['head-wrong 0']),
    );
  });

  it('when nothing is left at all', async () => {
    const wipe: [string, unknown[]][] = [
      ['delete from audit_entry where account_id = $1', own()],
      ['delete from audit_head where account_id = $1', own()],
    ];
    expect(await after(wipe, problems)).toEqual(['head-wrong 0']);
  });

  it('when it comes from another account’s log', async () => {
    const moved = `insert into audit_entry select (jsonb_populate_record(a, jsonb_build_object('account_id', $1::text))).* from audit_entry a where account_id = $2 and seq = 2`;
    const taken: [string, unknown[]][] = [
      ['delete from audit_entry where account_id = $1 and seq = 2', own()],
      [moved, [desk.owner.accountId, other.owner.accountId]],
    ];
    expect(await after(taken, problems)).toEqual(expect.arrayContaining(['changed 2']));
    expect(await problems(other.owner.accountId)).toEqual([]);
  });

  it('and each time the rows are put back, the chain holds again', async () => {
    expect(await problems()).toEqual([]);
  });
});

describe('the operator’s check of every account', () => {
  const check = async (noted: string[] = []) => {
    const lines: string[] = [];
    const ok = await verifyAudit(desk.database, desk.app.get(KeyRing, { strict: false }), noted, (line) => lines.push(line));
    return { ok, lines };
  };
  const lineOf = async (accountId: string) => {
    const head = await headOf(accountId);
    return `Account ${accountId}: ${head?.seq} entries, newest digest ${head?.hash}`;
  };

  it('prints each newest digest, and each problem', async () => {
    const accounts = [desk.owner.accountId, other.owner.accountId];
    const lines = await Promise.all(accounts.map(lineOf));
    expect(await check()).toEqual({ ok: true, lines });
    const broken = await after([[`update audit_entry set data = '{}' where account_id = $1 and seq = ${MIDDLE}`, own()]], check);
    expect(broken).toEqual({ ok: false, lines: [`Account ${accounts[0]}: entry ${MIDDLE} is not what was written`, ...lines] });
  });

  it('misses a digest noted earlier when the end was cut off together with its head', async () => {
    const head = await headOf(desk.owner.accountId);
    const cut: [string, unknown[]][] = [
      [`delete from audit_entry where account_id = $1 and seq = ${head?.seq}`, own()],
      [
        'update audit_head h set seq = e.seq, hash = e.hash from audit_entry e where h.account_id = $1 and e.account_id = $1 and e.seq = h.seq - 1',
        own(),
      ],
    ];
    expect(await after(cut, problems)).toEqual([]);
    const noted = [head?.hash ?? ''];
    expect((await check(noted)).ok).toBe(true);
    const found = await after(cut, () => check(noted));
    expect([found.ok, found.lines.at(-1)]).toEqual([false, `The digest ${head?.hash} is in no log any more`]);
  });
});

describe('the application’s own role', () => {
  it.each([
    'update audit_entry set data = data',
    'delete from audit_entry',
    'truncate audit_entry',
    'alter table audit_entry disable row level security',
  ])('may not: %s', async (sql) => {
    await expect(desk.database.in(desk.owner.accountId, (tx) => query(tx, sql))).rejects.toMatchObject({ code: '42501' });
  });
});

describe('acts', () => {
  it('that come at the same time stand one after the other, without a gap', async () => {
    const before = (await headOf(desk.owner.accountId))?.seq ?? 0;
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, number) => desk.owner.post('/api/v1/inboxes', { name: `Inbox ${number}` })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    const rows = await desk.sql<{ seq: number }>('select seq from audit_entry where account_id = $1 order by seq', own());
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: before + 40 }, (_, place) => place + 1));
    expect(await problems()).toEqual([]);
  });

  it('that are rolled back leave no trace', async () => {
    const before = await headOf(desk.owner.accountId);
    const stale = { basedOn: 7, texts: { en: 'Later' }, url: null, purposes: [{ id: 'support', required: true, label: 'Answering' }] };
    expect((await desk.owner.post(`/api/v1/policies/${desk.inbox.policyId}/versions`, stale)).status).toBe(409);
    expect(await headOf(desk.owner.accountId)).toEqual(before);
  });

  it('of somebody erased stay in the chain, which holds', async () => {
    const { accountId } = desk.owner;
    const leaving = await addMember(desk, accountId, 'Lea', 'lea@acme.test', 'agent');
    await leaving.post('/api/v1/auth/logout');
    const subject = { accountId, kind: 'member' as const, id: leaving.id };
    await desk.database.in(accountId, async (tx) => {
      for (const eraser of desk.app.get(Erasers, { strict: false }).all()) await eraser.erase(tx, subject);
    });
    const rows = await desk.sql('select seq from audit_entry where actor_id = $1', [leaving.id]);
    expect(rows.length).toBeGreaterThan(1);
    expect(await problems()).toEqual([]);
  });
});
