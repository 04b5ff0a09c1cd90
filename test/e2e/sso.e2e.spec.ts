import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request, { type Response } from 'supertest';
import type { SecuritySettings, SsoSettings } from '@sotto/protocol';
import { contentOf } from '../support/content.js';
import { aDesk, type Desk } from '../support/desk.js';
import {
  CLIENT,
  signsInThere,
  startForger,
  startProvider,
  type Forgery,
  type ForgingProvider,
  type RealProvider,
} from '../support/identity-provider.js';
import { Member, sessionCookieOf } from '../support/people.js';
import { UNLIMITED, addMember } from '../support/scene.js';
import { codeFor, enrol } from '../support/second-factor.js';

const SSO = '/api/v1/settings/sso';
const CALLBACK = '/api/v1/auth/sso/callback';
const FAILED = [303, '/login?sso=failed', undefined];
const FLOW_MINUTES = 10 * 60_000;
const LOOPBACK = '127.0.0.0/8,::1/128';

let desk: Desk;
let provider: RealProvider;
let ana: Member;
let email: string;
let turn = 0;
beforeAll(async () => {
  desk = await aDesk({ env: { ...UNLIMITED, SOTTO_TRUSTED_PROXIES: '1', SOTTO_OUTBOUND_PRIVATE: LOOPBACK } });
  provider = await startProvider(`${desk.url}${CALLBACK}`);
  expect((await saves({})).status).toBe(200);
});
afterAll(async () => {
  await desk.close();
  await provider.stop();
});
beforeEach(async () => {
  turn += 1;
  email = `ana${turn}@acme.test`;
  ana = await addMember(desk, desk.owner.accountId, 'Ana', email, 'agent');
  provider.people.set(`subject-${turn}`, { email, verified: true });
});

const codeOf = (answer: Response) => (answer.body as { code?: string }).code;
const outcome = (answer: Response) => [answer.status, codeOf(answer)];
const saves = (change: object, on = desk) =>
  on.owner.put(SSO, { enabled: true, name: 'Acme ID', issuer: provider.issuer, ...CLIENT, ...change });

/** Where an answer sends the browser, and whether it signs in. */
const sent = (answer: Response) => [answer.status, answer.headers.location, sessionCookieOf(answer)];
const ssoCookieOf = (answer: Response) =>
  ([] as string[])
    .concat((answer.headers['set-cookie'] as unknown as string[] | undefined) ?? [])
    .filter((cookie) => cookie.startsWith('sotto_sso='));

interface Leaving {
  cookie: string;
  location: string;
}
const leaves = async (accountId = desk.owner.accountId, headers: Record<string, string> = {}): Promise<Leaving> => {
  const answer = await request(desk.url).get(`/api/v1/auth/sso/${accountId}`).set(headers);
  expect(answer.status).toBe(303);
  return { cookie: ssoCookieOf(answer)[0]?.split(';')[0] ?? '', location: answer.headers.location ?? '' };
};
const returns = (url: URL | string, cookie: string, headers: Record<string, string> = {}) => {
  const { pathname, search } = new URL(url, desk.url);
  return request(desk.url)
    .get(`${pathname}${search}`)
    .set({ cookie, ...headers });
};
/** One bit in the middle. */
const changed = (cookie: string) => `${cookie.slice(0, 100)}${cookie[100] === 'A' ? 'B' : 'A'}${cookie.slice(101)}`;
/** All the way there and back. */
async function signsIn(subject = `subject-${turn}`, headers: Record<string, string> = {}): Promise<Response> {
  const { cookie, location } = await leaves();
  return returns(await signsInThere(location, subject), cookie, headers);
}
const memberOf = (answer: Response) => desk.keep(new Member(desk.url, sessionCookieOf(answer) ?? '', ana.id, ana.accountId));
const identities = () => desk.sql<{ memberId: string }>('select member_id as "memberId" from sso_identity where member_id = $1', [ana.id]);

