import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Erasers } from '@sotto/platform';
import type { AuditEntryView, AuditVerification, InboxView, Page } from '@sotto/protocol';
import request from 'supertest';
import { aDesk, type Desk } from '../support/desk.js';
import { newClientId, type Member } from '../support/people.js';
import { UNLIMITED, addMember, fill, type Side } from '../support/scene.js';

let desk: Desk;
let acme: Side;
let other: Side;
beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
  acme = await fill(desk, desk, 'acme');
  other = await fill(desk, await desk.makeAccount('Other', 'owner@other.test'), 'other');
});
afterAll(() => desk.close());

const page = async (query = '', who: Member = acme.owner) => (await who.get(`/api/v1/audit${query}`)).body as Page<AuditEntryView>;
const newest = async (query = '', who?: Member) => (await page(`?limit=1${query}`, who)).items[0];
const codeOf = ({ body }: { body: unknown }) => (body as { code?: string }).code;
const statusOf = async (path: string, who: Member = acme.owner) => (await who.get(`/api/v1/audit${path}`)).status;

describe('the log', () => {
  it('tells who did what, to what and from where, newest first', async () => {
    const { accountId, owner } = acme;
    const lea = await addMember(desk, accountId, 'Lea', 'lea@acme.test', 'agent');
    const { items } = await page();
    expect(items[0]).toEqual({
      seq: items.length,
      at: expect.any(String),
      action: 'auth.logged-in',
      actor: { kind: 'member', id: lea.id, name: 'Lea' },
      target: null,
      address: '127.0.0.1',
      data: expect.any(Object),
    });
    expect(items.map(({ seq }) => seq)).toEqual(items.map((_, place) => items.length - place));
    expect(items.at(-1)).toMatchObject({
      seq: 1,
      action: 'account.created',
      actor: { kind: 'system', id: null, name: null },
      target: { kind: 'member', id: owner.id, name: 'Owner of Acme' },
    });
  });

  it('is for who may read it, of their own account', async () => {
    for (const path of ['', '/verification', '/export']) {
      expect(await statusOf(path, acme.agent)).toBe(403);
      expect((await request(desk.url).get(`/api/v1/audit${path}`)).status).toBe(401);
      expect((await acme.visitor.get(`/api/v1/audit${path}`)).status).toBe(403);
    }
    const theirs = await other.owner.get('/api/v1/audit?limit=100');
    for (const id of [acme.owner.id, acme.agent.id, acme.visitor.contactId, acme.inbox.id]) expect(theirs.text).not.toContain(id);
    expect((await page(`?member=${acme.owner.id}`, other.owner)).items).toEqual([]);
  });

  it('comes in pages that miss nothing and repeat nothing, while it grows', async () => {
    const all = (await page('?limit=100')).items.map(({ seq }) => seq);
    expect(all.length).toBeGreaterThan(5);
    const found: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const part: Page<AuditEntryView> = await page(`?limit=2${cursor && `&cursor=${cursor}`}`);
      found.push(...part.items.map(({ seq }) => seq));
      cursor = part.nextCursor;
      await acme.owner.patch(`/api/v1/inboxes/${acme.inbox.id}`, { name: 'Website' });
    }
    expect(found).toEqual(all);
  });

  it.each([
    'cursor=x',
    'cursor=0',
    'cursor=-1',
    'cursor=12345678901',
    'limit=0',
    'limit=101',
    'action=auth',
    'action=%25.',
    'action=auth._',
    'member=x',
    'from=yesterday',
    'who=me',
  ])('refuses ?%s', async (query) => {
    expect(await statusOf(`?${query}`)).toBe(400);
  });

  it('answers at the ends of time', async () => {
    for (const query of ['from=0000-01-01T00:00:00Z', 'to=9999-12-31T23:59:59Z', 'cursor=9999999999'])
      expect((await page(`?${query}`)).items.length).toBeGreaterThan(0);
    expect((await page('?to=0000-01-01T00:00:00Z')).items).toEqual([]);
  });
});

