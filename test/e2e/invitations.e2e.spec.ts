import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request, { type Response } from 'supertest';
import { KeyDestroyed, KeyRing, type KeptMail } from '@sotto/platform';
import type { InvitationView, Me, MemberView } from '@sotto/protocol';
import { aColleague } from '../support/colleagues.js';
import { contentOf } from '../support/content.js';
import { PASSWORD, aDesk, type Desk } from '../support/desk.js';
import { linkIn, mailTo, tokenIn } from '../support/mail.js';
import { Member, sessionCookieOf } from '../support/people.js';
import { UNLIMITED } from '../support/scene.js';

const DAY = 24 * 60 * 60_000;
const codeOf = (answer: Response) => (answer.body as { code?: string }).code;
const outcome = (answer: Response) => `${answer.status} ${codeOf(answer) ?? ''}`.trim();
const LINK_INVALID = '403 auth.link-invalid';

let desk: Desk;
let owner: Member;
beforeAll(async () => {
  // Behind one proxy, so that a test may say where somebody calls from.
  desk = await aDesk({ env: { ...UNLIMITED, SOTTO_TRUSTED_PROXIES: '1' } });
  ({ owner } = desk);
});
afterAll(() => desk.close());

const call = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  Promise.resolve(request(desk.url).post(`/api/v1/auth/invitation${path}`).set(headers).send(body));
const look = (token: string, headers?: Record<string, string>) => call('', { token }, headers);
const accept = (token: string, change: { name?: string; password?: string } = {}, headers?: Record<string, string>) =>
  call('/accept', { token, name: 'Ina', password: PASSWORD, ...change }, headers);

