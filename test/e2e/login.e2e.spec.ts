import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import request, { type Response } from 'supertest';
import { io } from 'socket.io-client';
import { SessionsService } from '@sotto/access';
import { SetupService } from '@sotto/accounts';
import { contentOf } from '../support/content.js';
import { databaseKind } from '../support/database.js';
import { PASSWORD, aDesk, type Desk } from '../support/desk.js';
import { LiveClient, Member, newClientId, starts } from '../support/people.js';
import { startRedis } from '../support/redis.js';
import { UNLIMITED } from '../support/scene.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let desk: Desk;
beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
});
afterAll(() => desk.close());

const codeOf = (answer: Response) => (answer.body as { code?: string }).code;
const cookiesOf = (answer: Response) => ([] as string[]).concat((answer.headers['set-cookie'] as unknown as string[] | undefined) ?? []);
const logsIn = (at: Desk, email: string, password: string, headers: Record<string, string> = {}) =>
  request(at.url).post('/api/v1/auth/login').set(headers).send({ email, password });
const stillIn = async (member: Member) => (await member.get('/api/v1/me')).status === 200;

describe('the cookie', () => {
  it('is for this site, this browser and this session only, and out of reach of scripts', async () => {
    const [cookie, device, ...more] = cookiesOf(await logsIn(desk, 'owner@acme.test', PASSWORD));
    expect(more).toEqual([]);
    expect(device).toMatch(/^sotto_device=[\w-]{43}; Max-Age=15552000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/);
    const [pair, ...attributes] = (cookie ?? '').split('; ');
    expect(pair).toMatch(/^sotto_session=[\w-]{43}$/);
    expect(attributes.sort()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict']);
  });

  it('is another one at every login, whatever cookie came along', async () => {
    const planted = `sotto_session=${'p'.repeat(43)}`;
    const tokens = new Set<string>();
    for (let turn = 0; turn < 3; turn += 1)
      tokens.add(cookiesOf(await logsIn(desk, 'owner@acme.test', PASSWORD, { cookie: planted }))[0] ?? '');
    expect(tokens.size).toBe(3);
    expect((await request(desk.url).get('/api/v1/me').set('cookie', planted)).status).toBe(401);
  });

  it('is stored only as a hash', async () => {
    const [cookie = ''] = cookiesOf(await logsIn(desk, 'owner@acme.test', PASSWORD));
    const token = cookie.split(/[=;]/)[1] ?? '';
    const rows = await desk.sql<{ row: string }>('select to_jsonb(s)::text as row from session s');
    expect(token).toHaveLength(43);
    expect(rows.filter(({ row }) => row.includes(token))).toEqual([]);
  });
});

describe('a wrong login', () => {
  it('answers the same for a member and for nobody, and changes nothing but what is written down of it', async () => {
    const unwritten = async () =>
      Object.entries(await contentOf(desk)).filter(
        ([table]) => !['public.audit_entry', 'public.audit_head', 'public.sign_in'].includes(table),
      );
    const before = await unwritten();
    const [known, unknown] = [await logsIn(desk, 'owner@acme.test', 'wrong'), await logsIn(desk, 'nobody@acme.test', 'wrong')];
    expect([known.status, known.text]).toEqual([401, unknown.text]);
    expect(Object.keys(known.headers).sort()).toEqual(Object.keys(unknown.headers).sort());
    expect(codeOf(known)).toBe('auth.failed');
    expect(cookiesOf(known)).toEqual([]);
    expect(await unwritten()).toEqual(before);
  });

  it('takes about as long for nobody as for a member', async () => {
    const time = async (email: string) => {
      const start = performance.now();
      await logsIn(desk, email, 'wrong');
      return performance.now() - start;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let turn = 0; turn < 7; turn += 1) {
      known.push(await time('owner@acme.test'));
      unknown.push(await time('nobody@acme.test'));
    }
    const middle = (times: number[]) => times.sort((a, b) => a - b)[3] ?? 0;
    // Without the decoy an unknown address is answered in a tenth of the time.
    expect(middle(unknown) / middle(known)).toBeGreaterThan(0.4);
  });

  it.each([
    ['another case of the password', 'owner@acme.test', PASSWORD.toUpperCase()],
    ['a space after the password', 'owner@acme.test', `${PASSWORD} `],
    ['no password', 'owner@acme.test', ''],
    ['no address', '', PASSWORD],
    ['a part of the password', 'owner@acme.test', PASSWORD.slice(0, 12)],
    ['a NUL after the password', 'owner@acme.test', `${PASSWORD}\0`],
    ['a wildcard', '%@acme.test', PASSWORD],
  ])('is one with %s', async (_, email, password) => {
    expect((await logsIn(desk, email, password)).status).toBe(401);
  });

  it('is not one with the address in capitals', async () => {
    expect((await logsIn(desk, '  OWNER@Acme.test ', PASSWORD)).status).toBe(200);
  });
});

describe('logging out', () => {
  it('ends the cookie at once, tells the browser to forget, and leaves other sessions alone', async () => {
    const [here, elsewhere] = [await desk.logsIn(), await desk.logsIn()];
    const answer = await here.post('/api/v1/auth/logout');
    expect([answer.status, answer.headers['clear-site-data']]).toEqual([204, '"cookies", "storage", "cache"']);
    expect(cookiesOf(answer)[0]).toMatch(/^sotto_session=;.*Expires=Thu, 01 Jan 1970/);
    expect(await stillIn(here)).toBe(false);
    await expect(here.connects()).rejects.toThrow('auth.required');
    expect(await stillIn(elsewhere)).toBe(true);
  });

  it('closes the socket after telling it why, every time', async () => {
    const elsewhere = await (await desk.logsIn()).connects();
    for (let turn = 0; turn < 15; turn += 1) {
      const member = await desk.logsIn();
      const client = await member.connects();
      await member.post('/api/v1/auth/logout');
      await client.until(() => client.of('disconnect').length > 0, 'the end of the socket');
      expect([turn, client.of('session.closed')]).toEqual([turn, [{ reason: 'logged-out' }]]);
      expect(client.received.at(-1)?.name).toBe('disconnect');
    }
    expect(elsewhere.socket.connected).toBe(true);
  });

  it('closes the socket also where only polling gets through', async () => {
    const member = await desk.logsIn();
    const socket = io(`${desk.url}/agent`, {
      path: '/socket',
      transports: ['polling'],
      autoConnect: false,
      reconnection: false,
      forceNew: true,
      extraHeaders: member.headers,
    });
    const client = await new LiveClient(socket).connected();
    await member.post('/api/v1/auth/logout');
    await client.until(() => client.of('disconnect').length > 0, 'the end of the socket');
    expect(client.of('session.closed')).toEqual([{ reason: 'logged-out' }]);
  });

  it('closes a socket that was let in just before', async () => {
    const member = await desk.logsIn();
    const sessions = desk.app.get(SessionsService, { strict: false });
    const resolve = sessions.resolve.bind(sessions);
    const between = jest.spyOn(sessions, 'resolve').mockImplementationOnce(async (token, address) => {
      const found = await resolve(token, address);
      await member.post('/api/v1/auth/logout');
      return found;
    });
    const client = await member.connects();
    between.mockRestore();
    await client.until(() => client.of('disconnect').length > 0, 'the end of the socket');
    expect(client.of('session.closed')).toEqual([{ reason: 'logged-out' }]);
  });

  it('closes a socket that is just being opened', async () => {
    for (let turn = 0; turn < 12; turn += 1) {
      const member = await desk.logsIn();
      const client = member.client('/agent');
      const connecting = client.connected().then(
        () => true,
        () => false,
      );
      await new Promise((resolve) => setTimeout(resolve, turn));
      await member.post('/api/v1/auth/logout');
      if (await connecting) await client.until(() => client.of('disconnect').length > 0, 'the end of the socket');
      expect(client.socket.connected).toBe(false);
    }
  });
});

describe('a session', () => {
  it('lives while it is used, and ends after 30 minutes without use', async () => {
    const member = await desk.logsIn();
    for (let turn = 0; turn < 3; turn += 1) {
      desk.clock.advance(29 * MINUTE);
      expect(await stillIn(member)).toBe(true);
    }
    desk.clock.advance(30 * MINUTE + 1_000);
    expect(await stillIn(member)).toBe(false);
    await expect(member.connects()).rejects.toThrow('auth.required');
  });

  it('lives while work goes on over the socket alone', async () => {
    const member = await desk.logsIn();
    const visitor = await (await desk.visitor()).connects();
    const { conversationId } = await starts(visitor);
    const client = await member.connects();
    for (let turn = 0; turn < 3; turn += 1) {
      desk.clock.advance(29 * MINUTE);
      expect(await client.call('read', { conversationId, seq: 1 })).toMatchObject({ ok: true });
    }
    expect(await stillIn(member)).toBe(true);
  });

  it('ends 8 hours after login, however it is used', async () => {
    const member = await desk.logsIn();
    for (let elapsed = 0; elapsed < 8 * HOUR - 20 * MINUTE; elapsed += 20 * MINUTE) {
      desk.clock.advance(20 * MINUTE);
      expect([elapsed, await stillIn(member)]).toEqual([elapsed, true]);
    }
    desk.clock.advance(20 * MINUTE + 1_000);
    expect(await stillIn(member)).toBe(false);
  });
});

describe('too many attempts', () => {
  const POINTS = 3;
  const limited = (trustedProxies?: string) =>
    aDesk({
      env: {
        ...UNLIMITED,
        SOTTO_LOGIN_ATTEMPTS_PER_MINUTE: String(POINTS),
        SOTTO_PUBLIC_URL: 'https://help.acme.test',
        ...(trustedProxies === undefined ? {} : { SOTTO_TRUSTED_PROXIES: trustedProxies }),
      },
    });

  describe.each([
    ['one proxy in front', '1', (address: string) => `198.51.100.7, ${address}`],
    ['the proxy’s network', 'loopback, 10.0.0.0/8', (address: string) => `${address}, 10.1.2.3`],
  ])('with %s', (_, trusted, header) => {
    let guarded: Desk;
    beforeAll(async () => {
      guarded = await limited(trusted);
    });
    afterAll(() => guarded.close());
    const from = (address: string, email: string, password: string) =>
      logsIn(guarded, email, password, { 'x-forwarded-for': header(address) });

    it('are refused by login and address, and nobody elsewhere is locked out', async () => {
      for (let turn = 0; turn < POINTS; turn += 1) expect((await from('203.0.113.1', 'owner@acme.test', 'wrong')).status).toBe(401);
      const refused = await from('203.0.113.1', 'owner@acme.test', PASSWORD);
      expect([refused.status, codeOf(refused)]).toEqual([429, 'rate.limited']);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect((await from('203.0.113.1', 'other@acme.test', 'wrong')).status).toBe(401);
      const elsewhere = await from('203.0.113.2', 'owner@acme.test', PASSWORD);
      expect(elsewhere.status).toBe(200);
      // Over TLS the cookie takes the prefix that no other host can set.
      expect(cookiesOf(elsewhere)[0]).toMatch(/^__Host-sotto_session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
      expect(elsewhere.headers['strict-transport-security']).toMatch(/max-age=\d{8}/);
    });

    it('are refused by address, whichever login is tried', async () => {
      const answers: number[] = [];
      for (let turn = 0; turn <= POINTS * 3; turn += 1)
        answers.push((await from('203.0.113.9', `nobody${turn}@acme.test`, 'wrong')).status);
      expect(answers).toEqual([...Array<number>(POINTS * 3).fill(401), 429]);
    });
  });

  describe('without a proxy', () => {
    let bare: Desk;
    beforeAll(async () => {
      bare = await limited();
    });
    afterAll(() => bare.close());

    it('are counted atomically, and headers that name another address are not believed', async () => {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, turn) =>
          logsIn(bare, 'owner@acme.test', `guess ${turn}`, {
            'x-forwarded-for': `203.0.113.${turn}`,
            forwarded: `for=203.0.113.${turn}`,
            'x-real-ip': `203.0.113.${turn}`,
            'cf-connecting-ip': `203.0.113.${turn}`,
            'true-client-ip': `203.0.113.${turn}`,
          }),
        ),
      );
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(POINTS);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(40 - POINTS);
    });

    it('are counted for set-up codes too', async () => {
      const attempt = () =>
        request(bare.url)
          .post('/api/v1/setup')
          .send({ code: 'WRONG', account: { name: 'X' }, owner: { name: 'X', email: 'x@x.test', password: PASSWORD } });
      let answer = await attempt();
      for (let turn = 0; turn < POINTS * 3 && answer.status === 403; turn += 1) answer = await attempt();
      expect(codeOf(answer)).toBe('rate.limited');
    });
  });
});

