import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Erasers, KeyDestroyed, KeyRing, type ErasureCount, type Subject, type Trace } from '@sotto/platform';
import type { ConversationView, EventsAnswer, Page } from '@sotto/protocol';
import { contentOf } from '../support/content.js';
import { aDesk, type Desk } from '../support/desk.js';
import { stores } from '../../apps/api/src/stores.js';
import { addMember, fill, type Side } from '../support/scene.js';
import { says } from '../support/people.js';

let desk: Desk;
let acme: Side;
let other: Side;
beforeAll(async () => {
  desk = await aDesk();
  acme = await fill(desk, desk, 'acme');
  other = await fill(desk, await desk.makeAccount('Other', 'owner@other.test'), 'other');
});
afterAll(() => desk.close());

const erasers = () => desk.app.get(Erasers, { strict: false }).all();

/** One after the other in one transaction, as forgetting somebody will run them. */
const erase = (subject: Subject): Promise<ErasureCount> =>
  desk.database.in(subject.accountId, async (tx) => {
    let counts: ErasureCount = {};
    for (const eraser of erasers()) counts = { ...counts, ...(await eraser.erase(tx, subject)) };
    return counts;
  });

const traces = (subject: Subject): Promise<Trace[]> =>
  desk.database.in(subject.accountId, async (tx) => {
    const found: Trace[] = [];
    for (const eraser of erasers()) found.push(...(await eraser.findTraces(tx, subject)));
    return found;
  });

/** Tables in which the id still stands, and how often. */
const standsIn = async (id: string): Promise<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (const name of Object.keys(await contentOf(desk))) {
    const [row] = await desk.sql<{ count: number }>(`select count(*)::int as count from ${name} t where to_jsonb(t)::text like $1`, [
      `%${id}%`,
    ]);
    if (row?.count) found[name] = row.count;
  }
  return found;
};

const changedTables = (before: Record<string, string>, after: Record<string, string>) =>
  Object.keys(after).filter((name) => before[name] !== after[name]);

it('every store with personal data has its eraser', () => {
  const personal = stores.filter((store) =>
    Object.values(store.dataMap).some(({ columns }) => Object.values(columns).includes('personal')),
  );
  expect(
    erasers()
      .map(({ store }) => store)
      .sort(),
  ).toEqual(personal.map(({ name }) => name).sort());
});

