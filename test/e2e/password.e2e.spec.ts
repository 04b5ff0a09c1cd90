import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request, { type Response } from 'supertest';
import type { SecuritySettings } from '@sotto/protocol';
import { PASSWORD, aDesk, type Desk } from '../support/desk.js';
import { linkIn, mailTo, tokenIn } from '../support/mail.js';
import { Member, sessionCookieOf } from '../support/people.js';
import { UNLIMITED, addMember } from '../support/scene.js';
import { enrol, stepsUp } from '../support/second-factor.js';

const HOUR = 60 * 60_000;
const NEW = 'seven-brave-lanterns-88';
const RESET = /password/i;

let desk: Desk;
let ana: Member;
let email: string;
let turn = 0;
beforeAll(async () => {
  desk = await aDesk({ env: { ...UNLIMITED, SOTTO_TRUSTED_PROXIES: '1' } });
});
afterAll(() => desk.close());
beforeEach(async () => {
  turn += 1;
  email = `ana${turn}@acme.test`;
  ana = await addMember(desk, desk.owner.accountId, 'Ana Quillfeather', email, 'agent');
});

const codeOf = (answer: Response) => (answer.body as { code?: string }).code;
const outcome = (answer: Response) => [answer.status, codeOf(answer)];
const post = (path: string, body: object, headers: Record<string, string> = {}) => request(desk.url).post(path).set(headers).send(body);
const logsIn = (password: string) => post('/api/v1/auth/login', { email, password });
const asks = (headers: Record<string, string> = {}, address = email) => post('/api/v1/auth/password-reset', { email: address }, headers);
const confirms = (token: string, password = NEW, headers: Record<string, string> = {}) =>
  post('/api/v1/auth/password-reset/confirm', { token, password }, headers);
const token = async () => {
  await asks();
  return tokenIn(await mailTo(desk, email, /reset|new password|choose/i));
};
const isIn = async (member: Member) => (await member.get('/api/v1/me')).status === 200;
const auditedTo = (action: string) =>
  desk.sql('select 1 from audit_entry where action = $1 and (target_id = $2 or actor_id = $2)', [action, ana.id]);
const links = () => desk.sql('select 1 from password_reset where member_id = $1', [ana.id]);

describe('changing the password', () => {
  const changes = (current: string, password: string, member = ana) => member.post('/api/v1/me/password', { current, password });

  it('ends every other session, goes on with this one under another cookie, and tells the member', async () => {
    const elsewhere = await desk.logsIn(email);
    const client = await elsewhere.connects();
    const before = ana.headers.cookie ?? '';
    await asks();
    const answer = await changes(PASSWORD, NEW);
    expect([answer.status, answer.body]).toMatchObject([200, { member: { id: ana.id } }]);
    await client.until(() => client.of('disconnect').length > 0, 'the end of the socket');
    expect(await isIn(elsewhere)).toBe(false);
    expect(await isIn(new Member(desk.url, before, ana.id, ana.accountId))).toBe(false);
    expect(await isIn(ana.take(answer))).toBe(true);
    expect([(await logsIn(PASSWORD)).status, (await logsIn(NEW)).status]).toEqual([401, 200]);
    expect(await links()).toEqual([]);
    expect(await auditedTo('auth.password-changed')).toHaveLength(1);
    await mailTo(desk, email, /changed/i);
  });

  it('needs the current one', async () => {
    for (const wrong of ['', 'wrong', PASSWORD.toUpperCase(), `${PASSWORD} `])
      expect([wrong, ...outcome(await changes(wrong, NEW))]).toEqual([wrong, 401, 'auth.failed']);
    expect(await isIn(ana)).toBe(true);
    expect((await logsIn(PASSWORD)).status).toBe(200);
  });

  it.each(['password1234', 'quillfeather-ana', 'acme-acme-acme', 'aaaaaaaaaaaaaaaa'])('refuses %p', async (weak) => {
    const answer = await changes(PASSWORD, weak);
    expect([...outcome(answer), (answer.body as { errors: { path: string }[] }).errors[0]?.path]).toEqual([
      422,
      'password.weak',
      'password',
    ]);
  });

  it('proves no second factor: what asks for one goes on asking', async () => {
    const secret = await enrol(ana, desk.clock);
    desk.clock.advance(11 * 60_000);
    const codes = () => ana.post('/api/v1/second-factor/recovery-codes');
    expect(outcome(await codes())).toEqual([403, 'step-up.required']);
    ana.take(await changes(PASSWORD, NEW));
    expect(outcome(await codes())).toEqual([403, 'step-up.required']);
    await stepsUp(ana, desk.clock, secret);
    expect((await codes()).status).toBeLessThan(300);
  });

  it('lengthens no session', async () => {
    desk.clock.advance(25 * 60_000);
    const ends = async () => (await desk.sql<{ at: Date }>('select expires_at as at from session where member_id = $1', [ana.id]))[0]?.at;
    const before = await ends();
    ana.take(await changes(PASSWORD, NEW));
    expect(await ends()).toEqual(before);
    desk.owner = await desk.logsIn();
  });

  it('can be tried a few times a minute', async () => {
    const small = await aDesk({ env: { SOTTO_LOGIN_ATTEMPTS_PER_MINUTE: '3' } });
    try {
      const answers: number[] = [];
      for (let guess = 0; guess < 4; guess += 1)
        answers.push((await small.owner.post('/api/v1/me/password', { current: `guess ${guess}`, password: NEW })).status);
      expect(answers).toEqual([401, 401, 401, 429]);
    } finally {
      await small.close();
    }
  });
});

