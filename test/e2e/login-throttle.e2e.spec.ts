import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request, { type Response } from 'supertest';
import { KnownDevices } from '@sotto/access';
import { MembersService } from '@sotto/accounts';
import { connectRedis } from '@sotto/platform';
import { databaseKind } from '../support/database.js';
import { PASSWORD, aDesk, type Desk } from '../support/desk.js';
import { codeFor, enrol } from '../support/second-factor.js';
import { startRedis } from '../support/redis.js';
import { addMember } from '../support/scene.js';

const POINTS = 3;
const AN_HOUR = POINTS * 10;
const HOUR = 60 * 60_000;

let desk: Desk;
let turn = 0;
beforeAll(async () => {
  desk = await aDesk({ env: { SOTTO_LOGIN_ATTEMPTS_PER_MINUTE: String(POINTS), SOTTO_TRUSTED_PROXIES: '1' } });
});
afterAll(() => desk.close());

const codeOf = (answer: Response) => (answer.body as { code?: string }).code;
const outcome = (answer: Response) => [answer.status, codeOf(answer)];
const cookieOf = (answer: Response, name: string) =>
  ([] as string[])
    .concat((answer.headers['set-cookie'] as unknown as string[] | undefined) ?? [])
    .map((cookie) => cookie.split(';')[0] ?? '')
    .find((pair) => pair.startsWith(`${name}=`));

/** An address nobody else in this file comes from, for each test uses tries up. */
const somewhere = () => {
  turn += 1;
  return `198.51.${Math.floor(turn / 250)}.${(turn % 250) + 1}`;
};
const from = (address: string, email: string, password: string, cookie?: string) =>
  request(desk.url)
    .post('/api/v1/auth/login')
    .set('x-forwarded-for', address)
    .set(cookie === undefined ? {} : { cookie })
    .send({ email, password });
/** Somebody of their own, and a browser they have signed in with. */
async function somebody(): Promise<{ email: string; device: string }> {
  turn += 1;
  const email = `agent${turn}@acme.test`;
  const { accountId } = desk.owner;
  const members = desk.app.get(MembersService);
  await desk.database.in(accountId, (tx) => members.add(tx, { accountId, name: 'Ana', email, password: PASSWORD, role: 'agent' }));
  return { email, device: cookieOf(await from(somewhere(), email, PASSWORD), 'sotto_device') ?? '' };
}