let count = 0;
async function invited(change: object = {}): Promise<{ id: string; email: string; token: string }> {
  count += 1;
  const email = `guest${count}@invited.test`;
  const answer = await owner.post('/api/v1/members/invitations', { email, name: 'Ina', ...change });
  if (answer.status !== 201) throw new Error(answer.text);
  return { id: (answer.body as MemberView).id, email, token: tokenIn(await mailTo(desk, email)) };
}
async function nextMail(email: string, before: KeptMail): Promise<KeptMail> {
  for (;;) {
    const mail = await mailTo(desk, email);
    if (mail.number > before.number) return mail;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
const acts = async (target: string) =>
  (await desk.sql<{ action: string }>('select action from audit_entry where target_id = $1 order by seq', [target])).map(
    ({ action }) => action,
  );

describe('an invitation', () => {
  it('lets somebody in once, under the name and the password they choose', async () => {
    const { id, email, token } = await invited();
    const mail = await mailTo(desk, email);
    expect([linkIn(mail).origin, linkIn(mail).pathname, linkIn(mail).search]).toEqual([desk.url, '/join', '']);
    expect(token).toHaveLength(43);
    expect((await look(token)).body as InvitationView).toMatchObject({ account: 'Acme', name: 'Ina', email, role: 'agent' });

    const answer = await accept(token, { name: 'Ina Ivanova' });
    expect([answer.status, (answer.body as Me).member]).toEqual([
      200,
      expect.objectContaining({ id, email, name: 'Ina Ivanova', role: 'agent', status: 'active' }),
    ]);
    const member = new Member(desk.url, sessionCookieOf(answer) ?? '', id, owner.accountId);
    expect((await member.get('/api/v1/conversations')).status).toBe(200);
    expect((await (await desk.logsIn(email)).get('/api/v1/me')).status).toBe(200);
    expect(await acts(id)).toEqual(expect.arrayContaining(['member.invited', 'member.joined']));

    for (const again of [await look(token), await accept(token)]) expect(outcome(again)).toBe(LINK_INVALID);
    expect(await desk.sql('select 1 from invitation where member_id = $1', [id])).toEqual([]);
  });

  it('stands nowhere as it is: neither the token nor the address', async () => {
    const { email, token } = await invited();
    const tables = Object.keys(await contentOf(desk));
    for (const table of [...tables, 'pgboss.job'])
      expect([table, await desk.sql(`select 1 from ${table} t where to_jsonb(t)::text ~ $1`, [`${token}|${email}`])]).toEqual([table, []]);
  });

  it('lets one in of many who use it at once', async () => {
    const { id, token } = await invited();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, turn) => accept(token, { name: `Ina ${turn}` })));
    expect(answers.map(outcome).sort()).toEqual(['200', ...Array<string>(9).fill(LINK_INVALID)]);
    expect(await desk.sql('select 1 from session where member_id = $1', [id])).toHaveLength(1);
  });

  it('skips no second factor: an admin sets one up before anything else', async () => {
    const { id, token } = await invited({ role: 'admin' });
    const answer = await accept(token);
    expect([answer.status, answer.body]).toEqual([200, { enrolment: true }]);
    const admin = new Member(desk.url, sessionCookieOf(answer) ?? '', id, owner.accountId);
    expect(outcome(await admin.get('/api/v1/members'))).toBe('403 auth.enrolment-required');
    await expect(admin.connects()).rejects.toThrow('auth.enrolment-required');
  });

  it('is good for seven days', async () => {
    const { token } = await invited();
    desk.clock.advance(7 * DAY + 1_000);
    const [seen, used] = [await look(token), await accept(token)];
    desk.clock.advance(-7 * DAY - 1_000);
    expect([outcome(seen), outcome(used)]).toEqual([LINK_INVALID, LINK_INVALID]);
    expect((await look(token)).status).toBe(200);
  });

  it('is not made by guesses', async () => {
    await invited();
    const before = await contentOf(desk);
    const guesses = [' ', 'x', 'null', 'undefined', '%', 'a'.repeat(43), '0'.repeat(43), 'a'.repeat(200)];
    for (const token of guesses)
      for (const answer of [await look(token), await accept(token)]) expect([token, outcome(answer)]).toEqual([token, LINK_INVALID]);
    for (const token of ['', 'a'.repeat(201)]) expect([(await look(token)).status, (await accept(token)).status]).toEqual([400, 400]);
    expect(await contentOf(desk)).toEqual(before);
  });

  it('is not made by what opens other doors', async () => {
    const { email } = await aColleague(desk, 'Jo');
    await request(desk.url).post('/api/v1/auth/password-reset').send({ email });
    const reset = tokenIn(await mailTo(desk, email, /password/i));
    const session = (owner.headers.cookie ?? '').split('=')[1] ?? '';
    const visitor = (await desk.visitor()).session.token;
    const stored = (await desk.sql<{ hash: string }>('select token_hash as hash from invitation limit 1'))[0]?.hash ?? '';
    for (const token of [reset, session, visitor, stored]) {
      expect(token.length).toBeGreaterThan(20);
      for (const answer of [await look(token), await accept(token)]) expect(outcome(answer)).toBe(LINK_INVALID);
    }
  });

  it('stays good when the password is too easy to guess', async () => {
    const { email, token } = await invited();
    for (const password of ['password1234', email, 'Ina-Ina-Ina-Ina', 'aaaaaaaaaaaaaaaa'])
      expect([password, outcome(await accept(token, { password }))]).toEqual([password, '422 password.weak']);
    for (const password of ['short', 'x'.repeat(129)]) expect(outcome(await accept(token, { password }))).toBe('400 input.invalid');
    expect((await accept(token)).status).toBe(200);
  });

  it('takes no more than a name and a password', async () => {
    const { id, token } = await invited();
    for (const extra of [{ role: 'owner' }, { email: 'me@evil.test' }, { accountId: id }, { memberId: owner.id }, { remember: true }])
      expect(outcome(await call('/accept', { token, name: 'Ina', password: PASSWORD, ...extra }))).toBe('400 input.invalid');
    expect((await look(token)).status).toBe(200);
  });

  it('is refused to a foreign page', async () => {
    const { token } = await invited();
    for (const origin of ['https://evil.test', 'null', `${desk.url}.evil.test`])
      for (const answer of [await look(token, { origin }), await accept(token, {}, { origin })])
        expect(outcome(answer)).toBe('403 origin.refused');
  });

  it('is refused outside the allowlist, stays good, and is written down', async () => {
    const { id, token } = await invited();
    const list = (ipAllowlist: object[]) => owner.put('/api/v1/settings/security', { requireTwoFactor: false, ipAllowlist });
    expect((await list([{ range: '127.0.0.1' }])).status).toBe(200);
    try {
      const elsewhere = { 'x-forwarded-for': '203.0.113.7' };
      for (const answer of [await look(token, elsewhere), await accept(token, {}, elsewhere)])
        expect(outcome(answer)).toBe('403 address.refused');
      expect(await acts(id)).toContain('auth.address-refused');
      expect((await accept(token)).status).toBe(200);
    } finally {
      expect((await list([])).status).toBe(200);
    }
  });
});

