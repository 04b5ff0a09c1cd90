import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request, { type Response } from 'supertest';
import { SessionsService, TotpService, forgetSecondFactors } from '@sotto/access';
import { SetupService } from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import type { MemberActor } from '@sotto/kernel';
import { KeyRing } from '@sotto/platform';
import type { Me, RecoveryCodes, SecondFactorState, TotpEnrolment } from '@sotto/protocol';
import { contentOf, TABLES, type TableName } from '../support/content.js';
import { databaseKind } from '../support/database.js';
import { PASSWORD, aDesk, type Desk } from '../support/desk.js';
import { mailTo } from '../support/mail.js';
import { Caller, newClientId, sessionCookieOf, type Member } from '../support/people.js';
import { startRedis } from '../support/redis.js';
import { routesOf, type Route } from '../support/router.js';
import { UNLIMITED, addMember } from '../support/scene.js';
import { codeAt, codeFor, enrol, enrolment, stepsUp } from '../support/second-factor.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const STEP = 30 * SECOND;

let desk: Desk;
let ownerSecret: string;
let turn = 0;
beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
  ownerSecret = await enrol(desk.owner, desk.clock);
});
afterAll(() => desk.close());

/** The owner, who has just proved it. */
const theOwner = () => desk.logsIn('owner@acme.test', PASSWORD, { secret: ownerSecret });

/** Somebody new, so that what one test uses up is not missing in the next. */
async function somebody(role: 'admin' | 'agent' = 'agent') {
  turn += 1;
  const email = `somebody${turn}@acme.test`;
  return { email, member: await addMember(desk, desk.owner.accountId, `Somebody ${turn}`, email, role) };
}

async function enrolled(role: 'admin' | 'agent' = 'agent') {
  const { email, member } = await somebody(role);
  return { email, member, ...(await enrolment(member, desk.clock)) };
}

const codeOf = (answer: Response) => (answer.body as { code?: string }).code;
const got = (answer: Response) => `${answer.status} ${codeOf(answer) ?? ''}`.trim();
const stillIn = async (member: Member) => (await member.get('/api/v1/me')).status === 200;
const shows = (member: Member, code: string) => member.post('/api/v1/auth/second-factor', { code });
const stateOf = async (member: Member) => (await member.get('/api/v1/second-factor')).body as SecondFactorState;
/** Six digits that are no code of now. */
const wrongCode = (secret: string) => {
  const near = [-2, -1, 0, 1, 2].map((away) => codeAt(secret, new Date(desk.clock.now().getTime() + away * STEP)));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !near.includes(code)) ?? '';
};

/** What the audit log says about a member, newest last. */
const actsOn = async (memberId: string) =>
  (
    await desk.sql<{ action: string }>('select action from audit_entry where target_id = $1 or actor_id = $1 order by account_id, seq', [
      memberId,
    ])
  ).map(({ action }) => action);

/** Every row of every table as text. */
async function everything(): Promise<string> {
  const tables = await desk.sql<TableName>(TABLES);
  const rows = await Promise.all(
    tables.map(({ schema, name }) => desk.sql<{ row: string }>(`select to_jsonb(t)::text as row from ${schema}.${name} t`)),
  );
  return rows.flatMap((of) => of.map(({ row }) => row)).join('\n');
}

/** What is stored, but for mails on their way out. */
const content = async () => ({ ...(await contentOf(desk)), 'public.mail_outbox': '' });

/** Any call of a route; the guard answers before a body is looked at. */
const call = (by: Caller, { method, path }: Route) => by.send(method, path.replaceAll(/:\w+/g, newClientId()));