describe('the filter', () => {
  it('takes an act, or a group of acts', async () => {
    const actions = async (action: string) => new Set((await page(`?limit=100&action=${action}`)).items.map((entry) => entry.action));
    expect(await actions('consent.given')).toEqual(new Set(['consent.given']));
    expect([...(await actions('auth.'))].every((action) => action.startsWith('auth.'))).toBe(true);
    expect((await actions('auth.')).has('auth.logged-in')).toBe(true);
    expect(await actions('auth.logged')).toEqual(new Set());
    expect(await actions('nothing.')).toEqual(new Set());
  });

  it('takes a member, acting or acted on', async () => {
    await acme.agent.patch(`/api/v1/contacts/${acme.visitor.contactId}`, { name: 'Vida' });
    const { items } = await page(`?limit=100&member=${acme.agent.id}`);
    expect(items.map(({ action }) => action)).toEqual(expect.arrayContaining(['auth.logged-in', 'contact.changed']));
    for (const { actor, target } of items) expect([actor.id, target?.id]).toContain(acme.agent.id);
    const onOwner = await page(`?limit=100&member=${acme.owner.id}`);
    expect(onOwner.items.map(({ action }) => action)).toContain('account.created');
    // A contact is no member, though the log has its id.
    expect((await page(`?member=${acme.visitor.contactId}`)).items).toEqual([]);
  });

  it('takes a span of time: from its start up to, not with, its end', async () => {
    const { items } = await page('?limit=100');
    const [last, before] = [items[0]?.at ?? '', items.find(({ at }) => at !== items[0]?.at)?.at ?? ''];
    const times = async (query: string) => (await page(`?limit=100&${query}`)).items.map(({ at }) => at);
    expect(new Set(await times(`from=${last}`))).toEqual(new Set([last]));
    expect(await times(`to=${last}`)).not.toContain(last);
    expect(new Set(await times(`from=${before}&to=${last}`))).toEqual(new Set([before]));
  });
});

describe('acts that are written down', () => {
  const wrong = { email: 'owner@acme.test', password: 'not the password' };

  it('each with its target, and nothing personal', async () => {
    const { owner, inbox, visitor } = acme;
    const made = (await owner.post('/api/v1/inboxes', { name: 'Secret project' })).body as InboxView;
    expect(await newest()).toMatchObject({ action: 'inbox.created', target: { kind: 'inbox', id: made.id }, data: {} });
    await owner.patch(`/api/v1/inboxes/${made.id}`, { name: 'Other project', colour: '#112233' });
    expect(await newest()).toMatchObject({ action: 'inbox.changed', target: { id: made.id }, data: { fields: ['name', 'colour'] } });
    await owner.patch(`/api/v1/contacts/${visitor.contactId}`, { name: 'Vida Novak', email: 'vida@shop.example' });
    expect(await newest()).toMatchObject({
      action: 'contact.changed',
      target: { kind: 'contact', id: visitor.contactId, name: null },
      data: { fields: ['name', 'email'] },
    });
    await owner.post(`/api/v1/policies/${inbox.policyId}/versions`, {
      basedOn: inbox.policyVersion,
      texts: { en: 'What we keep.' },
      url: null,
      purposes: [{ id: 'support', required: true, label: 'Answering you' }],
    });
    const version = inbox.policyVersion + 1;
    expect(await newest()).toMatchObject({ action: 'policy.published', target: { kind: 'policy', id: inbox.policyId }, data: { version } });
    const guest = await desk.visitor({ name: 'Gustav' });
    const consent = {
      actor: { kind: 'visitor', id: guest.contactId, name: null },
      target: { kind: 'policy', id: inbox.policyId },
      address: null,
    };
    expect(await newest()).toMatchObject({ action: 'consent.given', ...consent, data: { version } });
    await guest.post('/widget/v1/consent/withdraw');
    expect(await newest()).toMatchObject({ action: 'consent.withdrawn', ...consent });
    const rows = await desk.sql<{ row: string }>('select to_jsonb(a)::text as row from audit_entry a');
    const personal = ['Secret', 'Vida', 'shop.example', 'Gustav', 'Lea', 'Owner of', '127.0.0.1', 'acme.test', 'What we keep'];
    for (const { row } of rows) expect(personal.filter((text) => row.includes(text))).toEqual([]);
  });

  it('signing in and out', async () => {
    const member = await desk.logsIn('agent@acme.test');
    expect(await newest()).toMatchObject({ action: 'auth.logged-in', actor: { id: member.id } });
    await member.post('/api/v1/auth/logout');
    expect(await newest()).toMatchObject({ action: 'auth.logged-out', actor: { id: member.id }, address: '127.0.0.1' });
    await request(desk.url).post('/api/v1/auth/login').send(wrong);
    expect(await newest('&action=auth.failed')).toMatchObject({ target: { kind: 'member', id: acme.owner.id } });
  });

  it('not when nothing came of it', async () => {
    const before = (await newest())?.seq;
    await acme.owner.patch(`/api/v1/inboxes/${newClientId()}`, { name: 'No such inbox' });
    await acme.owner.patch(`/api/v1/contacts/${other.visitor.contactId}`, { name: 'Vida' });
    await acme.agent.post('/api/v1/inboxes', { name: 'Not allowed' });
    expect((await newest())?.seq).toBe(before);
  });
});