describe('a forgotten password', () => {
  it('is answered alike whoever asks for whom', async () => {
    const invited = `inga${turn}@acme.test`;
    await addMember(desk, desk.owner.accountId, 'Inga', invited, 'agent');
    await desk.sql("update member set status = 'disabled' where id = (select id from member order by created_at desc limit 1)");
    const answers = [];
    for (const address of [email, 'nobody@acme.test', invited, 'no address at all', '']) answers.push(await asks({}, address));
    expect(answers.map(({ status, text }) => [status, text])).toEqual(answers.map(() => [202, '']));
    const heads = answers.map(({ headers }) => Object.keys(headers).sort());
    expect(heads).toEqual(heads.map(() => heads[0]));
    const rows = await desk.sql<{ memberId: string }>('select member_id as "memberId" from password_reset');
    expect(rows).toEqual([{ memberId: ana.id }]);
  });

  it('is replaced with the link from the mail, once; every session ends and none begins', async () => {
    const client = await ana.connects();
    const link = await token();
    const answer = await confirms(link);
    expect([answer.status, sessionCookieOf(answer)]).toEqual([204, undefined]);
    await client.until(() => client.of('disconnect').length > 0, 'the end of the socket');
    expect(await isIn(ana)).toBe(false);
    expect([(await logsIn(PASSWORD)).status, (await logsIn(NEW)).status]).toEqual([401, 200]);
    expect(outcome(await confirms(link, 'yet-another-otter-55'))).toEqual([403, 'auth.link-invalid']);
    expect((await logsIn(NEW)).status).toBe(200);
    expect(await desk.sql('select 1 from known_device where member_id = $1', [ana.id])).toHaveLength(2);
    expect([await auditedTo('auth.password-reset-asked'), await auditedTo('auth.password-reset')]).toMatchObject([[{}], [{}]]);
  });

  it('of somebody with a second factor does not get round it', async () => {
    await enrol(ana, desk.clock);
    const answer = await confirms(await token());
    expect([answer.status, sessionCookieOf(answer)]).toEqual([204, undefined]);
    const login = await logsIn(NEW);
    expect(login.body).toEqual({ secondFactor: expect.arrayContaining(['totp']) });
    const half = new Member(desk.url, sessionCookieOf(login) ?? '', ana.id, ana.accountId);
    expect(outcome(await half.get('/api/v1/conversations'))).toEqual([401, 'auth.second-factor-required']);
  });

  it('has one link that works: the newest, for an hour, used once even if twice at once', async () => {
    const first = await token();
    const [old] = await desk.sql<{ hash: string }>('select token_hash as hash from password_reset where member_id = $1', [ana.id]);
    await asks();
    const [next] = await desk.sql<{ hash: string }>('select token_hash as hash from password_reset where member_id = $1', [ana.id]);
    expect(next?.hash).not.toBe(old?.hash);
    expect(outcome(await confirms(first))).toEqual([403, 'auth.link-invalid']);
    turn += 1;
    email = `ana${turn}@acme.test`;
    await addMember(desk, desk.owner.accountId, 'Ana', email, 'agent');
    const link = await token();
    const answers = await Promise.all([confirms(link), confirms(link), confirms(link)]);
    expect(answers.map(({ status }) => String(status)).sort()).toEqual(['204', '403', '403']);
    turn += 1;
    email = `ana${turn}@acme.test`;
    await addMember(desk, desk.owner.accountId, 'Ana', email, 'agent');
    const late = await token();
    desk.clock.advance(HOUR + 1_000);
    expect(outcome(await confirms(late))).toEqual([403, 'auth.link-invalid']);
    desk.owner = await desk.logsIn();
  });

  it.each(['x', ' ', '0', 'null', '%00', 'A'.repeat(43), '='.repeat(43), "' or 1=1 --"])('takes no %p for a link', async (guess) => {
    expect(outcome(await confirms(guess))).toEqual([403, 'auth.link-invalid']);
  });

  it('takes no other secret for a link, and no hash of one', async () => {
    await asks();
    const [{ hash } = { hash: '' }] = await desk.sql<{ hash: string }>(
      'select token_hash as hash from password_reset where member_id = $1',
      [ana.id],
    );
    const session = (ana.headers.cookie ?? '').split('=')[1] ?? '';
    for (const guess of [hash, session]) expect(outcome(await confirms(guess))).toEqual([403, 'auth.link-invalid']);
  });

  it('keeps the link when the new one is too weak', async () => {
    const link = await token();
    expect(outcome(await confirms(link, 'password1234'))).toEqual([422, 'password.weak']);
    expect((await confirms(link)).status).toBe(204);
  });

  it('is mailed with a link to the configured address, whatever the request says', async () => {
    await asks({
      host: 'evil.test',
      'x-forwarded-host': 'evil.test',
      forwarded: 'host=evil.test',
      'x-forwarded-proto': 'https',
      'x-original-url': '//evil.test/',
    });
    const mail = await mailTo(desk, email, RESET);
    expect(`${linkIn(mail).origin}${linkIn(mail).pathname}`).toBe(`${desk.url}/reset`);
    expect(linkIn(mail).search).toBe('');
    expect(`${mail.text}${mail.html}`).not.toContain('evil');
  });

  it('is refused to foreign pages', async () => {
    expect(outcome(await asks({ origin: 'https://evil.test' }))).toEqual([403, 'origin.refused']);
    expect(outcome(await confirms('x', NEW, { origin: 'https://evil.test' }))).toEqual([403, 'origin.refused']);
  });

  it('stays forgotten outside the allowlist', async () => {
    const link = await token();
    desk.owner = await desk.logsIn();
    const current = (await desk.owner.get('/api/v1/settings/security')).body as SecuritySettings;
    const allow = (ranges: string[]) =>
      desk.owner.send('put', '/api/v1/settings/security', {
        requireTwoFactor: current.requireTwoFactor,
        ipAllowlist: ranges.map((range) => ({ range, label: '' })),
      });
    expect((await allow([current.yourAddress])).status).toBe(200);
    const away = { 'x-forwarded-for': '198.51.100.9' };
    expect(outcome(await confirms(link, NEW, away))).toEqual([403, 'address.refused']);
    await desk.sql('delete from password_reset where member_id = $1', [ana.id]);
    expect((await asks(away)).status).toBe(202);
    expect(await links()).toEqual([]);
    expect((await asks()).status).toBe(202);
    expect(await links()).toHaveLength(1);
    expect((await allow([])).status).toBe(200);
  });

  it('is mailed a few times an hour, so that a stranger cannot fill the mailbox or void the link for ever', async () => {
    const small = await aDesk({ env: { SOTTO_LOGIN_ATTEMPTS_PER_MINUTE: '10' } });
    try {
      const hashes: (string | undefined)[] = [];
      for (let time = 0; time < 7; time += 1) {
        const answer = await request(small.url).post('/api/v1/auth/password-reset').send({ email: 'owner@acme.test' });
        expect([time, answer.status]).toEqual([time, 202]);
        hashes.push((await small.sql<{ hash: string }>('select token_hash as hash from password_reset'))[0]?.hash);
      }
      expect(new Set(hashes).size).toBe(5);
    } finally {
      await small.close();
    }
  });
});