describe('setting up an authenticator app', () => {
  it('hands a secret over, and puts it in force with the first code', async () => {
    const { email, member } = await somebody();
    expect(await stateOf(member)).toEqual({ totp: false, recoveryCodesLeft: 0, passkeys: [] });
    const begun = await member.post('/api/v1/second-factor/totp');
    const { secret, uri } = begun.body as TotpEnrolment;
    expect([begun.status, secret]).toEqual([201, expect.stringMatching(/^[A-Z2-7]{32}$/)]);
    expect(decodeURIComponent(uri)).toBe(`otpauth://totp/Sotto:Acme ${email}?secret=${secret}&issuer=Sotto`);
    expect((await desk.logsIn(email)).headers.cookie).toBeDefined();
    expect(await stillIn(await desk.logsIn(email))).toBe(true);
    expect(got(await member.post('/api/v1/second-factor/totp/confirm', { code: wrongCode(secret) }))).toBe('401 auth.code-wrong');

    const confirmed = await member.post('/api/v1/second-factor/totp/confirm', { code: codeFor(secret, desk.clock) });
    const { recoveryCodes } = confirmed.body as RecoveryCodes;
    expect(confirmed.status).toBe(200);
    expect(new Set(recoveryCodes).size).toBe(10);
    for (const code of recoveryCodes ?? []) expect(code).toMatch(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
    expect(await stateOf(member)).toEqual({ totp: true, recoveryCodesLeft: 10, passkeys: [] });
    expect((await member.get('/api/v1/me')).body).toMatchObject({ twoFactor: { enrolled: true } });
    expect(await actsOn(member.id)).toContain('second-factor.enabled');
    await mailTo(desk, email, /two-factor|second factor/i);
  });

  it('ends the member’s other sessions with their sockets, and no other', async () => {
    const { email, member } = await somebody();
    const [elsewhere, owner] = [await desk.logsIn(email), await theOwner()];
    const [here, there] = [await member.connects(), await elsewhere.connects()];
    await enrol(member, desk.clock);
    await there.until(() => there.of('disconnect').length > 0, 'the end of the socket');
    expect(there.of('session.closed')).toEqual([{ reason: 'access-changed' }]);
    expect([await stillIn(member), await stillIn(elsewhere), await stillIn(owner)]).toEqual([true, false, true]);
    expect(here.socket.connected).toBe(true);
  });

  it('stores neither secret nor recovery codes readably', async () => {
    const { secret, recoveryCodes } = await enrolled();
    const rows = await everything();
    expect(rows.length).toBeGreaterThan(10_000);
    const forms = [secret, ...recoveryCodes, ...recoveryCodes.map((code) => code.replaceAll('-', ''))];
    expect(forms.filter((form) => rows.includes(form) || rows.includes(Buffer.from(form).toString('hex')))).toEqual([]);
  });

  it('goes on with the old app until the new one has shown a code, and brings no further recovery codes', async () => {
    const { email, member, secret } = await enrolled();
    await stepsUp(member, desk.clock, secret);
    const { secret: next } = (await member.post('/api/v1/second-factor/totp')).body as TotpEnrolment;
    await desk.logsIn(email, PASSWORD, { secret });
    const confirmed = await member.post('/api/v1/second-factor/totp/confirm', { code: codeFor(next, desk.clock) });
    expect(confirmed.body).toEqual({ recoveryCodes: null });
    const half = await desk.logsIn(email);
    expect(got(await shows(half, codeFor(secret, desk.clock)))).toBe('401 auth.code-wrong');
    expect(got(await shows(half, codeFor(next, desk.clock)))).toBe('200');
    expect((await stateOf(member)).recoveryCodesLeft).toBe(10);
  });

  it('forgets a secret that was not confirmed within the hour', async () => {
    const { member } = await somebody();
    const { secret } = (await member.post('/api/v1/second-factor/totp')).body as TotpEnrolment;
    for (let waited = 0; waited < 60; waited += 20) {
      desk.clock.advance(20 * MINUTE);
      expect(await stillIn(member)).toBe(true);
    }
    expect(got(await member.post('/api/v1/second-factor/totp/confirm', { code: codeFor(secret, desk.clock) }))).toBe('401 auth.code-wrong');
  });

  it('asks for a fresh proof, also before there is any second factor', async () => {
    const { member } = await somebody();
    desk.clock.advance(10 * MINUTE + SECOND);
    expect(got(await member.post('/api/v1/second-factor/totp'))).toBe('403 step-up.required');
    await stepsUp(member, desk.clock);
    expect(got(await member.post('/api/v1/second-factor/totp'))).toBe('201');
  });
});

describe('a half-finished sign-in', () => {
  it('says what it waits for, and is good for nothing else on any way', async () => {
    const { email } = await enrolled();
    const answer = await request(desk.url).post('/api/v1/auth/login').send({ email, password: PASSWORD });
    expect([answer.status, answer.body]).toEqual([200, { secondFactor: ['totp', 'recovery'] }]);
    const half = await desk.logsIn(email);
    expect((await half.get('/api/v1/auth/state')).body).toEqual({ stage: 'second-factor', secondFactor: ['totp', 'recovery'] });
    expect((await request(desk.url).get('/api/v1/auth/state')).body).toEqual({ stage: null, secondFactor: [] });
    await expect(half.connects()).rejects.toThrow('auth.second-factor-required');

    const before = await content();
    const routes = routesOf(desk.app).filter(({ rule }) => !('public' in rule));
    const open = routes.filter(({ rule }) => 'signedIn' in rule && rule.stages.includes('second-factor'));
    expect(open.map(({ name }) => name).sort()).toEqual([
      'POST /api/v1/auth/logout',
      'POST /api/v1/auth/second-factor',
      'POST /api/v1/auth/second-factor/passkey',
      'POST /api/v1/auth/second-factor/passkey/options',
    ]);
    const answers: string[] = [];
    for (const route of routes.filter((one) => !open.includes(one))) answers.push(`${route.name}: ${got(await call(half, route))}`);
    expect(answers.length).toBeGreaterThan(20);
    expect(answers.filter((one) => !one.endsWith(': 401 auth.second-factor-required'))).toEqual([]);
    expect(await content()).toEqual(before);
  });

  it('goes on under a token and an id nobody has seen before', async () => {
    const { email, secret } = await enrolled();
    const half = await desk.logsIn(email);
    const old = new Caller(desk.url, { ...half.headers });
    const finished = await shows(half, codeFor(secret, desk.clock));
    expect(finished.body).toMatchObject({ member: { email }, twoFactor: { enrolled: true } });
    const cookie = sessionCookieOf(finished);
    expect(cookie).toMatch(/^sotto_session=[\w-]{43}$/);
    expect(cookie).not.toBe(old.headers.cookie);
    expect(got(await old.get('/api/v1/me'))).toBe('401 auth.required');
    expect((await old.get('/api/v1/auth/state')).body).toEqual({ stage: null, secondFactor: [] });
    expect(await stillIn(half.take(finished))).toBe(true);
    const acts = await actsOn(half.id);
    expect(acts.filter((action) => action === 'auth.logged-in')).toHaveLength(2);
  });

  it('does not come back to life once it was ended', async () => {
    const { email } = await enrolled();
    const half = await desk.logsIn(email);
    const sessions = desk.app.get(SessionsService, { strict: false });
    const session = await sessions.resolve((half.headers.cookie ?? '').split('=')[1] ?? '', '127.0.0.1');
    await half.post('/api/v1/auth/logout');
    const actor = session?.actor as MemberActor;
    const renewing = desk.database.in(half.accountId, (tx) => sessions.renew(tx, actor, { address: '127.0.0.1', userAgent: '' }));
    await expect(renewing).rejects.toMatchObject({ code: 'auth.required' });
  });

  it('is not written down as a sign-in', async () => {
    const { email, member } = await enrolled();
    const before = (await actsOn(member.id)).length;
    await desk.logsIn(email);
    expect((await actsOn(member.id)).slice(before)).toEqual([]);
  });

  it('ends after ten minutes', async () => {
    const { email, secret } = await enrolled();
    const half = await desk.logsIn(email);
    desk.clock.advance(10 * MINUTE + SECOND);
    expect(got(await shows(half, codeFor(secret, desk.clock)))).toBe('401 auth.required');
  });

  it('stands a moment longer, and the account’s others are out of reach', async () => {
    const [ana, ben] = [await enrolled(), await enrolled()];
    const half = await desk.logsIn(ana.email);
    expect(got(await shows(half, codeFor(ben.secret, desk.clock)))).toBe('401 auth.code-wrong');
    expect(got(await shows(half, ben.recoveryCodes[0] ?? ''))).toBe('401 auth.code-wrong');
    desk.clock.advance(9 * MINUTE);
    expect(got(await shows(half, codeFor(ana.secret, desk.clock)))).toBe('200');
  });

  it.each([
    ['nothing', {}],
    ['an empty code', { code: '' }],
    ['five digits', { code: '12345' }],
    ['seven digits', { code: '1234567' }],
    ['digits of another script', { code: '１２３４５６' }],
    ['a number', { code: 123456 }],
    ['a list', { code: ['123456'] }],
    ['an object', { code: { $gt: '' } }],
    ['a recovery code cut short', { code: 'ABCD-EFGH-IJKL' }],
    ['a further field', { code: '123456', stage: 'full' }],
    ['a megabyte', { code: '1'.repeat(60_000) }],
  ])('refuses %s without counting it', async (_, body) => {
    const { email, secret } = await enrolled();
    const half = await desk.logsIn(email);
    for (let again = 0; again < 6; again += 1) expect(got(await half.post('/api/v1/auth/second-factor', body))).toBe('400 input.invalid');
    expect(got(await shows(half, codeFor(secret, desk.clock)))).toBe('200');
  });
});

describe('a code', () => {
  it('is good one step early and one late, and no further', async () => {
    const { email, secret } = await enrolled();
    // At the beginning of a step, so that none passes while this runs.
    desk.clock.advance(5 * STEP - (desk.clock.now().getTime() % STEP));
    const at = (away: number) => codeAt(secret, new Date(desk.clock.now().getTime() + away * STEP));
    const half = await desk.logsIn(email);
    expect(got(await shows(half, at(-2)))).toBe('401 auth.code-wrong');
    expect(got(await shows(half, at(2)))).toBe('401 auth.code-wrong');
    expect(got(await shows(half, at(-1)))).toBe('200');
    expect(got(await shows(await desk.logsIn(email), at(0)))).toBe('200');
    expect(got(await shows(await desk.logsIn(email), at(1)))).toBe('200');
    // What was used takes everything before along.
    expect(got(await shows(await desk.logsIn(email), at(0)))).toBe('401 auth.code-wrong');
  });

  it('works once among fifty at once', async () => {
    const { email, secret } = await enrolled();
    desk.clock.advance(2 * STEP);
    const halves: Member[] = [];
    for (let made = 0; made < 50; made += 1) halves.push(await desk.logsIn(email));
    const code = codeFor(secret, desk.clock);
    const answers = await Promise.all(halves.map((half) => shows(half, code)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status !== 200 && status !== 401 && status !== 429)).toEqual([]);
    const [complete] = await desk.sql<{ count: number }>(
      "select count(*)::int as count from session where stage = 'full' and member_id = $1 and created_at > $2",
      [halves[0]?.id, new Date(desk.clock.now().getTime() - STEP)],
    );
    expect(complete?.count).toBe(1);
  });

  it('works once among fifty at once also where no limit stands before it', async () => {
    const { member, secret } = await enrolled();
    desk.clock.advance(2 * STEP);
    const code = codeFor(secret, desk.clock);
    const totp = desk.app.get(TotpService);
    const who = { accountId: member.accountId, memberId: member.id };
    const uses = Array.from({ length: 50 }, () => desk.database.in(who.accountId, (tx) => totp.use(tx, who, code)));
    expect((await Promise.all(uses)).filter(Boolean)).toHaveLength(1);
  });
});

describe('wrong codes', () => {
  it('end the sign-in with the fifth, and nobody tries on for five minutes', async () => {
    const { email, member, secret } = await enrolled();
    const half = await desk.logsIn(email);
    for (let tried = 0; tried < 5; tried += 1) expect(got(await shows(half, wrongCode(secret)))).toBe('401 auth.code-wrong');
    expect(got(await shows(half, codeFor(secret, desk.clock)))).toBe('401 auth.required');
    const refused = await shows(await desk.logsIn(email), codeFor(secret, desk.clock));
    expect(got(refused)).toBe('429 rate.limited');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(300);
    // Whoever is in stays in, and may go on proving it.
    expect(await stillIn(member)).toBe(true);
    await stepsUp(member, desk.clock, secret);
    const acts = await actsOn(member.id);
    expect(acts.filter((action) => action === 'auth.code-wrong')).toHaveLength(5);
  });

  it('are counted before they are checked, and right ones given back', async () => {
    const { email, secret } = await enrolled();
    for (let right = 0; right < 7; right += 1) expect(await stillIn(await desk.logsIn(email, PASSWORD, { secret }))).toBe(true);
    const halves: Member[] = [];
    for (let made = 0; made < 20; made += 1) halves.push(await desk.logsIn(email));
    const guesses = halves.flatMap((half) => Array.from({ length: 5 }, () => shows(half, wrongCode(secret))));
    const answers = await Promise.all(guesses);
    expect(answers.filter((answer) => codeOf(answer) === 'auth.code-wrong')).toHaveLength(5);
    expect(answers.filter(({ status }) => status !== 401 && status !== 429)).toEqual([]);
  });

  it('are those of people who know the password: wrong passwords take no try', async () => {
    const { email, secret } = await enrolled();
    for (let tried = 0; tried < 6; tried += 1)
      expect((await request(desk.url).post('/api/v1/auth/login').send({ email, password: 'wrong' })).status).toBe(401);
    expect(await stillIn(await desk.logsIn(email, PASSWORD, { secret }))).toBe(true);
  });

  it('show in the member’s own list of sign-ins', async () => {
    const { email, member, secret } = await enrolled();
    await shows(await desk.logsIn(email), wrongCode(secret));
    const { items } = (await member.get('/api/v1/me/sign-ins')).body as { items: { outcome: string }[] };
    expect(items.map(({ outcome }) => outcome)).toContain('code-wrong');
  });
});

describe('a recovery code', () => {
  it('lets in once, however it is written, and is told', async () => {
    const { email, member, recoveryCodes } = await enrolled();
    const [first = '', second = ''] = recoveryCodes;
    const half = await desk.logsIn(email);
    const finished = await shows(half, ` ${first.toLowerCase().replaceAll('-', ' ')}`);
    expect(got(finished)).toBe('200');
    expect(await stateOf(half.take(finished))).toMatchObject({ recoveryCodesLeft: 9 });
    expect(got(await shows(await desk.logsIn(email), first))).toBe('401 auth.code-wrong');
    expect(got(await shows(await desk.logsIn(email), second.replaceAll('-', '')))).toBe('200');
    expect((await actsOn(member.id)).filter((action) => action === 'second-factor.recovery-used')).toHaveLength(2);
    await mailTo(desk, email, /recovery/i);
  });

  it('lets in once among twenty at once', async () => {
    const { email, recoveryCodes } = await enrolled();
    const halves: Member[] = [];
    for (let made = 0; made < 20; made += 1) halves.push(await desk.logsIn(email));
    const answers = await Promise.all(halves.map((half) => shows(half, recoveryCodes[0] ?? '')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('is worth nothing once new ones were made, which takes a fresh proof', async () => {
    const { email, member, secret, recoveryCodes } = await enrolled();
    desk.clock.advance(11 * MINUTE);
    expect(got(await member.post('/api/v1/second-factor/recovery-codes'))).toBe('403 step-up.required');
    await stepsUp(member, desk.clock, secret);
    const renewed = (await member.post('/api/v1/second-factor/recovery-codes')).body as RecoveryCodes;
    expect(renewed.recoveryCodes).toHaveLength(10);
    expect(recoveryCodes.filter((code) => renewed.recoveryCodes?.includes(code))).toEqual([]);
    const half = await desk.logsIn(email);
    expect(got(await shows(half, recoveryCodes[0] ?? ''))).toBe('401 auth.code-wrong');
    expect(got(await shows(half, renewed.recoveryCodes?.[0] ?? ''))).toBe('200');
    expect(await actsOn(member.id)).toContain('second-factor.recovery-renewed');
  });

  it('is made for nobody without a second factor', async () => {
    const { member } = await somebody();
    expect(got(await member.post('/api/v1/second-factor/recovery-codes'))).toBe('409 second-factor.needed');
  });
});

describe('switching the authenticator app off', () => {
  it('is refused to whoever must have one', async () => {
    const { member } = await enrolled('admin');
    const before = await stateOf(member);
    expect(got(await member.delete('/api/v1/second-factor/totp'))).toBe('409 second-factor.needed');
    expect(await stateOf(member)).toEqual(before);
    expect((await member.get('/api/v1/me')).body).toMatchObject({ twoFactor: { required: true, enrolled: true } });
  });

  it('takes a fresh proof, ends the other sessions, and leaves no recovery code that works', async () => {
    const { email, member, secret, recoveryCodes } = await enrolled();
    const elsewhere = await desk.logsIn(email, PASSWORD, { secret });
    const half = await desk.logsIn(email);
    desk.clock.advance(9 * MINUTE);
    expect(await stillIn(elsewhere)).toBe(true);
    desk.clock.advance(2 * MINUTE);
    expect(got(await member.delete('/api/v1/second-factor/totp'))).toBe('403 step-up.required');
    await stepsUp(member, desk.clock, secret);
    expect(got(await member.delete('/api/v1/second-factor/totp'))).toBe('204');
    expect([await stillIn(member), await stillIn(elsewhere)]).toEqual([true, false]);
    expect(got(await shows(half, recoveryCodes[0] ?? ''))).toBe('401 auth.required');
    expect(await stateOf(member)).toEqual({ totp: false, recoveryCodesLeft: 0, passkeys: [] });
    expect(await stillIn(await desk.logsIn(email))).toBe(true);
    expect(await actsOn(member.id)).toContain('second-factor.disabled');
  });
});

describe('a reset by somebody else', () => {
  const path = (member: Member) => `/api/v1/members/${member.id}/second-factor`;

  it('takes every factor away, ends every session within the moment, and is told', async () => {
    const { email, member, recoveryCodes } = await enrolled();
    const [live, half] = [await member.connects(), await desk.logsIn(email)];
    expect(got(await (await theOwner()).delete(path(member)))).toBe('204');
    await live.until(() => live.of('disconnect').length > 0, 'the end of the socket');
    expect(live.of('session.closed')).toEqual([{ reason: 'access-changed' }]);
    expect(await stillIn(member)).toBe(false);
    expect(got(await shows(half, recoveryCodes[0] ?? ''))).toBe('401 auth.required');
    const again = await desk.logsIn(email);
    expect(await stateOf(again)).toEqual({ totp: false, recoveryCodesLeft: 0, passkeys: [] });
    expect(await actsOn(member.id)).toContain('second-factor.reset');
    await mailTo(desk, email, /reset/i);
  });

  it('leads whoever must have one into setting one up, and nowhere else', async () => {
    const { email, member } = await enrolled('admin');
    await (await theOwner()).delete(path(member));
    const again = await desk.logsIn(email);
    expect(got(await again.get('/api/v1/members'))).toBe('403 auth.enrolment-required');
    await enrol(again, desk.clock);
    expect(got(await again.get('/api/v1/members'))).toBe('200');
  });

  it('takes a fresh proof', async () => {
    const [{ member }, owner] = [await enrolled(), await theOwner()];
    desk.clock.advance(11 * MINUTE);
    expect(got(await owner.delete(path(member)))).toBe('403 step-up.required');
    expect(await stateOf(member)).toMatchObject({ totp: true });
  });

  it('is refused for owners, for oneself, by agents, upward, and across accounts', async () => {
    const other = await desk.makeAccount('Other', 'owner@other.test');
    const [admin, colleague, agent] = [await enrolled('admin'), await enrolled('admin'), await enrolled()];
    const owner = await theOwner();
    await desk.sql("update member set role = 'owner' where id = $1", [colleague.member.id]);
    const before = await stateOf(colleague.member);
    const attempts: [Member, Member, string][] = [
      [admin.member, owner, '403 member.outranks-you'],
      [owner, colleague.member, '403 member.outranks-you'],
      [owner, owner, '403 permission.denied'],
      [admin.member, admin.member, '403 permission.denied'],
      [agent.member, admin.member, '403 permission.denied'],
      [owner, other.owner, '404 not-found'],
      [other.owner, agent.member, '404 not-found'],
    ];
    for (const [by, of, expected] of attempts) expect(got(await by.delete(path(of)))).toBe(expected);
    expect(await stateOf(colleague.member)).toEqual(before);
    expect([await stillIn(owner), await stillIn(admin.member), await stillIn(agent.member), await stillIn(colleague.member)]).toEqual(
      Array(4).fill(true),
    );
  });
});

describe('a reset by the operator', () => {
  const forget = (email: string) =>
    forgetSecondFactors(desk.database, desk.app.get(KeyRing), desk.app.get(AuditLog, { strict: false }), email);

  it('helps also an owner, who then can do nothing but set up a new one', async () => {
    const email = `owner${(turn += 1)}@lost.test`;
    const { owner } = await desk.makeAccount('Lost', email);
    await enrol(owner, desk.clock);
    await desk.sql('update member set grace_until = null where id = $1', [owner.id]);
    expect(await forget(` ${email.toUpperCase()}`)).toBe(true);
    expect(await stillIn(owner)).toBe(false);
    const again = await desk.logsIn(email);
    expect(got(await again.get('/api/v1/members'))).toBe('403 auth.enrolment-required');
    await enrol(again, desk.clock);
    expect(got(await again.get('/api/v1/members'))).toBe('200');
    const [entry] = await desk.sql<{ by: string }>(
      "select actor_kind as by from audit_entry where action = 'second-factor.reset' and target_id = $1",
      [owner.id],
    );
    expect(entry).toEqual({ by: 'operator' });
  });

  it('touches nobody else, and finds nobody under an address that is not there', async () => {
    const { member } = await enrolled();
    const { email } = await enrolled();
    await forget(email);
    expect(await forget('nobody@lost.test')).toBe(false);
    expect(await stateOf(member)).toMatchObject({ totp: true, recoveryCodesLeft: 10 });
  });
});

describe('an account that demands a second factor', () => {
  const demand = (on: boolean) =>
    desk.sql(
      `insert into account_security (account_id, require_two_factor, version) values ($1, $2, 1)
       on conflict (account_id) do update set require_two_factor = excluded.require_two_factor, version = account_security.version + 1`,
      [desk.owner.accountId, on],
    );
  beforeEach(() => demand(false));
  afterEach(() => demand(false));

  it('leads everybody who has none into setting one up, at once and on every way', async () => {
    const { email, member } = await somebody();
    expect(got(await member.get('/api/v1/conversations'))).toBe('200');
    await demand(true);
    const newcomer = await desk.logsIn(email);
    expect((await newcomer.get('/api/v1/auth/state')).body).toEqual({ stage: 'enrolment', secondFactor: [] });

    const routes = routesOf(desk.app).filter(({ rule }) => !('public' in rule));
    const open = routes.filter(({ rule }) => 'signedIn' in rule && rule.stages.includes('enrolment'));
    expect(open.map(({ name }) => name).sort()).toEqual([
      'GET /api/v1/auth/step-up',
      'GET /api/v1/second-factor',
      'POST /api/v1/auth/logout',
      'POST /api/v1/auth/step-up',
      'POST /api/v1/auth/step-up/passkey',
      'POST /api/v1/auth/step-up/passkey/options',
      'POST /api/v1/second-factor/passkeys',
      'POST /api/v1/second-factor/passkeys/options',
      'POST /api/v1/second-factor/totp',
      'POST /api/v1/second-factor/totp/confirm',
    ]);
    const faults: string[] = [];
    for (const who of [member, newcomer]) {
      for (const route of routes.filter((one) => !open.includes(one))) {
        const outcome = got(await call(who, route));
        if (outcome !== '403 auth.enrolment-required') faults.push(`${route.name}: ${outcome}`);
      }
      await expect(who.connects()).rejects.toThrow('auth.enrolment-required');
    }
    expect(faults).toEqual([]);

    const old = new Caller(desk.url, { ...newcomer.headers });
    await enrol(newcomer, desk.clock);
    expect(newcomer.headers.cookie).not.toBe(old.headers.cookie);
    expect(got(await old.get('/api/v1/conversations'))).toBe('401 auth.required');
    expect(got(await newcomer.get('/api/v1/conversations'))).toBe('200');
    expect(got(await newcomer.delete('/api/v1/second-factor/totp'))).toBe('409 second-factor.needed');
  });

  it('leaves whoever has one at work', async () => {
    const { member } = await enrolled();
    await demand(true);
    expect(got(await member.get('/api/v1/conversations'))).toBe('200');
  });

  it('asks a session that is no longer fresh for the password before the enrolment', async () => {
    const { member } = await somebody();
    desk.clock.advance(11 * MINUTE);
    await demand(true);
    expect(got(await member.post('/api/v1/second-factor/totp'))).toBe('403 step-up.required');
    await enrol(member, desk.clock);
    expect(got(await member.get('/api/v1/conversations'))).toBe('200');
  });

  it('closes the sockets of those who have none', async () => {
    const [without, having] = [await somebody(), await enrolled()];
    const [out, stays] = [await without.member.connects(), await having.member.connects()];
    const saved = await (await theOwner()).put('/api/v1/settings/security', { requireTwoFactor: true, ipAllowlist: [] });
    expect(got(saved)).toBe('200');
    await out.until(() => out.of('disconnect').length > 0, 'the end of the socket');
    expect(out.of('session.closed')).toEqual([{ reason: 'access-changed' }]);
    expect(stays.socket.connected).toBe(true);
  });
});

describe('a new account', () => {
  const setsUp = async (email: string) => {
    const code = await desk.app.get(SetupService).issueCode();
    const owner = { name: 'Olga', email, password: PASSWORD };
    return request(desk.url)
      .post('/api/v1/setup')
      .send({ code, account: { name: 'New' }, owner });
  };

  it('lets its owner work for a day before a second factor is demanded', async () => {
    const answer = await setsUp('olga@new.test');
    const { graceUntil } = (answer.body as Me).twoFactor;
    expect(new Date(graceUntil ?? 0).getTime() - desk.clock.now().getTime()).toBeGreaterThan(23 * 60 * MINUTE);
    const early = await desk.logsIn('olga@new.test');
    expect(got(await early.get('/api/v1/conversations'))).toBe('200');
    desk.clock.advance(24 * 60 * MINUTE);
    const late = await desk.logsIn('olga@new.test');
    expect(got(await late.get('/api/v1/conversations'))).toBe('403 auth.enrolment-required');
  });

  it('demands it at once where the operator gives no grace', async () => {
    desk.config.setupGraceHours = 0;
    const answer = await setsUp('otto@new.test');
    desk.config.setupGraceHours = 24;
    expect([answer.status, answer.body]).toEqual([201, { enrolment: true }]);
  });

  it('demands it of admins from the first', async () => {
    const { member } = await somebody('admin');
    expect(got(await member.get('/api/v1/conversations'))).toBe('403 auth.enrolment-required');
  });
});

if (databaseKind === 'postgres') {
  it('without Redis codes and proofs stay shut', async () => {
    const redis = await startRedis();
    const lonely = await aDesk({ env: { ...UNLIMITED, SOTTO_REDIS_URL: redis.url } });
    try {
      const secret = await enrol(lonely.owner, lonely.clock);
      const half = await lonely.logsIn();
      await redis.kill9();
      const code = codeFor(secret, lonely.clock);
      expect(got(await shows(half, code))).toBe('503 overloaded');
      expect(got(await lonely.owner.post('/api/v1/auth/step-up', { code }))).toBe('503 overloaded');
    } finally {
      await lonely.close();
      await redis.stop();
    }
  });
}