describe('somebody erased', () => {
  it('keeps their acts, without name and address', async () => {
    const { accountId } = acme;
    const mia = await addMember(desk, accountId, 'Mia', 'mia@acme.test', 'agent');
    expect(await newest(`&member=${mia.id}`)).toMatchObject({ actor: { name: 'Mia' }, address: '127.0.0.1' });
    await desk.database.in(accountId, async (tx) => {
      for (const eraser of desk.app.get(Erasers, { strict: false }).all())
        await eraser.erase(tx, { accountId, kind: 'member', id: mia.id });
    });
    expect(await newest(`&member=${mia.id}`)).toMatchObject({
      action: 'auth.logged-in',
      actor: { kind: 'member', id: mia.id, name: null },
      address: null,
    });
    expect((await acme.owner.get('/api/v1/audit?limit=100')).text).not.toContain('Mia');
  });

  it('is without name and address at once on a node that still has their key in memory', async () => {
    const { accountId } = acme;
    const nia = await addMember(desk, accountId, 'Nia', 'nia@acme.test', 'agent');
    const node = await aDesk({ beside: desk });
    try {
      const reader = await node.logsIn();
      expect(await newest(`&member=${nia.id}`, reader)).toMatchObject({ actor: { name: 'Nia' }, address: '127.0.0.1' });
      await desk.database.in(accountId, async (tx) => {
        for (const eraser of desk.app.get(Erasers, { strict: false }).all())
          await eraser.erase(tx, { accountId, kind: 'member', id: nia.id });
      });
      expect(await newest(`&member=${nia.id}`, reader)).toMatchObject({ actor: { id: nia.id, name: null }, address: null });
    } finally {
      await node.close();
    }
  });
});

describe('the export', () => {
  const lines = async (query = '', who: Member = acme.owner) => {
    const answer = await who.get(`/api/v1/audit/export${query}`);
    expect([answer.status, answer.text.endsWith('\r\n')]).toEqual([200, true]);
    return answer.text.trimEnd().split('\r\n');
  };

  it('is a table for a spreadsheet, with the same filter, and an act itself', async () => {
    const answer = await acme.owner.get('/api/v1/audit/export?action=consent.');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': expect.stringMatching(/^attachment; filename="audit-\d{4}-\d\d-\d\d\.csv"$/),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    const [head, ...rows] = answer.text.trimEnd().split('\r\n');
    expect(head).toBe('number,time,action,actor kind,actor id,actor name,target kind,target id,target name,address,data');
    expect(rows).toHaveLength((await page('?limit=100&action=consent.')).items.length);
    for (const row of rows)
      expect(row).toMatch(/^\d+,[\dTZ:.-]+,consent\.(given|withdrawn),visitor,[\da-f-]{36},,policy,[\da-f-]{36},,,"\{/);
    expect(await newest('&action=audit.exported')).toMatchObject({
      actor: { id: acme.owner.id },
      data: { action: 'consent.' },
    });
  });

  it('holds the whole log, however long, its own act on top', async () => {
    const { seq = 0 } = (await newest()) ?? {};
    const more = 1_200;
    await desk.sql(
      `insert into audit_entry select (jsonb_populate_record(a, jsonb_build_object('seq', a.seq + n))).* from audit_entry a, generate_series(1, ${more}) n where account_id = $1 and seq = $2`,
      [acme.accountId, seq],
    );
    await desk.sql('update audit_head set seq = seq + $2 where account_id = $1', [acme.accountId, more]);
    const numbers = (await lines()).slice(1).map((line) => Number(line.split(',')[0]));
    expect(numbers).toEqual(Array.from({ length: seq + more + 1 }, (_, place) => seq + more + 1 - place));
    expect((await lines('?action=audit.exported'))[1]).toContain('audit.exported,member');
    const { ok, problems } = (await acme.owner.get('/api/v1/audit/verification')).body as AuditVerification;
    expect([ok, problems.length, problems[0]]).toEqual([false, 100, { seq: seq + 1, problem: 'changed' }]);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\uFF1D1', '=1,"2"'])('makes no formula of %j', async (name) => {
    const member = await addMember(desk, other.accountId, name, `${newClientId()}@other.test`, 'agent');
    const row = (await lines(`?member=${member.id}`, other.owner))[1] ?? '';
    const cell = /^\d+,[^,]+,auth\.logged-in,member,[^,]+,("(?:[^"]|"")*"|[^,]*),/.exec(row)?.[1] ?? '';
    const value = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
    expect(value).toBe(`'${name}`);
  });

  it('takes a fresh proof, and is not written down without', async () => {
    const exported = async () => (await page('?action=audit.exported', other.owner)).items.length;
    const before = await exported();
    await desk.sql('update session set proven_at = $2 where member_id = $1', [other.owner.id, new Date(0)]);
    const stale = await other.owner.get('/api/v1/audit/export');
    expect([stale.status, codeOf(stale)]).toEqual([403, 'step-up.required']);
    expect([before > 0, await exported()]).toEqual([true, before]);
  });
});

describe('the verification', () => {
  it('says that the chain holds, and its newest digest', async () => {
    const answer = (await other.owner.get('/api/v1/audit/verification')).body as AuditVerification;
    const [head] = await desk.sql<{ seq: number; hash: string }>('select seq, hash from audit_head where account_id = $1', [
      other.accountId,
    ]);
    expect(answer).toEqual({ ok: true, entries: head?.seq, head: head?.hash, problems: [] });
  });
});
