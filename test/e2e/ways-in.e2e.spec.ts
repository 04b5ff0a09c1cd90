import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request, { type Response } from 'supertest';
import { SessionsService } from '@sotto/access';
import { SetupService } from '@sotto/accounts';
import type { SignInState } from '@sotto/protocol';
import { PASSWORD, aDesk, type Desk } from '../support/desk.js';
import { CLIENT, startForger, type ForgingProvider } from '../support/identity-provider.js';
import { mailTo, tokenIn } from '../support/mail.js';
import { Caller, Member, newClientId, sessionCookieOf } from '../support/people.js';
import { routesOf, type Route } from '../support/router.js';
import { UNLIMITED, addMember, addressOf, fill, routeSamples, type Sample, type Side } from '../support/scene.js';
import { codeFor, enrol } from '../support/second-factor.js';

const EMAIL = 'vera@acme.test';
const SECOND_FACTOR = [401, 'auth.second-factor-required'];

/** What begins a session, or goes on with one under another token; each has a test below. */
const WAYS_IN = [
  'POST /api/v1/setup',
  'POST /api/v1/auth/login',
  'GET /api/v1/auth/sso/callback',
  'POST /api/v1/auth/invitation/accept',
  'POST /api/v1/auth/second-factor',
  'POST /api/v1/auth/second-factor/passkey',
  'POST /api/v1/second-factor/totp/confirm',
  'POST /api/v1/second-factor/passkeys',
  'POST /api/v1/me/password',
];

/** What anybody may call, or somebody halfway in, and why no session comes of it. */
const NO_WAY_IN: Record<string, string> = {
  'GET /health/live': 'answers watchdogs',
  'GET /health/ready': 'answers watchdogs',
  'GET /api/v1/setup': 'says whether an account is needed',
  'POST /api/v1/auth/logout': 'ends one',
  'GET /api/v1/auth/state': 'says how far a sign-in is',
  'GET /api/v1/auth/methods': 'says what the sign-in page may offer',
  'GET /api/v1/auth/sso/:accountId': 'sends the browser away',
  'POST /api/v1/auth/invitation': 'shows what an invitation is for',
  'POST /api/v1/auth/password-reset': 'sends a mail',
  'POST /api/v1/auth/password-reset/confirm': 'changes the password and signs nobody in',
  'POST /api/v1/auth/second-factor/passkey/options': 'says what a passkey is to sign',
  'GET /api/v1/auth/step-up': 'says how long the last proof is good for',
  'POST /api/v1/auth/step-up': 'proves again who is there, to a session that got as far before',
  'POST /api/v1/auth/step-up/passkey/options': 'says what a passkey is to sign',
  'POST /api/v1/auth/step-up/passkey': 'proves again who is there, to a session that got as far before',
  'GET /api/v1/second-factor': 'shows the factors to their owner',
  'POST /api/v1/second-factor/totp': 'makes a secret that is not in force',
  'POST /api/v1/second-factor/passkeys/options': 'says what a passkey is to sign',
  'GET /widget/v1/inboxes/:key': 'is for visitors',
  'POST /widget/v1/sessions': 'makes visitors, who are nobody in the panel',
  'GET /widget/v1/loader.js': 'is for visitors',
  'GET /widget/v1/frame': 'is for visitors',
  'GET /try/:key': 'is for visitors',
  'GET /dev/mail': 'shows mails to whoever sits at the machine',
  'GET /dev/mail.json': 'shows mails to whoever sits at the machine',
  'GET /dev/mail/:number': 'shows mails to whoever sits at the machine',
  'GET /dev/mail/:number/html': 'shows mails to whoever sits at the machine',
};

let desk: Desk;
let forger: ForgingProvider;
let vera: Member;
let secret: string;
beforeAll(async () => {
  desk = await aDesk({ env: { ...UNLIMITED, SOTTO_OUTBOUND_PRIVATE: '127.0.0.0/8' } });
  vera = await addMember(desk, desk.owner.accountId, 'Vera', EMAIL, 'agent');
  secret = await enrol(vera, desk.clock);
  forger = await startForger({ sub: 'vera', email: EMAIL, email_verified: true });
  const saved = await desk.owner.put('/api/v1/settings/sso', { enabled: true, name: 'ID', issuer: forger.issuer, ...CLIENT });
  expect(saved.status).toBe(200);
});
afterAll(async () => {
  await desk.close();
  await forger.stop();
});

