import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import type { StepUpState } from '@sotto/protocol';
import { PASSWORD, aDesk, type Desk } from '../support/desk.js';
import { mailTo } from '../support/mail.js';
import { Caller, newClientId } from '../support/people.js';
import { routesOf } from '../support/router.js';
import { UNLIMITED, addMember } from '../support/scene.js';
import { codeFor, enrolment, stepsUp } from '../support/second-factor.js';

const MINUTE = 60_000;

let desk: Desk;
let ownerSecret: string;
let turn = 0;
beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
  ownerSecret = (await enrolment(desk.owner, desk.clock)).secret;
});
afterAll(() => desk.close());

const got = (answer: Response) => `${answer.status} ${(answer.body as { code?: string }).code ?? ''}`.trim();
const stateOf = async (member: Caller) => (await member.get('/api/v1/auth/step-up')).body as StepUpState;
const proves = (member: Caller, proof: object) => member.post('/api/v1/auth/step-up', proof);
const remaining = ({ until }: StepUpState) => (until === null ? 0 : new Date(until).getTime() - desk.clock.now().getTime());
const acts = (memberId: string) =>
  desk.sql<{ action: string; data: string }>('select action, data::text from audit_entry where actor_id = $1 order by seq', [memberId]);

async function somebody() {
  turn += 1;
  const email = `somebody${turn}@acme.test`;
  return { email, member: await addMember(desk, desk.owner.accountId, `Somebody ${turn}`, email, 'agent') };
}
async function enrolled() {
  const { email, member } = await somebody();
  return { email, member, ...(await enrolment(member, desk.clock)) };
}

describe('a proof', () => {
  it('is fresh for ten minutes after signing in, and not a second longer', async () => {
    const { member } = await somebody();
    const state = await stateOf(member);
    expect(state.methods).toEqual(['password']);
    expect(remaining(state)).toBeGreaterThan(9 * MINUTE);
    expect(remaining(state)).toBeLessThanOrEqual(10 * MINUTE);
    desk.clock.advance(remaining(state));
    expect(await stateOf(member)).toEqual({ until: null, methods: ['password'] });
  });

  it('is asked for by every route that says so', async () => {
    const owner = await desk.logsIn('owner@acme.test', PASSWORD, { secret: ownerSecret });
    desk.clock.advance(11 * MINUTE);
    const asking = routesOf(desk.app).filter(({ stepUp }) => stepUp);
    expect(asking.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'DELETE /api/v1/members/:id/second-factor',
        'DELETE /api/v1/second-factor/passkeys/:id',
        'DELETE /api/v1/second-factor/totp',
        'POST /api/v1/second-factor/passkeys',
        'POST /api/v1/second-factor/passkeys/options',
        'POST /api/v1/second-factor/recovery-codes',
        'POST /api/v1/second-factor/totp',
        'PUT /api/v1/settings/security',
      ]),
    );
    const faults: string[] = [];
    for (const { name, method, path } of asking) {
      const answer = await owner.send(method, path.replaceAll(/:\w+/g, newClientId()));
      if (got(answer) !== '403 step-up.required') faults.push(`${name}: ${got(answer)}`);
    }
    expect(faults).toEqual([]);
    expect(got(await owner.get('/api/v1/second-factor'))).toBe('200');
  });

  it('is good in the session that gave it only', async () => {
    const { email, member, secret } = await enrolled();
    const elsewhere = await desk.logsIn(email, PASSWORD, { secret });
    desk.clock.advance(11 * MINUTE);
    await stepsUp(member, desk.clock, secret);
    expect(remaining(await stateOf(member))).toBeGreaterThan(9 * MINUTE);
    expect(await stateOf(elsewhere)).toMatchObject({ until: null });
    expect(got(await elsewhere.post('/api/v1/second-factor/recovery-codes'))).toBe('403 step-up.required');
    expect(got(await member.post('/api/v1/second-factor/recovery-codes'))).toBe('200');
  });

  it('is given by nobody who is half in, a visitor or nobody', async () => {
    const { email, secret } = await enrolled();
    const half = await desk.logsIn(email);
    const [visitor, nobody] = [await desk.visitor(), new Caller(desk.url, { origin: desk.url })];
    const code = codeFor(secret, desk.clock);
    const answers: string[] = [];
    for (const who of [half, visitor, nobody]) answers.push(got(await proves(who, { code })));
    expect(answers).toEqual(['401 auth.second-factor-required', '403 permission.denied', '401 auth.required']);
    expect(got(await half.post('/api/v1/auth/second-factor', { code }))).toBe('200');
  });

  it('is not taken from another page', async () => {
    const { member } = await somebody();
    const foreign = await member.send('post', '/api/v1/auth/step-up', { password: PASSWORD }, { origin: 'https://evil.example' });
    expect(got(foreign)).toBe('403 origin.refused');
  });
});