describe('another mail', () => {
  it('makes the link before worthless', async () => {
    const { id, email, token } = await invited();
    const first = await mailTo(desk, email);
    expect((await owner.post(`/api/v1/members/${id}/invitation`)).body).toMatchObject({ id, status: 'invited' });
    const second = await nextMail(email, first);
    expect(outcome(await look(token))).toBe(LINK_INVALID);
    expect((await accept(tokenIn(second))).status).toBe(200);
    // Whoever has joined is invited no more.
    expect(outcome(await owner.post(`/api/v1/members/${id}/invitation`))).toBe('404 not-found');
    expect(outcome(await owner.delete(`/api/v1/members/${id}/invitation`))).toBe('404 not-found');
  });

  it('brings in somebody whose link ran out and was swept', async () => {
    const { id, email } = await invited();
    await desk.sql('delete from invitation where member_id = $1', [id]);
    const first = await mailTo(desk, email);
    await owner.post(`/api/v1/members/${id}/invitation`);
    const second = await nextMail(email, first);
    expect((await accept(tokenIn(second))).status).toBe(200);
  });
});

describe('an invitation taken back', () => {
  it('leaves nothing of whoever was invited', async () => {
    const { id, email, token } = await invited();
    expect((await owner.delete(`/api/v1/members/${id}/invitation`)).status).toBe(204);
    expect(outcome(await accept(token))).toBe(LINK_INVALID);
    for (const table of [
      'member where id',
      'invitation where member_id',
      'mail_outbox where member_id',
      'vault.subject_key where subject_id',
    ])
      expect([table, await desk.sql(`select 1 from ${table} = $1`, [id])]).toEqual([table, []]);
    await expect(desk.app.get(KeyRing).cipher(owner.accountId, id)).rejects.toThrow(KeyDestroyed);
    expect(await acts(id)).toEqual(['member.invited', 'member.invitation-revoked']);
    expect((await owner.post('/api/v1/members/invitations', { email, name: 'Ina' })).status).toBe(201);
  });

  it('is worth nothing either when whoever sent it may less, or is gone', async () => {
    for (const [name, end] of [
      ['Kim', (id: string) => owner.patch(`/api/v1/members/${id}`, { role: 'agent' })],
      ['Lou', (id: string) => owner.delete(`/api/v1/members/${id}`)],
    ] as const) {
      const { member } = await aColleague(desk, name, { role: 'admin' });
      const email = `${name}@invited.test`.toLowerCase();
      await member.post('/api/v1/members/invitations', { email, name: 'Ina', role: 'admin' });
      const token = tokenIn(await mailTo(desk, email));
      expect((await look(token)).status).toBe(200);
      expect((await end(member.id)).status).toBeLessThan(300);
      expect([name, outcome(await accept(token))]).toEqual([name, LINK_INVALID]);
    }
  });
});

describe('an address that signs in already', () => {
  it('is refused alike, in whichever account it does', async () => {
    await desk.makeAccount('Other', 'owner@other.test');
    const { email } = await invited();
    const answers = [];
    for (const address of ['owner@acme.test', ' Owner@Other.test ', email])
      answers.push(await owner.post('/api/v1/members/invitations', { email: address, name: 'Ina' }));
    expect(answers.map(outcome)).toEqual(Array(3).fill('409 member.exists'));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });
});

describe('invitations', () => {
  it('are sixty mails an hour for each member', async () => {
    const { id } = await invited();
    const { member } = await aColleague(desk, 'Max', { role: 'admin' });
    const answers: number[] = [];
    for (let turn = 0; turn <= 60; turn += 1) answers.push((await member.post(`/api/v1/members/${id}/invitation`)).status);
    expect(answers).toEqual([...Array<number>(60).fill(200), 429]);
    expect((await owner.post(`/api/v1/members/${id}/invitation`)).status).toBe(200);
  });
});