const codeOf = (answer: Response) => (answer.body as { code?: string }).code;
const outcome = (answer: Response) => [answer.status, codeOf(answer)];
const post = (path: string, body: object) => request(desk.url).post(`/api/v1${path}`).send(body);
const memberWith = (answer: Response) => desk.keep(new Member(desk.url, sessionCookieOf(answer) ?? '', vera.id, vera.accountId));
const stageOf = async (member: Caller) => ((await member.get('/api/v1/auth/state')).body as SignInState).stage;
/** What the answer's session can do: nothing but go on to the second factor. */
const comesHalfway = async (answer: Response) => {
  const half = memberWith(answer);
  expect([sessionCookieOf(answer), await stageOf(half)]).toEqual([expect.any(String), 'second-factor']);
  expect(outcome(await half.get('/api/v1/conversations'))).toEqual(SECOND_FACTOR);
  await expect(half.connects()).rejects.toThrow('auth.second-factor-required');
};
const logsIn = () => post('/auth/login', { email: EMAIL, password: PASSWORD });

const isOpen = ({ rule }: Route) => 'public' in rule || ('signedIn' in rule && rule.stages.some((stage) => stage !== 'full'));

describe('the table', () => {
  it('holds every route that somebody not all the way in may call', () => {
    const open = routesOf(desk.app).filter(isOpen);
    const known = new Set([...WAYS_IN, ...Object.keys(NO_WAY_IN)]);
    expect(open.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
    const all = new Set(routesOf(desk.app).map(({ name }) => name));
    expect([...known].filter((name) => !all.has(name))).toEqual([]);
  });

  it('holds every route that answers with a session', async () => {
    const scene = await aDesk({ env: UNLIMITED });
    try {
      const side = await fill(scene, { owner: scene.owner, inbox: scene.inbox }, 'acme');
      const found = await routesThatGiveSessions(scene, side);
      expect(found.filter((name) => !WAYS_IN.includes(name))).toEqual([]);
      // The search finds what there is to find.
      expect(found).toContain('POST /api/v1/me/password');
    } finally {
      await scene.close();
    }
  });
});

/** Calls every route rightly, each time under a session of its own. */
async function routesThatGiveSessions(scene: Desk, side: Side): Promise<string[]> {
  const samples: Record<string, Sample> = {
    ...routeSamples(side),
    'POST /api/v1/me/password': { by: side.agent, body: { current: PASSWORD, password: 'seven-brave-lanterns-88' } },
  };
  const found: string[] = [];
  for (const route of routesOf(scene.app)) {
    const sample = samples[route.name];
    if (!sample) continue;
    const headers =
      sample.by instanceof Member ? { cookie: await freshCookie(scene, sample.by), origin: scene.url } : (sample.by?.headers ?? {});
    const answer = await new Caller(scene.url, headers).send(route.method, addressOf(route, sample), sample.body);
    if (sessionCookieOf(answer)) found.push(route.name);
  }
  return found;
}
async function freshCookie(scene: Desk, { accountId, id }: Member): Promise<string> {
  const sessions = scene.app.get(SessionsService, { strict: false });
  const footprint = { address: '127.0.0.1', userAgent: '' };
  const { token } = await scene.database.in(accountId, (tx) =>
    sessions.open(tx, { accountId, memberId: id }, footprint, { stage: 'full', remember: false }),
  );
  return `sotto_session=${token}`;
}

describe('with a second factor, and without showing it,', () => {
  it('the password comes halfway', async () => {
    await comesHalfway(await logsIn());
  });

  it('the identity provider comes halfway', async () => {
    const there = await request(desk.url).get(`/api/v1/auth/sso/${desk.owner.accountId}`);
    const { searchParams } = new URL(there.headers.location ?? '');
    forger.expect(searchParams.get('nonce') ?? '');
    const cookie = String(there.headers['set-cookie']).split(';')[0] ?? '';
    await comesHalfway(
      await request(desk.url)
        .get(`/api/v1/auth/sso/callback?code=x&state=${searchParams.get('state')}`)
        .set({ cookie }),
    );
  });

  it('a new password comes nowhere, and with it halfway', async () => {
    await post('/auth/password-reset', { email: EMAIL });
    const token = tokenIn(await mailTo(desk, EMAIL, /reset|choose|new password/i));
    const answer = await post('/auth/password-reset/confirm', { token, password: PASSWORD });
    expect([answer.status, sessionCookieOf(answer)]).toEqual([204, undefined]);
    await comesHalfway(await logsIn());
    vera = await desk.logsIn(EMAIL, PASSWORD, { secret });
  });

  it('an invitation or a new account is not to be had for the address', async () => {
    desk.owner = await desk.logsIn();
    const invitation = await desk.owner.post('/api/v1/members/invitations', { email: EMAIL, name: 'Vera' });
    expect(outcome(invitation)).toEqual([409, 'member.exists']);
    const code = await desk.app.get(SetupService).issueCode();
    const setup = await post('/setup', { code, account: { name: 'X' }, owner: { name: 'Vera', email: EMAIL, password: PASSWORD } });
    expect([setup.status, sessionCookieOf(setup)]).toEqual([400, undefined]);
  });

  it.each([
    ['POST /auth/second-factor', '/auth/second-factor', { code: '000000' }],
    ['POST /auth/second-factor with a recovery code nobody has', '/auth/second-factor', { code: 'AAAA-AAAA-AAAA-AAAA' }],
    [
      'POST /auth/second-factor/passkey',
      '/auth/second-factor/passkey',
      { response: { id: 'x', rawId: 'x', type: 'public-key', response: {}, clientExtensionResults: {} } },
    ],
  ])('%s goes no further', async (_, path, body) => {
    const half = memberWith(await logsIn());
    const answer = await half.post(`/api/v1${path}`, body);
    expect([answer.status >= 400, sessionCookieOf(answer)]).toEqual([true, undefined]);
    expect(await stageOf(half)).toBe('second-factor');
  });

  it('no route does anything, whatever the method', async () => {
    const half = memberWith(await logsIn());
    const open = new Set(
      routesOf(desk.app)
        .filter(isOpen)
        .map(({ name }) => name),
    );
    const answers: [string, unknown, unknown][] = [];
    for (const route of routesOf(desk.app)) {
      if (open.has(route.name)) continue;
      const path = route.path.replaceAll(/:\w+/g, newClientId());
      const answer = await half.send(route.method, path, route.method === 'get' ? undefined : {});
      answers.push([route.name, answer.status, codeOf(answer)]);
    }
    expect(answers.length).toBeGreaterThan(20);
    expect(answers.filter(([, status, code]) => `${String(status)} ${String(code)}` !== SECOND_FACTOR.join(' '))).toEqual([]);
    expect(await stageOf(half)).toBe('second-factor');
  });

  it('nothing of what somebody halfway in may call takes them further', async () => {
    const further: string[] = [];
    for (const route of routesOf(desk.app).filter(isOpen)) {
      const half = memberWith(await logsIn());
      const answer = await half.send(route.method, route.path.replaceAll(/:\w+/g, newClientId()), route.method === 'get' ? undefined : {});
      if (sessionCookieOf(answer)) further.push(route.name);
      if ((await stageOf(half)) === 'full') further.push(`${route.name}, under the same cookie`);
    }
    expect(further).toEqual([]);
  });

  it('the half’s token is no bearer token, and a visitor’s is nobody’s cookie', async () => {
    const token = (sessionCookieOf(await logsIn()) ?? '').split('=')[1] ?? '';
    const visitor = await desk.visitor();
    const calls = [{ authorization: `Bearer ${token}` }, { cookie: `sotto_session=${visitor.session.token}` }];
    for (const headers of calls) expect((await request(desk.url).get('/api/v1/me').set(headers)).status).toBe(401);
    expect((await visitor.get('/api/v1/me')).status).toBe(403);
  });
});

describe('the second factor', () => {
  it('comes in under a cookie nobody has seen before, and the half’s is worth nothing', async () => {
    const login = await logsIn();
    const half = memberWith(login);
    const finished = await half.post('/api/v1/auth/second-factor', { code: codeFor(secret, desk.clock) });
    const full = memberWith(finished);
    expect(sessionCookieOf(finished)).not.toBe(sessionCookieOf(login));
    expect([await stageOf(full), await stageOf(half)]).toEqual(['full', null]);
  });

  it('demanded of all leads newcomers to enrolment and nowhere else', async () => {
    desk.owner = await desk.logsIn();
    await desk.owner.post('/api/v1/members/invitations', { email: 'ada@acme.test', name: 'Ada', role: 'admin' });
    const token = tokenIn(await mailTo(desk, 'ada@acme.test'));
    const accepted = await post('/auth/invitation/accept', { token, name: 'Ada', password: PASSWORD });
    expect(accepted.body).toEqual({ enrolment: true });
    const ada = memberWith(accepted);
    expect(await stageOf(ada)).toBe('enrolment');
    expect(outcome(await ada.get('/api/v1/conversations'))).toEqual([403, 'auth.enrolment-required']);
    await expect(ada.connects()).rejects.toThrow('auth.enrolment-required');
  });

  it('is not forgotten by a new password', async () => {
    const answer = await vera.post('/api/v1/me/password', { current: PASSWORD, password: 'seven-brave-lanterns-88' });
    expect(await stageOf(vera.take(answer))).toBe('full');
    await comesHalfway(await post('/auth/login', { email: EMAIL, password: 'seven-brave-lanterns-88' }));
  });
});