describe('the password', () => {
  it('proves it for whoever has no second factor', async () => {
    const { member } = await somebody();
    desk.clock.advance(11 * MINUTE);
    expect(got(await proves(member, { password: 'wrong' }))).toBe('401 auth.failed');
    expect(await stateOf(member)).toMatchObject({ until: null });
    const proved = await proves(member, { password: PASSWORD });
    expect(remaining(proved.body as StepUpState)).toBeGreaterThan(9 * MINUTE);
    expect((await acts(member.id)).map(({ action }) => action).slice(-2)).toEqual(['auth.failed', 'auth.stepped-up']);
  });

  it('proves nothing for whoever has one', async () => {
    const { member } = await enrolled();
    desk.clock.advance(11 * MINUTE);
    expect(got(await proves(member, { password: PASSWORD }))).toBe('409 second-factor.needed');
    expect(got(await proves(member, { password: 'wrong' }))).toBe('409 second-factor.needed');
    expect(await stateOf(member)).toEqual({ until: null, methods: ['totp', 'recovery'] });
  });

  it.each([
    ['nothing', {}],
    ['both', { password: PASSWORD, code: '123456' }],
    ['a further field', { password: PASSWORD, until: '2099-01-01T00:00:00.000Z' }],
    ['a list', { password: [PASSWORD] }],
    ['no text', { password: null }],
  ])('is refused with %s', async (_, proof) => {
    const { member } = await somebody();
    desk.clock.advance(11 * MINUTE);
    expect(got(await proves(member, proof))).toBe('400 input.invalid');
    expect(await stateOf(member)).toMatchObject({ until: null });
  });
});

describe('a code', () => {
  it('proves it once, and is then used for signing in as well', async () => {
    const { email, member, secret } = await enrolled();
    desk.clock.advance(11 * MINUTE);
    const code = codeFor(secret, desk.clock);
    expect(got(await proves(member, { code }))).toBe('200');
    expect(got(await proves(member, { code }))).toBe('401 auth.code-wrong');
    expect(got(await (await desk.logsIn(email)).post('/api/v1/auth/second-factor', { code }))).toBe('401 auth.code-wrong');
  });

  it('of paper proves it once, and is told', async () => {
    const { email, member, recoveryCodes } = await enrolled();
    desk.clock.advance(11 * MINUTE);
    const [code = ''] = recoveryCodes;
    expect(got(await proves(member, { code }))).toBe('200');
    expect(got(await proves(member, { code }))).toBe('401 auth.code-wrong');
    const used = (await acts(member.id)).find(({ action }) => action === 'second-factor.recovery-used');
    expect(JSON.parse(used?.data ?? '{}')).toEqual({ left: 9 });
    await mailTo(desk, email, /recovery/i);
  });

  it('proves nothing for whoever has no app', async () => {
    const { member } = await somebody();
    expect(got(await proves(member, { code: '123456' }))).toBe('401 auth.code-wrong');
  });
});

describe('wrong proofs', () => {
  it('are counted before they are checked; the fifth ends the session, and no other', async () => {
    const { email, member } = await somebody();
    const [elsewhere, live] = [await desk.logsIn(email), await member.connects()];
    const answers = await Promise.all(Array.from({ length: 40 }, (_, guess) => proves(member, { password: `guess ${guess}` })));
    expect(answers.filter((answer) => got(answer) === '401 auth.failed')).toHaveLength(5);
    await live.until(() => live.of('disconnect').length > 0, 'the end of the socket');
    expect(got(await member.get('/api/v1/me'))).toBe('401 auth.required');
    expect(got(await elsewhere.get('/api/v1/me'))).toBe('200');
    expect(got(await proves(elsewhere, { password: PASSWORD }))).toBe('429 rate.limited');
  });

  it('leave signing in alone, as wrong codes there leave this alone', async () => {
    const { email, member, secret } = await enrolled();
    for (let tried = 0; tried < 5; tried += 1) expect(got(await proves(member, { code: 'A'.repeat(16) }))).toBe('401 auth.code-wrong');
    const back = await desk.logsIn(email, PASSWORD, { secret });
    expect(got(await back.get('/api/v1/me'))).toBe('200');
  });

  it('of many members do not add up', async () => {
    for (const { member } of [await somebody(), await somebody(), await somebody()]) {
      for (let tried = 0; tried < 3; tried += 1) expect(got(await proves(member, { password: 'wrong' }))).toBe('401 auth.failed');
      expect(got(await proves(member, { password: PASSWORD }))).toBe('200');
    }
  });
});