describe('a contact', () => {
  const subject = (): Subject => ({ accountId: acme.accountId, kind: 'contact', id: acme.visitor.contactId });

  it('is found in every store before, from no other account and under no other kind', async () => {
    expect((await traces(subject())).map(({ table }) => table).sort()).toEqual([
      'contact',
      'conversation',
      'message',
      'screening_lesson',
      'screening_result',
      'visitor_session',
    ]);
    expect(await traces({ ...subject(), accountId: other.accountId })).toEqual([]);
    expect(await traces({ ...subject(), kind: 'member' })).toEqual([]);
  });

  it('is not touched by another account, nor as a member', async () => {
    const before = await contentOf(desk);
    await erase({ ...subject(), accountId: other.accountId });
    await erase({ ...subject(), kind: 'member' });
    expect(await erase({ ...subject(), kind: 'contact', id: acme.agent.id })).toMatchObject({ subject_key: 0 });
    expect(await contentOf(desk)).toEqual(before);
    expect((await acme.agent.get(`/api/v1/contacts/${acme.visitor.contactId}`)).status).toBe(200);
  });

  it('is gone after, from every table but the proof of consent, and the rest is as it was', async () => {
    const { contactId } = acme.visitor;
    const backup = await desk.sql<{ id: string; body: Uint8Array }>(
      'select id, body_sealed as body from message where conversation_id = $1 and body_sealed is not null',
      [acme.conversationId],
    );
    expect(backup.length).toBeGreaterThan(2);
    const before = await contentOf(desk);

    const counts = await erase(subject());

    expect(counts).toMatchObject({ contact: 1, subject_key: 1, conversation: 1, visitor_session: 1 });
    expect(counts.message).toBeGreaterThan(2);
    expect(await traces(subject())).toEqual([]);
    // The log keeps that they agreed, under an id that leads nowhere now.
    expect(await standsIn(contactId)).toEqual({ 'public.consent_receipt': 1, 'public.audit_entry': 1 });
    expect(await standsIn(acme.conversationId)).toEqual({});
    expect(changedTables(before, await contentOf(desk)).sort()).toEqual(
      [
        'public.contact',
        'public.conversation',
        'public.message',
        // The lesson is gone, the filter knows that it has to be folded anew, and what was folded before is gone with it.
        'public.screening_head',
        'public.screening_lesson',
        'public.screening_result',
        'public.screening_snapshot',
        'public.visitor_session',
        'vault.subject_key',
      ].sort(),
    );
    // What an old backup still holds does not open any more.
    const keys = desk.app.get(KeyRing, { strict: false });
    await expect(keys.cipher(acme.accountId, contactId)).rejects.toThrow(KeyDestroyed);
  });

  it('is gone from every answer, and their token is worth nothing', async () => {
    const { contactId } = acme.visitor;
    expect((await acme.agent.get(`/api/v1/contacts/${contactId}`)).status).toBe(404);
    expect((await acme.agent.get(`/api/v1/conversations/${acme.conversationId}`)).status).toBe(404);
    expect((await acme.visitor.get('/api/v1/conversations')).status).toBe(401);
    const list = (await acme.agent.get('/api/v1/conversations')).body as Page<ConversationView>;
    expect(list.items.map(({ contact }) => contact.id)).toEqual([acme.neighbour.contactId]);
    for (const path of ['/api/v1/conversations', '/api/v1/conversations?q=visitor@acme.test'])
      expect((await acme.agent.get(path)).text).not.toContain('Visitor of acme');
    expect(
      await acme.chat.call('message.send', { conversationId: acme.conversationId, clientMessageId: contactId, body: 'Still here' }),
    ).toMatchObject({
      ok: false,
    });
    expect(await standsIn(contactId)).toEqual({ 'public.consent_receipt': 1, 'public.audit_entry': 1 });
  });

  it('can be erased again, to no effect', async () => {
    const before = await contentOf(desk);
    const counts = await erase(subject());
    expect(Object.values(counts).filter((count) => count !== 0)).toEqual([]);
    expect(await contentOf(desk)).toEqual(before);
  });

  it('of somebody else is still there', async () => {
    expect((await acme.neighbour.get('/api/v1/conversations')).status).toBe(200);
    expect((await other.agent.get(`/api/v1/conversations/${other.conversationId}`)).status).toBe(200);
  });
});

describe('a member', () => {
  it('is gone after, with password and sessions; what they wrote stays, without their name', async () => {
    const leaving = await addMember(desk, other.accountId, 'Lea of other', 'lea@other.test', 'agent');
    const panel = await leaving.connects();
    const { seq } = await says(panel, other.conversationId, 'Goodbye');
    const subject: Subject = { accountId: other.accountId, kind: 'member', id: leaving.id };
    expect((await traces(subject)).map(({ table }) => table).sort()).toEqual([
      'audit_entry',
      'known_device',
      'member',
      'session',
      'sign_in',
    ]);

    expect(await erase(subject)).toMatchObject({ member: 1, session: 1, subject_key: 1 });

    expect(await traces(subject)).toEqual([]);
    // The log keeps who acted under an id that leads nowhere now.
    expect(Object.keys(await standsIn(leaving.id)).sort()).toEqual(['public.audit_entry', 'public.message']);
    expect((await leaving.get('/api/v1/me')).status).toBe(401);
    await expect(desk.logsIn('lea@other.test')).rejects.toThrow('auth.failed');
    const members = await other.owner.get('/api/v1/members');
    expect(members.text).not.toContain('Lea');
    const events = (await other.owner.get(`/api/v1/conversations/${other.conversationId}/events?after=${seq - 1}`)).body as EventsAnswer;
    expect(events.events[0]).toMatchObject({ seq, message: { body: 'Goodbye' }, actor: { kind: 'member', id: leaving.id } });
    expect(Object.values(await erase(subject)).filter((count) => count !== 0)).toEqual([]);
  });
});
