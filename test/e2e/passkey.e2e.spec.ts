import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import type { RecoveryCodes, SecondFactorState } from '@sotto/protocol';
import { Authenticator, type Asked, type Forgery } from '../support/authenticator.js';
import { contentOf } from '../support/content.js';
import { PASSWORD, aDesk, type Desk } from '../support/desk.js';
import { mailTo } from '../support/mail.js';
import { Caller, newClientId, type Member } from '../support/people.js';
import { UNLIMITED, addMember } from '../support/scene.js';
import { enrol } from '../support/second-factor.js';

const MINUTE = 60_000;

let desk: Desk;
let turn = 0;
beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
});
afterAll(() => desk.close());

const got = (answer: Response) => `${answer.status} ${(answer.body as { code?: string }).code ?? ''}`.trim();
const stateOf = async (member: Member) => (await member.get('/api/v1/second-factor')).body as SecondFactorState;
const stillIn = async (member: Member) => (await member.get('/api/v1/me')).status === 200;
const askedBy = async (member: Member, path: string) => {
  const answer = await member.post(path);
  expect(got(answer)).toBe('200');
  return answer.body as Asked;
};
const toAdd = (member: Member) => askedBy(member, '/api/v1/second-factor/passkeys/options');
const toSignIn = (member: Member) => askedBy(member, '/api/v1/auth/second-factor/passkey/options');
const toStepUp = (member: Member) => askedBy(member, '/api/v1/auth/step-up/passkey/options');
const adds = (member: Member, response: unknown, name = 'Blue key') => member.post('/api/v1/second-factor/passkeys', { name, response });
const signsIn = (member: Member, response: unknown) => member.post('/api/v1/auth/second-factor/passkey', { response });
const provesIt = (member: Member, response: unknown) => member.post('/api/v1/auth/step-up/passkey', { response });

async function somebody(role: 'admin' | 'agent' = 'agent') {
  turn += 1;
  const email = `somebody${turn}@acme.test`;
  return { email, member: await addMember(desk, desk.owner.accountId, `Somebody ${turn}`, email, role) };
}

/** Somebody whose only second factor is a passkey. */
async function holder(role: 'admin' | 'agent' = 'agent', counts = true) {
  const { email, member } = await somebody(role);
  const passkey = new Authenticator(desk.url, counts);
  const added = await adds(member, passkey.create(await toAdd(member)));
  expect(got(added)).toBe('201');
  member.take(added);
  return { email, member, passkey, recoveryCodes: (added.body as RecoveryCodes).recoveryCodes ?? [] };
}

const acts = async (memberId: string) =>
  (await desk.sql<{ action: string }>('select action from audit_entry where actor_id = $1 order by seq', [memberId])).map(
    ({ action }) => action,
  );