describe('a set-up code', () => {
  let turn = 0;
  const input = (code: string, change: { password?: string; email?: string } = {}) => {
    turn += 1;
    return {
      code,
      account: { name: `Account ${turn}` },
      owner: { name: 'Olga', email: change.email ?? `olga${turn}@acme.test`, password: change.password ?? PASSWORD },
    };
  };
  const setUp = (body: object) => request(desk.url).post('/api/v1/setup').send(body);
  const issue = () => desk.app.get(SetupService).issueCode();
  const accounts = async () => (await desk.sql<{ count: number }>('select count(*)::int as count from account'))[0]?.count;

  it('makes one account, also when it is used twice at once', async () => {
    const code = await issue();
    const before = (await accounts()) ?? 0;
    const answers = await Promise.all([input(code), input(code), input(code)].map(async (body) => setUp(body)));
    expect(answers.map(({ status }) => String(status)).sort()).toEqual(['201', '403', '403']);
    const again = await setUp(input(code));
    expect([again.status, codeOf(again)]).toEqual([403, 'setup.code-invalid']);
    expect(await accounts()).toBe(before + 1);
  });

  it.each(['AAAA-BBBB-CCCC', 'x', '----', ' ', '%', 'O'.repeat(64)])('that nobody issued makes none: %p', async (code) => {
    await issue();
    const before = await contentOf(desk);
    const answer = await setUp(input(code));
    expect([answer.status, codeOf(answer)]).toEqual([403, 'setup.code-invalid']);
    expect(await contentOf(desk)).toEqual(before);
  });

  it('is still good after weak passwords were refused', async () => {
    const code = await issue();
    for (const password of ['password1234', 'olga-olga-olga', 'owner@owner.test', 'aaaaaaaaaaaaaaaa', '123456789012', 'qwertyuiop12']) {
      const weak = await setUp(input(code, { password, email: 'owner@owner.test' }));
      expect([password, weak.status, codeOf(weak)]).toEqual([password, 422, 'password.weak']);
    }
    expect((await setUp(input(code))).status).toBe(201);
  });

  it('is still good after an address was refused that signs in elsewhere', async () => {
    const code = await issue();
    const taken = await setUp(input(code, { email: 'owner@acme.test' }));
    expect([taken.status, codeOf(taken)]).toEqual([400, 'input.invalid']);
    expect((await setUp(input(code))).status).toBe(201);
  });

  it('is refused to a foreign page', async () => {
    const code = await issue();
    const answer = await setUp(input(code)).set('origin', 'https://evil.test');
    expect([answer.status, codeOf(answer)]).toEqual([403, 'origin.refused']);
  });

  it('is worth nothing after 30 days', async () => {
    const code = await issue();
    desk.clock.advance(30 * DAY + 1_000);
    const answer = await setUp(input(code));
    desk.clock.advance(-30 * DAY - 1_000);
    expect([answer.status, codeOf(answer)]).toEqual([403, 'setup.code-invalid']);
  });
});

if (databaseKind === 'postgres') {
  describe('without Redis', () => {
    it('logins stay shut while messages go on, and open again with it', async () => {
      const redis = await startRedis();
      const lonely = await aDesk({ env: { ...UNLIMITED, SOTTO_REDIS_URL: redis.url } });
      try {
        const visitor = await (await lonely.visitor()).connects();
        await redis.kill9();
        const answer = await logsIn(lonely, 'owner@acme.test', PASSWORD);
        expect([answer.status, codeOf(answer)]).toEqual([503, 'overloaded']);
        expect((await logsIn(lonely, 'owner@acme.test', 'wrong')).status).toBe(503);
        await starts(visitor, `Still here ${newClientId()}`);
        await redis.start();
        let status = 0;
        for (let turn = 0; turn < 100 && status !== 200; turn += 1) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          ({ status } = await logsIn(lonely, 'owner@acme.test', PASSWORD));
        }
        expect(status).toBe(200);
      } finally {
        await lonely.close();
        await redis.stop();
      }
    });
  });
}