describe('settings', () => {
  it('answer everything but the secret, which is sealed where it is stored', async () => {
    const answer = await desk.owner.get(SSO);
    expect(answer.body).toEqual({
      enabled: true,
      name: 'Acme ID',
      issuer: provider.issuer,
      clientId: CLIENT.clientId,
      hasSecret: true,
      redirectUri: `${desk.url}${CALLBACK}`,
    } satisfies SsoSettings);
    const rows = await desk.sql<{ text: string }>("select encode(settings_sealed, 'escape') as text from sso_provider");
    expect(rows[0]?.text).not.toMatch(/secret|acme/i);
    const log = await desk.sql<{ data: string }>("select data from audit_entry where action = 'sso.changed'");
    expect(log).toEqual([{ data: '{"enabled":true}' }]);
  });

  it('offer it on the sign-in page where there is one account', async () => {
    const methods = await request(desk.url).get('/api/v1/auth/methods');
    expect(methods.body).toEqual({ sso: [{ accountId: desk.owner.accountId, name: 'Acme ID' }] });
  });

  it('are for those who manage security, with a fresh proof to change them', async () => {
    expect(outcome(await ana.get(SSO))).toEqual([403, 'permission.denied']);
    desk.clock.advance(11 * 60_000);
    expect((await desk.owner.get(SSO)).status).toBe(200);
    expect(outcome(await saves({}))).toEqual([403, 'step-up.required']);
    expect(outcome(await desk.owner.delete(SSO))).toEqual([403, 'step-up.required']);
    desk.clock.advance(-11 * 60_000);
  });

  it('keep the secret for the provider it was given for', async () => {
    const { clientSecret: _, ...without } = CLIENT;
    expect((await desk.owner.put(SSO, { enabled: true, name: 'Acme ID', issuer: provider.issuer, ...without })).status).toBe(200);
    const elsewhere = await desk.owner.put(SSO, { enabled: false, name: 'Acme ID', issuer: 'https://evil.test', ...without });
    expect(outcome(elsewhere)).toEqual([400, 'input.invalid']);
  });

  it.each([
    ['plain HTTP elsewhere', 'http://id.example.com', [400, 'input.invalid']],
    ['a private network', 'https://10.0.0.1', [422, 'outbound.refused']],
    ['the metadata service', 'https://169.254.169.254', [422, 'outbound.refused']],
    ['an address that holds a password', 'https://me:secret@id.example.com', [422, 'outbound.refused']],
    ['another scheme', 'ftp://id.example.com', [400, 'input.invalid']],
  ])('refuse a provider at %s', async (_, issuer, expected) => {
    const before = await contentOf(desk);
    expect(outcome(await saves({ issuer }))).toEqual(expected);
    expect(await contentOf(desk)).toEqual(before);
  });

  it('refuse a provider that calls itself something else', async () => {
    expect(outcome(await saves({ issuer: provider.issuer.replace('127.0.0.1', 'localhost') }))).toEqual([400, 'input.invalid']);
  });

  it('do not reach loopback unless the operator says so', async () => {
    const strict = await aDesk();
    try {
      expect(outcome(await saves({}, strict))).toEqual([422, 'outbound.refused']);
    } finally {
      await strict.close();
    }
  });
});

