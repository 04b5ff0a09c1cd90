import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { PolicyView, WidgetConfig } from '@sotto/protocol';
import { aDesk, type Desk } from '../support/desk.js';
import { newClientId, says, starts } from '../support/people.js';

let desk: Desk;
beforeAll(async () => {
  desk = await aDesk();
});
afterAll(() => desk.close());

const personalRows = async () => {
  const [row] = await desk.sql<{ rows: number }>(
    `select ((select count(*) from contact) + (select count(*) from consent_receipt) + (select count(*) from visitor_session)
           + (select count(*) from conversation) + (select count(*) from message))::int as rows`,
  );
  return row?.rows;
};

const config = async () => (await request(desk.url).get(`/widget/v1/inboxes/${desk.inbox.key}`)).body as WidgetConfig;

async function publishes(text: string) {
  const [policy] = ((await desk.owner.get('/api/v1/policies')).body as { items: PolicyView[] }).items as [PolicyView];
  const answer = await desk.owner.post(`/api/v1/policies/${policy.id}/versions`, {
    basedOn: policy.currentVersion,
    texts: { en: text },
    url: null,
    purposes: policy.versions[0]?.purposes,
  });
  expect(answer.status).toBe(201);
}

describe('before consent', () => {
  it('stores nothing and sets no cookie when the widget is opened', async () => {
    const before = await personalRows();
    for (const path of [`/widget/v1/inboxes/${desk.inbox.key}`, `/try/${desk.inbox.key}`]) {
      const answer = await request(desk.url).get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect(await personalRows()).toBe(before);
  });

  it.each([
    ['without a token', {}],
    ['with a made-up token', { token: `visitor_${'x'.repeat(43)}` }],
    ['with a token of another kind', { token: 42 }],
  ])('refuses a raw socket %s and leaves no row', async (_, auth) => {
    const before = await personalRows();
    const client = desk.owner.client('/visitor', auth, { cookie: '' });
    await expect(client.connected()).rejects.toThrow(/consent.required|auth.required/);
    expect(await personalRows()).toBe(before);
  });

  it('refuses a raw HTTP message and leaves no row', async () => {
    const before = await personalRows();
    const answer = await request(desk.url)
      .post(`/api/v1/conversations/${newClientId()}/messages`)
      .send({ clientMessageId: newClientId(), body: 'Hello' });
    expect(answer.status).toBe(401);
    expect(await personalRows()).toBe(before);
  });

  it.each([
    ['the required purpose is missing', { purposes: [] as string[] }, 403, 'consent.required'],
    ['a purpose is unknown', { purposes: ['support', 'spying'] }, 400, 'input.invalid'],
    ['the version is not the current one', { policyVersion: 99 }, 403, 'consent.stale'],
  ])('gives no token when %s', async (_, change, status, code) => {
    const before = await personalRows();
    const { policy } = await config();
    const consent = { policyId: policy.id, policyVersion: policy.version, purposes: ['support'], ...change };
    const answer = await request(desk.url).post('/widget/v1/sessions').send({ inboxKey: desk.inbox.key, consent });
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([status, code]);
    expect(await personalRows()).toBe(before);
  });

  it('gives no token to a page that is not on the list', async () => {
    const { policy } = await config();
    const consent = { policyId: policy.id, policyVersion: policy.version, purposes: ['support'] };
    const answer = await request(desk.url)
      .post('/widget/v1/sessions')
      .set('origin', 'https://evil.example')
      .send({ inboxKey: desk.inbox.key, consent });
    expect((answer.body as { code: string }).code).toBe('origin.refused');
  });
});

describe('with consent', () => {
  it('writes the receipt with contact and token, and the chat works', async () => {
    const visitor = await desk.visitor({ name: 'Vid' });
    const { receipt } = visitor.session;
    expect(receipt).toMatchObject({ policyVersion: (await config()).policy.version, purposes: ['support'], event: 'given' });
    const rows = await desk.sql<{ contact_id: string }>('select contact_id from consent_receipt where id = $1', [receipt.id]);
    expect(rows).toEqual([{ contact_id: visitor.contactId }]);
    const { seq } = await starts(await visitor.connects());
    expect(seq).toBe(1);
  });
});

describe('a new version of the policy', () => {
  it('makes earlier consent stale on every way in, and consent given anew goes on with the same contact', async () => {
    const visitor = await desk.visitor();
    const client = await visitor.connects();
    const { conversationId } = await starts(client);

    await publishes('A new text');

    await client.until(() => client.of('disconnect').length > 0, 'the end of the socket');
    expect(client.of('session.closed')).toEqual([{ reason: 'consent.stale' }]);
    await expect(visitor.connects()).rejects.toThrow('consent.stale');
    const before = await personalRows();
    const refused = await visitor.post(`/api/v1/conversations/${conversationId}/messages`, {
      clientMessageId: newClientId(),
      body: 'Still there?',
    });
    expect([refused.status, (refused.body as { code: string }).code]).toEqual([403, 'consent.stale']);
    expect(await personalRows()).toBe(before);

    const { policy } = await config();
    const renewed = await visitor.post('/widget/v1/sessions', {
      inboxKey: desk.inbox.key,
      consent: { policyId: policy.id, policyVersion: policy.version, purposes: ['support'] },
    });
    expect(renewed.status).toBe(201);
    expect((renewed.body as { contactId: string }).contactId).toBe(visitor.contactId);
  });

  it('refuses a message that was on its way while the version changed', async () => {
    const visitor = await desk.visitor();
    const client = await visitor.connects();
    const { conversationId } = await starts(client);
    // The version changes in the database before anybody could close the socket.
    await desk.sql('update policy set current_version = current_version + 1');
    const ack = await client.call('message.send', { conversationId, clientMessageId: newClientId(), body: 'In between' });
    await desk.sql('update policy set current_version = current_version - 1');
    expect(ack).toMatchObject({ ok: false, error: { code: 'consent.stale' } });
    await says(client, conversationId, 'After');
  });

  it('is refused to somebody who wrote it on top of an older one', async () => {
    const [policy] = ((await desk.owner.get('/api/v1/policies')).body as { items: PolicyView[] }).items as [PolicyView];
    const answer = await desk.owner.post(`/api/v1/policies/${policy.id}/versions`, {
      basedOn: policy.currentVersion - 1,
      texts: { en: 'Late' },
      url: null,
      purposes: policy.versions[0]?.purposes,
    });
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([409, 'policy.changed']);
  });
});

describe('withdrawing', () => {
  it('closes the sockets, ends the token and is written down', async () => {
    const visitor = await desk.visitor();
    const client = await visitor.connects();
    const { conversationId } = await starts(client);

    expect((await visitor.post('/widget/v1/consent/withdraw')).status).toBe(204);

    await client.until(() => client.of('disconnect').length > 0, 'the end of the socket');
    expect(client.of('session.closed')).toEqual([{ reason: 'consent.withdrawn' }]);
    await expect(visitor.connects()).rejects.toThrow('consent.required');
    const refused = await visitor.post(`/api/v1/conversations/${conversationId}/messages`, {
      clientMessageId: newClientId(),
      body: 'Hello?',
    });
    expect(refused.status).toBe(403);
    const events = await desk.sql<{ event: string }>('select event from consent_receipt where contact_id = $1 order by at', [
      visitor.contactId,
    ]);
    expect(events.map((row) => row.event)).toEqual(['given', 'withdrawn']);
  });
});