describe('adding a passkey', () => {
  it('makes it a second factor, with recovery codes where it is the first', async () => {
    const { email, member, recoveryCodes } = await holder();
    expect(recoveryCodes).toHaveLength(10);
    const state = await stateOf(member);
    expect(state).toMatchObject({ totp: false, recoveryCodesLeft: 10, passkeys: [{ name: 'Blue key', lastUsedAt: null }] });
    expect(await acts(member.id)).toContain('second-factor.passkey-added');
    await mailTo(desk, email, /passkey/i);
    const second = await adds(member, new Authenticator(desk.url).create(await toAdd(member)), 'Red key');
    expect([second.status, second.body]).toEqual([201, { recoveryCodes: null }]);
    expect((await stateOf(member)).passkeys.map(({ name }) => name)).toEqual(['Blue key', 'Red key']);
  });

  it('asks for one of this server, and not for one that is here already', async () => {
    const { email, member, passkey } = await holder();
    const asked = await toAdd(member);
    expect(asked).toMatchObject({
      rp: { name: 'Sotto', id: 'localhost' },
      user: { name: email },
      attestation: 'none',
      authenticatorSelection: { userVerification: 'preferred' },
      excludeCredentials: [{ id: passkey.id.toString('base64url') }],
    });
    expect(Buffer.from(asked.challenge, 'base64url').length).toBeGreaterThanOrEqual(32);
    expect(got(await adds(member, passkey.create(asked)))).toBe('400 input.invalid');
  });

  it('ends the member’s other sessions', async () => {
    const { email, member } = await somebody();
    const elsewhere = await desk.logsIn(email);
    await adds(member, new Authenticator(desk.url).create(await toAdd(member)));
    expect([await stillIn(member), await stillIn(elsewhere)]).toEqual([true, false]);
  });

  it('completes the sign-in of somebody who must have a second factor first, under a new token', async () => {
    const { member } = await somebody('admin');
    const old = new Caller(desk.url, { ...member.headers });
    expect(got(await member.get('/api/v1/members'))).toBe('403 auth.enrolment-required');
    member.take(await adds(member, new Authenticator(desk.url).create(await toAdd(member))));
    expect(got(await member.get('/api/v1/members'))).toBe('200');
    expect(got(await old.get('/api/v1/members'))).toBe('401 auth.required');
  });

  it('takes the authenticator’s own word, and none of a certificate', async () => {
    const { member } = await somebody();
    expect(got(await adds(member, new Authenticator(desk.url).create(await toAdd(member), { attestation: 'certificate' })))).toBe(
      '400 input.invalid',
    );
    expect(got(await adds(member, new Authenticator(desk.url).create(await toAdd(member), { attestation: 'self' })))).toBe('201');
  });

  it.each<[string, Forgery]>([
    ['of another origin', { origin: 'https://evil.example' }],
    ['of an origin that begins alike', { origin: 'http://localhost.evil.example' }],
    ['of another port', { origin: 'http://localhost:1' }],
    ['of another server', { rpId: 'evil.example' }],
    ['to another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['that was meant for signing in', { type: 'webauthn.get' }],
    ['without anybody present', { flags: 0 }],
  ])('refuses an answer %s', async (_, forgery) => {
    const { member } = await somebody();
    expect(got(await adds(member, new Authenticator(desk.url).create(await toAdd(member), forgery)))).toBe('400 input.invalid');
    expect((await stateOf(member)).passkeys).toEqual([]);
  });

  it.each<[string, (asked: Asked, key: Authenticator) => unknown]>([
    ['nothing', () => ({})],
    ['no object', () => 'response'],
    ['an empty response', (asked, key) => ({ ...key.create(asked), response: {} })],
    ['CBOR that ends early', (asked, key) => withObject(key.create(asked), (object) => object.subarray(0, 40))],
    ['CBOR that nests without end', (asked, key) => withObject(key.create(asked), () => Buffer.alloc(45_000, 0x81))],
    ['CBOR that claims to be huge', (asked, key) => withObject(key.create(asked), () => Buffer.from('bb7fffffffffffffff', 'hex'))],
    ['no base64', (asked, key) => ({ ...key.create(asked), response: { attestationObject: '§', clientDataJSON: '§' } })],
    ['keys of a prototype', (asked, key) => ({ ...key.create(asked), response: { ['__proto__']: { a: 1 }, constructor: 1 } })],
  ])('refuses %s', async (_, answer) => {
    const { member } = await somebody();
    expect(got(await adds(member, answer(await toAdd(member), new Authenticator(desk.url))))).toBe('400 input.invalid');
    expect(await stillIn(member)).toBe(true);
  });

  it('takes each challenge once, from the session that asked, for five minutes', async () => {
    const { email, member } = await somebody();
    const asked = await toAdd(member);
    expect(got(await adds(member, new Authenticator(desk.url).create(asked, { rpId: 'evil.example' })))).toBe('400 input.invalid');
    expect(got(await adds(member, new Authenticator(desk.url).create(asked)))).toBe('400 input.invalid');
    const elsewhere = await desk.logsIn(email);
    expect(got(await adds(elsewhere, new Authenticator(desk.url).create(await toAdd(member))))).toBe('400 input.invalid');
    const late = await toAdd(member);
    desk.clock.advance(5 * MINUTE + 1_000);
    expect(got(await adds(member, new Authenticator(desk.url).create(late)))).toBe('400 input.invalid');
  });

  it('takes a fresh proof, for which a challenge is none', async () => {
    const { member } = await holder();
    desk.clock.advance(11 * MINUTE);
    expect(got(await member.post('/api/v1/second-factor/passkeys/options'))).toBe('403 step-up.required');
    const asked = await toStepUp(member);
    expect(got(await adds(member, new Authenticator(desk.url).create({ ...asked, rp: { id: 'localhost' } })))).toBe('403 step-up.required');
  });

  it('keeps its name readable for the member only', async () => {
    const { member, passkey } = await holder();
    const [row] = await desk.sql<{ row: string }>('select to_jsonb(p)::text as row from passkey p where member_id = $1', [member.id]);
    expect(row?.row).toContain(passkey.id.toString('base64url'));
    expect([row?.row.includes('Blue'), row?.row.includes(Buffer.from('Blue').toString('hex'))]).toEqual([false, false]);
    expect(row?.row).not.toContain('carrier-pigeon');
  });
});

describe('signing in with a passkey', () => {
  it('is offered, and lets in under a new token', async () => {
    const { email, member, passkey } = await holder();
    const half = await desk.logsIn(email);
    expect((await half.get('/api/v1/auth/state')).body).toEqual({ stage: 'second-factor', secondFactor: ['passkey', 'recovery'] });
    const asked = await toSignIn(half);
    expect(asked).toMatchObject({
      rpId: 'localhost',
      userVerification: 'preferred',
      allowCredentials: [{ id: passkey.id.toString('base64url') }],
    });
    const old = new Caller(desk.url, { ...half.headers });
    const finished = await signsIn(half, passkey.get(asked));
    expect(finished.body).toMatchObject({ member: { email } });
    expect([await stillIn(half.take(finished)), got(await old.get('/api/v1/me'))]).toEqual([true, '401 auth.required']);
    expect((await stateOf(member)).passkeys[0]?.lastUsedAt).not.toBeNull();
    expect((await acts(member.id)).filter((action) => action === 'auth.logged-in')).toHaveLength(2);
  });

  it.each<[string, Forgery]>([
    ['of another origin', { origin: 'https://evil.example' }],
    ['of another server', { rpId: 'evil.example' }],
    ['to another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['that was meant for adding', { type: 'webauthn.create' }],
    ['without anybody present', { flags: 0 }],
    ['with a changed signature', { tampered: true }],
    ['whose counter stands still', { counter: 1 }],
    ['whose counter went back', { counter: 0 }],
    ['under an id nobody has', { id: Buffer.alloc(32).toString('base64url') }],
  ])('refuses an answer %s', async (_, forgery) => {
    const { email, member, passkey } = await holder();
    const half = await desk.logsIn(email);
    expect(got(await signsIn(half, passkey.get(await toSignIn(half), forgery)))).toBe('401 auth.code-wrong');
    expect(got(await half.get('/api/v1/me'))).toBe('401 auth.second-factor-required');
    expect((await acts(member.id)).at(-1)).toBe('auth.code-wrong');
    expect(got(await signsIn(half, passkey.get(await toSignIn(half), { counter: 100 })))).toBe('200');
  });

  it('refuses a colleague’s passkey', async () => {
    const [ana, ben] = [await holder(), await holder()];
    const half = await desk.logsIn(ana.email);
    expect(got(await signsIn(half, ben.passkey.get(await toSignIn(half))))).toBe('401 auth.code-wrong');
    const borrowed = ben.passkey.get(await toSignIn(half), { id: ana.passkey.id.toString('base64url') });
    expect(got(await signsIn(half, borrowed))).toBe('401 auth.code-wrong');
  });

  it('takes each challenge once, right or wrong, for five minutes', async () => {
    const { email, passkey } = await holder();
    const half = await desk.logsIn(email);
    const asked = await toSignIn(half);
    expect(got(await signsIn(half, passkey.get(asked, { tampered: true })))).toBe('401 auth.code-wrong');
    expect(got(await signsIn(half, passkey.get(asked)))).toBe('401 auth.code-wrong');
    const late = await toSignIn(half);
    desk.clock.advance(5 * MINUTE + 1_000);
    expect(got(await signsIn(half, passkey.get(late)))).toBe('401 auth.code-wrong');
  });

  it('lets an answer in once among many at once', async () => {
    const { email, passkey } = await holder();
    const half = await desk.logsIn(email);
    const answer = passkey.get(await toSignIn(half));
    const answers = await Promise.all(Array.from({ length: 10 }, () => signsIn(half, answer)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('works with authenticators that do not count', async () => {
    const { email, passkey } = await holder('agent', false);
    for (let again = 0; again < 2; again += 1) {
      const half = await desk.logsIn(email);
      expect(got(await signsIn(half, passkey.get(await toSignIn(half))))).toBe('200');
    }
  });

  it('ends the sign-in with the fifth wrong answer', async () => {
    const { email, passkey } = await holder();
    const half = await desk.logsIn(email);
    for (let tried = 0; tried < 5; tried += 1)
      expect(got(await signsIn(half, passkey.get(await toSignIn(half), { tampered: true })))).toBe('401 auth.code-wrong');
    expect(got(await half.post('/api/v1/auth/second-factor/passkey/options'))).toBe('401 auth.required');
  });

  it('is not offered to whoever has none', async () => {
    const { email, member } = await somebody();
    const secret = await enrol(member, desk.clock);
    const half = await desk.logsIn(email);
    expect(got(await half.post('/api/v1/auth/second-factor/passkey/options'))).toBe('409 second-factor.needed');
    expect(await stillIn(await desk.logsIn(email, PASSWORD, { secret }))).toBe(true);
  });
});

describe('proving again with a passkey', () => {
  it('is good for ten minutes', async () => {
    const { member, passkey } = await holder();
    desk.clock.advance(11 * MINUTE);
    expect((await member.get('/api/v1/auth/step-up')).body).toEqual({ until: null, methods: ['passkey', 'recovery'] });
    const proved = await provesIt(member, passkey.get(await toStepUp(member)));
    expect(new Date((proved.body as { until: string }).until).getTime() - desk.clock.now().getTime()).toBeGreaterThan(9 * MINUTE);
    expect(got(await member.post('/api/v1/second-factor/recovery-codes'))).toBe('200');
    expect(await acts(member.id)).toContain('auth.stepped-up');
  });

  it('refuses a forged answer', async () => {
    const { member, passkey } = await holder();
    desk.clock.advance(11 * MINUTE);
    expect(got(await provesIt(member, passkey.get(await toStepUp(member), { tampered: true })))).toBe('401 auth.code-wrong');
    expect((await member.get('/api/v1/auth/step-up')).body).toMatchObject({ until: null });
  });
});

describe('removing a passkey', () => {
  const remove = (by: Member, id: string) => by.delete(`/api/v1/second-factor/passkeys/${id}`);
  const first = async (member: Member) => (await stateOf(member)).passkeys[0]?.id ?? '';

  it('takes a fresh proof, and with the last one the recovery codes go', async () => {
    const { email, member, passkey } = await holder();
    const elsewhere = await desk.logsIn(email);
    const id = await first(member);
    desk.clock.advance(11 * MINUTE);
    expect(got(await remove(member, id))).toBe('403 step-up.required');
    await provesIt(member, passkey.get(await toStepUp(member)));
    expect(got(await remove(member, id))).toBe('204');
    expect(await stateOf(member)).toEqual({ totp: false, recoveryCodesLeft: 0, passkeys: [] });
    expect(got(await elsewhere.get('/api/v1/auth/state'))).toBe('200');
    expect((await elsewhere.get('/api/v1/auth/state')).body).toEqual({ stage: null, secondFactor: [] });
    expect(await stillIn(await desk.logsIn(email))).toBe(true);
    expect(await acts(member.id)).toContain('second-factor.passkey-removed');
  });

  it('is refused for the last one where one is demanded, and nothing changes', async () => {
    const { member } = await holder('admin');
    const id = await first(member);
    const before = await stateOf(member);
    expect(got(await remove(member, id))).toBe('409 second-factor.needed');
    expect(await stateOf(member)).toEqual(before);
    await enrol(member, desk.clock);
    expect(got(await remove(member, id))).toBe('204');
    expect(await stateOf(member)).toMatchObject({ totp: true, recoveryCodesLeft: 10 });
  });

  it('leaves one of two that are removed at once', async () => {
    const { member } = await holder('admin');
    await enrol(member, desk.clock);
    for (let round = 0; round < 10; round += 1) {
      const id = await first(member);
      const answers = await Promise.all([remove(member, id), member.delete('/api/v1/second-factor/totp')]);
      expect(answers.map(({ status }) => String(status)).sort()).toEqual(['204', '409']);
      const { totp, passkeys } = await stateOf(member);
      expect(Number(totp) + passkeys.length).toBe(1);
      if (totp) await adds(member, new Authenticator(desk.url).create(await toAdd(member)));
      else await enrol(member, desk.clock);
    }
  });

  it('finds nobody else’s', async () => {
    const [ana, ben] = [await holder(), await holder()];
    const other = await desk.makeAccount(`Other ${turn}`, `owner${turn}@other.test`);
    const id = await first(ben.member);
    const before = await contentOf(desk);
    expect(got(await remove(ana.member, id))).toBe('404 not-found');
    expect(got(await remove(other.owner, id))).toBe('404 not-found');
    expect(got(await remove(ana.member, newClientId()))).toBe('404 not-found');
    expect({ ...(await contentOf(desk)), 'public.mail_outbox': '' }).toEqual({ ...before, 'public.mail_outbox': '' });
  });
});

function withObject(answer: Record<string, unknown>, change: (object: Buffer) => Buffer): Record<string, unknown> {
  const response = answer.response as { attestationObject: string };
  const object = change(Buffer.from(response.attestationObject, 'base64url'));
  return { ...answer, response: { ...response, attestationObject: object.toString('base64url') } };
}