describe('somebody the provider knows', () => {
  it('is signed in, linked by the verified address once, and known by the subject from then on', async () => {
    const first = await signsIn();
    expect(sent(first).slice(0, 2)).toEqual([303, '/']);
    expect((await memberOf(first).get('/api/v1/me')).body).toMatchObject({ member: { email } });
    expect(await identities()).toHaveLength(1);
    provider.people.set(`subject-${turn}`, { email: 'renamed@elsewhere.test', verified: false });
    expect(sent(await signsIn()).slice(0, 2)).toEqual([303, '/']);
    expect(await identities()).toHaveLength(1);
    const linked = await desk.sql("select 1 from audit_entry where action = 'auth.sso-linked' and target_id = $1", [ana.id]);
    expect(linked).toHaveLength(1);
  });

  it('goes there with state, nonce and PKCE, and a cookie for this site, ten minutes and no script', async () => {
    const answer = await request(desk.url).get(`/api/v1/auth/sso/${desk.owner.accountId}`);
    expect(ssoCookieOf(answer)).toEqual([
      expect.stringMatching(/^sotto_sso=[^;]+; Max-Age=600; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/),
    ]);
    const { origin, searchParams } = new URL(answer.headers.location ?? '');
    expect(origin).toBe(provider.issuer);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: CLIENT.clientId,
      redirect_uri: `${desk.url}${CALLBACK}`,
      response_type: 'code',
      scope: 'openid email',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  it('is sent back to the configured address, whatever the request says', async () => {
    const { location } = await leaves(desk.owner.accountId, { host: 'evil.test', 'x-forwarded-host': 'evil.test' });
    expect(new URL(location).searchParams.get('redirect_uri')).toBe(`${desk.url}${CALLBACK}`);
  });

  it('still has to show the second factor', async () => {
    const secret = await enrol(ana, desk.clock);
    const answer = await signsIn();
    expect(sent(answer).slice(0, 2)).toEqual([303, '/login']);
    const half = memberOf(answer);
    expect(outcome(await half.get('/api/v1/conversations'))).toEqual([401, 'auth.second-factor-required']);
    half.take(await half.post('/api/v1/auth/second-factor', { code: codeFor(secret, desk.clock) }));
    expect((await half.get('/api/v1/conversations')).status).toBe(200);
  });

  it('has to set one up where it is demanded', async () => {
    const admin = `admin${turn}@acme.test`;
    await addMember(desk, desk.owner.accountId, 'Ada', admin, 'admin');
    provider.people.set(`admin-${turn}`, { email: admin, verified: true });
    const answer = await signsIn(`admin-${turn}`);
    expect(sent(answer).slice(0, 2)).toEqual([303, '/login']);
    expect(outcome(await memberOf(answer).get('/api/v1/conversations'))).toEqual([403, 'auth.enrolment-required']);
  });

  it('is refused outside the allowlist', async () => {
    const { yourAddress } = (await desk.owner.get('/api/v1/settings/security')).body as SecuritySettings;
    const allow = (ranges: string[]) =>
      desk.owner.put('/api/v1/settings/security', {
        requireTwoFactor: false,
        ipAllowlist: ranges.map((range) => ({ range, label: '' })),
      });
    expect((await allow([yourAddress])).status).toBe(200);
    const away = await signsIn(undefined, { 'x-forwarded-for': '198.51.100.9' });
    expect(sent(away)).toEqual(FAILED);
    expect(sent(await signsIn()).slice(0, 2)).toEqual([303, '/']);
    expect((await allow([])).status).toBe(200);
  });
});

describe('somebody else', () => {
  it.each([
    ['whose address is not verified', () => ({ email, verified: false })],
    ['whose address is verified in words only', () => ({ email, verified: 'true' })],
    ['without an address', () => ({})],
    ['nobody knows here', () => ({ email: `nobody${turn}@acme.test`, verified: true })],
  ])('%s is not let in, and becomes no member', async (_, person) => {
    provider.people.set(`subject-${turn}`, person());
    const count = async () => (await desk.sql('select 1 from member')).length;
    const before = await count();
    expect(sent(await signsIn())).toEqual(FAILED);
    expect([await count(), await identities()]).toEqual([before, []]);
  });

  it('who is disabled is not let in, linked or not', async () => {
    expect(sent(await signsIn()).slice(0, 2)).toEqual([303, '/']);
    await desk.sql("update member set status = 'disabled' where id = $1", [ana.id]);
    expect(sent(await signsIn())).toEqual(FAILED);
    await desk.sql('delete from sso_identity where member_id = $1', [ana.id]);
    expect(sent(await signsIn())).toEqual(FAILED);
  });

  it('who was given a member’s address later is not that member', async () => {
    expect(sent(await signsIn()).slice(0, 2)).toEqual([303, '/']);
    provider.people.set(`heir-${turn}`, { email, verified: true });
    expect(sent(await signsIn(`heir-${turn}`))).toEqual(FAILED);
  });

  it('of another account is not let in through this one’s provider', async () => {
    await desk.makeAccount(`Rival ${turn}`, `owner@rival${turn}.test`);
    provider.people.set(`rival-${turn}`, { email: `owner@rival${turn}.test`, verified: true });
    expect(sent(await signsIn(`rival-${turn}`))).toEqual(FAILED);
    const methods = await request(desk.url).get('/api/v1/auth/methods');
    expect(methods.body).toEqual({ sso: [] });
  });

  it('finds no provider of an account that has none or is not there', async () => {
    const other = await desk.makeAccount(`Other ${turn}`, `owner@other${turn}.test`);
    for (const id of [other.owner.accountId, '0198a000-0000-7000-8000-000000000000']) {
      const answer = await request(desk.url).get(`/api/v1/auth/sso/${id}`);
      expect([sent(answer), ssoCookieOf(answer)]).toEqual([FAILED, []]);
    }
  });
});

describe('a return', () => {
  it('works once', async () => {
    const { cookie, location } = await leaves();
    const url = await signsInThere(location, `subject-${turn}`);
    const first = await returns(url, cookie);
    expect(sent(first).slice(0, 2)).toEqual([303, '/']);
    expect(ssoCookieOf(first)).toEqual([expect.stringMatching(/^sotto_sso=;.*1970/)]);
    expect(sent(await returns(url, cookie))).toEqual(FAILED);
  });

  it('needs the browser that left', async () => {
    const [mine, theirs] = [await leaves(), await leaves()];
    const url = await signsInThere(mine.location, `subject-${turn}`);
    expect(sent(await returns(url, ''))).toEqual(FAILED);
    expect(sent(await returns(url, theirs.cookie))).toEqual(FAILED);
    expect(sent(await returns(url, changed(mine.cookie)))).toEqual(FAILED);
    expect(sent(await returns(url, 'sotto_sso=null'))).toEqual(FAILED);
    expect(sent(await returns(url, `sotto_sso=${desk.owner.accountId}.`))).toEqual(FAILED);
    // None of that has used it up.
    expect(sent(await returns(url, mine.cookie)).slice(0, 2)).toEqual([303, '/']);
  });

  it.each([
    ['another state', (url: URL) => url.searchParams.set('state', 'x'.repeat(43))],
    ['no state', (url: URL) => url.searchParams.delete('state')],
    ['two states', (url: URL) => url.searchParams.append('state', 'x')],
    ['another code', (url: URL) => url.searchParams.set('code', 'x'.repeat(43))],
    ['no code', (url: URL) => url.searchParams.delete('code')],
    ['another issuer, as after a mix-up', (url: URL) => url.searchParams.set('iss', 'https://evil.test')],
    ['no issuer from a provider that says it names itself', (url: URL) => url.searchParams.delete('iss')],
    ['a refusal', (url: URL) => url.searchParams.set('error', 'access_denied')],
  ])('with %s is refused', async (_, change) => {
    const { cookie, location } = await leaves();
    const url = await signsInThere(location, `subject-${turn}`);
    change(url);
    expect(sent(await returns(url, cookie))).toEqual(FAILED);
  });

  it('after ten minutes is refused', async () => {
    const { cookie, location } = await leaves();
    const url = await signsInThere(location, `subject-${turn}`);
    desk.clock.advance(FLOW_MINUTES + 1_000);
    expect(sent(await returns(url, cookie))).toEqual(FAILED);
    desk.clock.advance(-FLOW_MINUTES - 1_000);
  });

  it('to a provider that has been switched off meanwhile is refused', async () => {
    const { cookie, location } = await leaves();
    const url = await signsInThere(location, `subject-${turn}`);
    desk.owner = await desk.logsIn();
    expect((await saves({ enabled: false })).status).toBe(200);
    expect(sent(await returns(url, cookie))).toEqual(FAILED);
    expect((await saves({})).status).toBe(200);
  });

  it('that is refused is written down without saying of whom', async () => {
    const { cookie } = await leaves();
    await returns(`${CALLBACK}?code=x&state=y`, cookie);
    const [entry] = await desk.sql<{ data: string; target: string | null }>(
      "select data, target_id as target from audit_entry where action = 'auth.failed' order by seq desc limit 1",
    );
    expect(entry).toEqual({ data: '{"by":"sso","reason":"provider"}', target: null });
  });
});

describe('an ID token', () => {
  let forger: ForgingProvider;
  beforeAll(async () => {
    desk.owner = await desk.logsIn();
    forger = await startForger({ sub: 'forged', email: 'forged@acme.test', email_verified: true });
    await addMember(desk, desk.owner.accountId, 'Fay', 'forged@acme.test', 'agent');
    expect((await saves({ issuer: forger.issuer })).status).toBe(200);
  });
  afterAll(() => forger.stop());

  const comesBackWith = async (forgery: Forgery): Promise<Response> => {
    const { cookie, location } = await leaves();
    const { searchParams } = new URL(location);
    forger.expect(searchParams.get('nonce') ?? '');
    forger.forge(forgery);
    return returns(`${CALLBACK}?code=any&state=${searchParams.get('state')}`, cookie);
  };

  it('that is right lets in', async () => {
    expect(sent(await comesBackWith({})).slice(0, 2)).toEqual([303, '/']);
  });

  it('lets in once, even where the provider takes a code twice', async () => {
    const { cookie, location } = await leaves();
    const { searchParams } = new URL(location);
    forger.expect(searchParams.get('nonce') ?? '');
    forger.forge({});
    const back = `${CALLBACK}?code=any&state=${searchParams.get('state')}`;
    const answers = await Promise.all([returns(back, cookie), returns(back, cookie), returns(back, cookie)]);
    expect(answers.filter((answer) => sessionCookieOf(answer) !== undefined)).toHaveLength(1);
    expect(sent(await returns(back, cookie))).toEqual(FAILED);
  });

  it.each<[string, Forgery]>([
    ['signed by a stranger', { signedBy: 'stranger' }],
    ['not signed', { header: { alg: 'none' }, signedBy: 'nobody' }],
    ['without its signature', { signedBy: 'nobody' }],
    ['signed with the client’s secret', { header: { alg: 'HS256' }, signedBy: 'secret' }],
    ['signed with the public key as a secret', { header: { alg: 'HS256' }, signedBy: 'public-key' }],
    ['of a key nobody has published', { header: { kid: 'other' }, signedBy: 'stranger' }],
    ['for another client', { claims: { aud: 'another' } }],
    ['of another issuer', { claims: { iss: 'https://evil.test' } }],
    ['of another sign-in', { claims: { nonce: 'x'.repeat(43) } }],
    ['of no sign-in', { claims: { nonce: undefined } }],
    ['that has expired', { claims: { iat: 1_000_000_000, exp: 1_000_000_300 } }],
    ['of nobody', { claims: { sub: undefined } }],
  ])('%s is refused', async (_, forgery) => {
    expect(sent(await comesBackWith(forgery))).toEqual(FAILED);
  });
});

describe('removing the provider', () => {
  it('forgets who is who there', async () => {
    desk.owner = await desk.logsIn();
    expect((await desk.owner.delete(SSO)).status).toBe(204);
    expect(await desk.sql('select 1 from sso_identity')).toEqual([]);
    expect((await desk.owner.get(SSO)).body).toMatchObject({ enabled: false, hasSecret: false, clientId: '' });
    expect(sent(await request(desk.url).get(`/api/v1/auth/sso/${desk.owner.accountId}`))).toEqual(FAILED);
  });
});