describe('guesses', () => {
  it('of 200 at once, as many are answered as the limit lets', async () => {
    const { email } = await somebody();
    const address = somewhere();
    const answers = await Promise.all(Array.from({ length: 200 }, (_, guess) => from(address, email, `guess ${guess}`)));
    const counted = Map.groupBy(answers, ({ status }) => status);
    expect(new Set(counted.keys())).toEqual(new Set([401, 429]));
    expect(counted.get(401)).toHaveLength(POINTS);
  });

  it('of one network of IPv6 count together, and those of the next one apart', async () => {
    const { email } = await somebody();
    const answers: number[] = [];
    for (const host of ['::1', '::2', ':ffff:ffff:ffff:ffff', '::4'])
      answers.push((await from(`2001:db8:1:1${host}`, email, 'wrong')).status);
    expect(answers).toEqual([401, 401, 401, 429]);
    expect((await from('2001:db8:1:2::1', email, 'wrong')).status).toBe(401);
  });

  it('from many addresses end at an hour’s share, right ones among them; the member’s own browser still gets in', async () => {
    const { email, device } = await somebody();
    const answers = await Promise.all(Array.from({ length: AN_HOUR + 10 }, () => from(somewhere(), email, 'wrong')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(AN_HOUR);
    expect(outcome(await from(somewhere(), email, PASSWORD))).toEqual([429, 'rate.limited']);
    expect((await from(somewhere(), email, PASSWORD, device)).status).toBe(200);
    // Of no use for anybody else.
    const other = await somebody();
    await Promise.all(Array.from({ length: AN_HOUR }, () => from(somewhere(), other.email, 'wrong')));
    expect((await from(somewhere(), other.email, PASSWORD, device)).status).toBe(429);
  });

  it('do not add up when they are right', async () => {
    const { email } = await somebody();
    for (let login = 0; login < AN_HOUR + 2; login += 1) {
      const answer = await from(somewhere(), email, PASSWORD);
      expect([login, answer.status]).toEqual([login, 200]);
    }
  });

  it('of a known browser have a limit of their own', async () => {
    const { email, device } = await somebody();
    const answers: number[] = [];
    for (let guess = 0; guess <= POINTS * 3; guess += 1) answers.push((await from(somewhere(), email, 'wrong', device)).status);
    expect(answers).toEqual([...Array<number>(POINTS * 3).fill(401), 429]);
  });

  it('of an address nobody has are refused like those of a member', async () => {
    const [{ email }, nobody] = [await somebody(), `nobody${turn}@acme.test`];
    const statuses = async (login: string) => {
      const address = somewhere();
      const answers: unknown[] = [];
      for (let guess = 0; guess <= POINTS; guess += 1) answers.push(outcome(await from(address, login, 'wrong')));
      return answers;
    };
    expect(await statuses(nobody)).toEqual(await statuses(email));
  });
});

describe('a known browser', () => {
  let roomy: Desk;
  beforeAll(async () => {
    roomy = await aDesk();
  });
  afterAll(() => roomy.close());

  it('is one only after the whole sign-in, and for 180 days', async () => {
    const member = await addMember(roomy, roomy.owner.accountId, 'Ben', 'ben@acme.test', 'agent');
    const secret = await enrol(member, roomy.clock);
    const login = await request(roomy.url).post('/api/v1/auth/login').send({ email: 'ben@acme.test', password: PASSWORD });
    expect([login.status, cookieOf(login, 'sotto_device')]).toEqual([200, undefined]);
    const finished = await request(roomy.url)
      .post('/api/v1/auth/second-factor')
      .set({ cookie: cookieOf(login, 'sotto_session') ?? '', origin: roomy.url })
      .send({ code: codeFor(secret, roomy.clock) });
    const device = cookieOf(finished, 'sotto_device') ?? '';
    expect([finished.status, device]).toEqual([200, expect.stringMatching(/^sotto_device=[\w-]{43}$/)]);
    const token = device.split('=')[1] ?? '';
    const devices = roomy.app.get(KnownDevices, { strict: false });
    expect(await devices.find(token)).toMatchObject({ memberId: member.id });
    roomy.clock.advance(180 * 24 * HOUR + 1_000);
    expect(await devices.find(token)).toBeNull();
    roomy.clock.advance(-180 * 24 * HOUR - 1_000);
  });

  it('is a stranger’s again after logging out', async () => {
    const { email, device } = await somebody();
    const login = await from(somewhere(), email, PASSWORD, device);
    expect(cookieOf(login, 'sotto_device')).toBe(device);
    const answer = await request(desk.url)
      .post('/api/v1/auth/logout')
      .set({ cookie: `${cookieOf(login, 'sotto_session')}; ${device}`, origin: desk.url });
    expect([answer.status, cookieOf(answer, 'sotto_device')]).toEqual([204, 'sotto_device=']);
    expect(await desk.app.get(KnownDevices, { strict: false }).find(device.split('=')[1])).toBeNull();
  });
});

describe('what is counted', () => {
  it('names nobody and no address', async () => {
    const limits = await namesOfCounters();
    expect(limits.filter((name) => /@|\d+\.\d+\.\d+\.\d+|2001:/.test(name))).toEqual([]);
  });
});

/** Names of counters in Redis; with one node in memory nobody can read them. */
async function namesOfCounters(): Promise<string[]> {
  if (desk.config.redisUrl === undefined) return [];
  const redis = await connectRedis(desk.config.redisUrl, 'test');
  try {
    const names = await redis.keys('*');
    if (!names.some((name) => name.includes('login'))) throw new Error('There are no counters');
    return names;
  } finally {
    redis.destroy();
  }
}

if (databaseKind === 'postgres') {
  it('without Redis new passwords stay shut, too', async () => {
    const redis = await startRedis();
    const lonely = await aDesk({ env: { SOTTO_REDIS_URL: redis.url } });
    try {
      await redis.kill9();
      const ask = await request(lonely.url).post('/api/v1/auth/password-reset').send({ email: 'owner@acme.test' });
      const confirm = await request(lonely.url)
        .post('/api/v1/auth/password-reset/confirm')
        .send({ token: 'x'.repeat(43), password: 'another-quiet-otter-91' });
      const change = await lonely.owner.post('/api/v1/me/password', { current: PASSWORD, password: 'another-quiet-otter-91' });
      expect([ask, confirm, change].map(outcome)).toEqual([
        [503, 'overloaded'],
        [503, 'overloaded'],
        [503, 'overloaded'],
      ]);
    } finally {
      await lonely.close();
      await redis.stop();
    }
  });
}
