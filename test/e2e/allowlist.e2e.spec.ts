import http from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request, { type Response } from 'supertest';
import { Allowlists, allowEverywhere, accountsNamed } from '@sotto/access';
import { MembersService } from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import { KeyRing, LiveFeed } from '@sotto/platform';
import type { NewApiTokenAnswer, SecuritySettings } from '@sotto/protocol';
import { aColleague } from '../support/colleagues.js';
import { contentOf } from '../support/content.js';
import { databaseKind } from '../support/database.js';
import { aDesk, PASSWORD, type Desk } from '../support/desk.js';
import { mailTo, tokenIn } from '../support/mail.js';
import { Caller, newClientId, says, starts, type LiveClient, type Member } from '../support/people.js';
import { routesOf } from '../support/router.js';
import { UNLIMITED, addMember } from '../support/scene.js';
import { codeFor } from '../support/second-factor.js';

/** Addresses for documentation (RFC 5737): the office, and anywhere else. */
const HOME = '203.0.113.7';
const AWAY = '198.51.100.9';
const OFFICE = '203.0.113.0/24';
const SECURITY = '/api/v1/settings/security';
const ADDRESS_REFUSED = [403, 'address.refused'];
const MINUTE = 60_000;

let desk: Desk;
let agent: Member;

beforeAll(async () => {
  desk = await aDesk({ env: { ...UNLIMITED, SOTTO_TRUSTED_PROXIES: '1' } });
  agent = await addMember(desk, desk.owner.accountId, 'Ana', 'ana@acme.test', 'agent');
});
afterAll(() => desk.close());
beforeEach(async () => {
  await letsEverybodyIn();
  // Proof of who is there lasts ten minutes, and tests below let time pass.
  desk.owner = await desk.logsIn();
});

const codeOf = (answer: Response) => (answer.body as { code?: string }).code;
const outcome = (answer: Response) => [answer.status, codeOf(answer)];
const fieldsOf = (answer: Response) => ((answer.body as { errors?: { path: string }[] }).errors ?? []).map(({ path }) => path);

/** Somebody at an address, as the one trusted proxy tells it. */
const as = (caller: Caller, address: string, node: Desk = desk) =>
  node.keep(new Caller(node.url, { ...caller.headers, 'x-forwarded-for': address }));

const input = (ranges: readonly string[], more: object = {}) => ({
  requireTwoFactor: false,
  ipAllowlist: ranges.map((range) => ({ range, label: '' })),
  ...more,
});
const saves = (ranges: readonly string[], more: object = {}, address = HOME) =>
  as(desk.owner, address).send('put', SECURITY, input(ranges, more));
/** What the operator's command does. */
const letsEverybodyIn = async () => {
  const [account] = await accountsNamed(desk.database, desk.owner.accountId);
  if (!account) throw new Error('The account is gone');
  await allowEverywhere(desk.database, desk.app.get(Allowlists), desk.app.get(AuditLog), account);
};
const letsIn = async (...ranges: string[]) => {
  const answer = await saves(ranges);
  if (answer.status !== 200) throw new Error(`The list was not taken: ${answer.text}`);
};

/** Everything that is kept, but for mails: those of earlier tests may be on their way out. */
const content = async () => {
  const { 'public.mail_outbox': _, ...rest } = await contentOf(desk);
  return rest;
};

interface Entry {
  action: string;
  actorKind: string;
  actorId: string | null;
  targetId: string | null;
  addressOf: string | null;
  addressSealed: Uint8Array | null;
  seq: number;
  data: string;
}
const entries = (action: string) =>
  desk.sql<Entry>(
    `select action, actor_kind as "actorKind", actor_id as "actorId", target_id as "targetId", address_of as "addressOf",
            address_sealed as "addressSealed", seq, data from audit_entry where account_id = $1 and action = $2 order by seq`,
    [desk.owner.accountId, action],
  );
const newest = async (action: string) => (await entries(action)).at(-1);

describe('The list', () => {
  it('is kept in its one spelling, and sealed', async () => {
    const answer = await as(desk.owner, HOME).send('put', SECURITY, {
      requireTwoFactor: false,
      ipAllowlist: [
        { range: ' ::ffff:203.0.113.7 ', label: ' Office ' },
        { range: '10.1.*.*', label: '' },
        { range: '::FFFF:10.2.0.0/112' },
        { range: '2001:DB8::5 - 2001:db8::A', label: 'Lab' },
      ],
    });
    const kept: SecuritySettings = {
      requireTwoFactor: false,
      ipAllowlist: [
        { range: HOME, label: 'Office' },
        { range: '10.1.*.*', label: '' },
        { range: '10.2.0.0/16', label: '' },
        { range: '2001:db8::5-2001:db8::a', label: 'Lab' },
      ],
      yourAddress: HOME,
    };
    expect([answer.status, answer.body]).toEqual([200, kept]);
    expect((await as(desk.owner, '10.1.2.3').get(SECURITY)).body).toEqual({ ...kept, yourAddress: '10.1.2.3' });
    const [row] = await desk.sql<{ text: string }>('select t::text as text from account_security t where account_id = $1', [
      desk.owner.accountId,
    ]);
    const sealed = Buffer.from(/\\x([0-9a-f]+)/.exec(row?.text ?? '')?.[1] ?? '', 'hex').toString('latin1');
    expect(sealed.length).toBeGreaterThan(100);
    for (const plain of [HOME, 'Office', '2001:db8']) expect(sealed + (row?.text ?? '')).not.toContain(plain);
  });

  it('names each line that is wrong, and changes nothing', async () => {
    const before = await content();
    const answer = await saves([HOME, '10.0.0.1/8', '012.0.0.1', '10.0.0.0/8', '10.*.*.*', '10.0.0.9-10.0.0.1', '::ffff:203.0.113.7']);
    expect(outcome(answer)).toEqual([400, 'input.invalid']);
    expect(fieldsOf(answer)).toEqual([1, 2, 4, 5, 6].map((line) => `ipAllowlist.${line}.range`));
    expect(answer.text).toContain('10.0.0.0/8 is the network around it');
    for (const wrong of [
      input(Array.from({ length: 201 }, (_, line) => `10.0.${line}.*`)),
      { ...input([HOME]), ipAllowlist: [{ range: HOME, label: '', accountId: desk.owner.accountId }] },
      input([HOME], { accountId: desk.owner.accountId }),
      input(['1'.repeat(101)]),
      { ipAllowlist: [] },
      input([]).ipAllowlist,
    ])
      expect(outcome(await as(desk.owner, HOME).send('put', SECURITY, wrong))).toEqual([400, 'input.invalid']);
    expect(await content()).toEqual(before);
  });

  it('is for those who may decide it, and have just shown who they are', async () => {
    for (const [method, path, body] of [
      ['get', SECURITY, undefined],
      ['put', SECURITY, input([])],
      ['post', `${SECURITY}/test-address`, { address: HOME }],
    ] as const) {
      expect(outcome(await as(agent, HOME).send(method, path, body))).toEqual([403, 'permission.denied']);
      expect((await new Caller(desk.url, { origin: desk.url }).send(method, path, body)).status).toBe(401);
    }
    desk.clock.advance(10 * MINUTE + 1_000);
    expect(outcome(await saves([HOME]))).toEqual([403, 'step-up.required']);
    expect((await as(desk.owner, HOME).get(SECURITY)).body).toMatchObject({ ipAllowlist: [] });
  });

  it('is another one for each account', async () => {
    const other = await desk.makeAccount('Other', `other-${newClientId()}@other.test`);
    await letsIn(OFFICE);
    expect((await as(other.owner, AWAY).get('/api/v1/me')).status).toBe(200);
    expect((await as(other.owner, AWAY).get(SECURITY)).body).toMatchObject({ ipAllowlist: [] });
  });

  it('can be tried with an address before it is saved', async () => {
    await letsIn(OFFICE, '10.0.0.5-10.0.0.20');
    const tries = (address: string, more: object = {}) => as(desk.owner, HOME).post(`${SECURITY}/test-address`, { address, ...more });
    expect((await tries('10.0.0.20')).body).toEqual({ inside: true, range: '10.0.0.5-10.0.0.20' });
    expect((await tries(' ::ffff:203.0.113.9 ')).body).toEqual({ inside: true, range: OFFICE });
    expect((await tries(AWAY)).body).toEqual({ inside: false, range: null });
    const unsaved = { ipAllowlist: [{ range: '198.51.100.*', label: '' }] };
    expect((await tries(AWAY, unsaved)).body).toEqual({ inside: true, range: '198.51.100.*' });
    expect((await tries(HOME, unsaved)).body).toEqual({ inside: false, range: null });
    expect((await tries(AWAY, { ipAllowlist: [] })).body).toEqual({ inside: true, range: null });
    expect(fieldsOf(await tries('10.1'))).toEqual(['address']);
    expect(fieldsOf(await tries(HOME, { ipAllowlist: [{ range: '10.1' }] }))).toEqual(['ipAllowlist.0.range']);
  });
});

describe('Whoever would shut themselves out', () => {
  it('is refused, and nothing changes', async () => {
    const before = await content();
    for (const more of [{}, { confirmLockOut: true }, { confirmLockOut: true, confirmation: 'acme' }, { confirmation: 'Acme' }])
      expect(outcome(await saves(['10.0.0.0/8'], more))).toEqual([409, 'allowlist.excludes-you']);
    expect(await content()).toEqual(before);
  });

  it('may not even confirm it as an admin', async () => {
    const email = `admin-${newClientId()}@acme.test`;
    const { accountId } = desk.owner;
    await desk.database.in(accountId, (tx) =>
      desk.app
        .get(MembersService)
        .add(tx, { accountId, name: 'Ada', email, password: PASSWORD, role: 'admin', graceUntil: new Date(Date.now() + 60 * MINUTE) }),
    );
    const admin = await desk.logsIn(email);
    const shutsOut = input(['10.0.0.0/8'], { confirmLockOut: true, confirmation: 'Acme' });
    expect(outcome(await as(admin, HOME).send('put', SECURITY, shutsOut))).toEqual([409, 'allowlist.excludes-you']);
    expect((await as(admin, HOME).send('put', SECURITY, input([OFFICE]))).status).toBe(200);
  });

  it('may do it as an owner who types the account’s name; the operator lets everybody in again', async () => {
    expect((await saves(['10.0.0.0/8'], { confirmLockOut: true, confirmation: ' Acme ' })).status).toBe(200);
    expect(await newest('security.changed')).toMatchObject({
      actorKind: 'member',
      actorId: desk.owner.id,
      data: JSON.stringify({ requireTwoFactor: false, ranges: 1, rangesBefore: 0, excludesActor: true }),
    });
    expect(outcome(await as(desk.owner, HOME).get('/api/v1/me'))).toEqual(ADDRESS_REFUSED);
    await letsEverybodyIn();
    expect((await as(desk.owner, HOME).get('/api/v1/me')).status).toBe(200);
    expect(await newest('security.allowlist-emptied')).toMatchObject({ actorKind: 'operator', actorId: null, data: '{"rangesBefore":1}' });
  });

  it('is told when a second factor is demanded that they do not have themselves', async () => {
    expect(outcome(await saves([], { requireTwoFactor: true }))).toEqual([409, 'second-factor.needed']);
  });
});

describe('A session', () => {
  it('is good inside and refused outside, on every route', async () => {
    await letsIn(OFFICE);
    const routes = routesOf(desk.app).filter(({ rule }) => !('public' in rule));
    expect(routes.length).toBeGreaterThan(15);
    const [home, away] = [as(desk.owner, HOME), as(desk.owner, AWAY)];
    const before = await content();
    const faults: string[] = [];
    for (const { name, method, path } of routes) {
      const answer = await away.send(method, path.replaceAll(/:\w+/g, newClientId()), method === 'get' ? undefined : {});
      if (answer.status !== 403 || codeOf(answer) !== 'address.refused') faults.push(`${name}: ${answer.status} ${codeOf(answer) ?? ''}`);
    }
    expect(faults).toEqual([]);
    const { 'public.audit_entry': _, 'public.audit_head': __, ...after } = await content();
    expect(before).toMatchObject(after);
    expect((await home.get('/api/v1/me')).status).toBe(200);
  });

  it.each([
    [HOME, true],
    ['203.0.113.0', true],
    ['203.0.113.255', true],
    ['::ffff:203.0.113.7', true],
    ['::FFFF:CB00:7107', true],
    [`${AWAY}, ${HOME}`, true],
    ['203.0.112.255', false],
    ['203.0.114.0', false],
    [AWAY, false],
    [`${HOME}, ${AWAY}`, false],
    ['::203.0.113.7', false],
    ['203.0.113.7:443', false],
    ['3405803783', false],
    ['203.0.28935', false],
    ['0313.0.113.7', false],
    ['fe80::1%eth0', false],
    ['unknown', false],
    [`${HOME}, unknown`, false],
    ['for=203.0.113.7', false],
  ])('with X-Forwarded-For: %s is let in: %p', async (header, letIn) => {
    await letsIn(OFFICE);
    const answer = await as(agent, header).get('/api/v1/me');
    expect(outcome(answer)).toEqual(letIn ? [200, undefined] : ADDRESS_REFUSED);
  });

  it('outside is written down, once for all its tries', async () => {
    const member = await desk.logsIn('ana@acme.test');
    await letsIn(OFFICE);
    const before = (await entries('auth.address-refused')).length;
    for (let turn = 0; turn < 3; turn += 1) expect((await as(member, AWAY).get('/api/v1/me')).status).toBe(403);
    const found = (await entries('auth.address-refused')).slice(before);
    expect(found).toMatchObject([{ actorKind: 'system', targetId: member.id, addressOf: member.id }]);
    const [entry] = found;
    const cipher = await desk.app.get(KeyRing).cipher(member.accountId, member.id);
    expect(cipher.open('audit_entry', String(entry?.seq), 'address', entry?.addressSealed ?? new Uint8Array())).toBe(AWAY);
  });
});

describe('Signing in', () => {
  const logsIn = (email: string, password: string, address: string) =>
    request(desk.url).post('/api/v1/auth/login').set('x-forwarded-for', address).send({ email, password });

  it('outside is refused after the right password only', async () => {
    await letsIn(OFFICE);
    const before = (await entries('auth.address-refused')).length;
    for (const [email, password] of [
      ['ana@acme.test', 'not her password'],
      ['nobody@acme.test', PASSWORD],
    ] as const)
      expect(outcome(await logsIn(email, password, AWAY))).toEqual([401, 'auth.failed']);
    expect((await entries('auth.address-refused')).length).toBe(before);
    const sessions = await desk.sql('select id from session');
    const refused = await logsIn('ana@acme.test', PASSWORD, AWAY);
    expect([...outcome(refused), refused.headers['set-cookie']]).toEqual([...ADDRESS_REFUSED, undefined]);
    expect(await desk.sql('select id from session')).toHaveLength(sessions.length);
    const noted = (await entries('auth.address-refused')).slice(before);
    expect(noted).toMatchObject([{ actorKind: 'system', targetId: agent.id, addressOf: agent.id }]);
    expect((await logsIn('ana@acme.test', PASSWORD, HOME)).status).toBe(200);
  });
});

describe('A program’s token', () => {
  const makes = async (ipAllowlist: string[] = []) => {
    const made = await as(desk.owner, HOME).post('/api/v1/api-tokens', { name: 'Reports', scopes: ['member.read'], ipAllowlist });
    if (made.status !== 201) throw new Error(`No token: ${made.text}`);
    const { token, ...view } = made.body as NewApiTokenAnswer;
    return { program: new Caller(desk.url, { authorization: `Bearer ${token}` }), view };
  };
  const members = (program: Caller, address: string) => as(program, address).get('/api/v1/members');

  it('is good inside the account’s list', async () => {
    const { program } = await makes();
    expect((await members(program, AWAY)).status).toBe(200);
    await letsIn(OFFICE);
    const before = (await entries('auth.address-refused')).length;
    for (let turn = 0; turn < 2; turn += 1) expect(outcome(await members(program, AWAY))).toEqual(ADDRESS_REFUSED);
    expect((await entries('auth.address-refused')).slice(before)).toMatchObject([{ targetId: desk.owner.id, addressOf: desk.owner.id }]);
    expect((await members(program, HOME)).status).toBe(200);
  });

  it('is good inside its own list, which opens nothing the account’s list shuts', async () => {
    const { program, view } = await makes([' ::ffff:203.0.113.7 ', '198.51.100.*']);
    expect(view.ipAllowlist).toEqual([HOME, '198.51.100.*']);
    expect((await members(program, AWAY)).status).toBe(200);
    expect(outcome(await members(program, '203.0.113.8'))).toEqual(ADDRESS_REFUSED);
    await letsIn(OFFICE);
    expect(outcome(await members(program, AWAY))).toEqual(ADDRESS_REFUSED);
    expect(outcome(await members(program, '203.0.113.8'))).toEqual(ADDRESS_REFUSED);
    expect((await members(program, HOME)).status).toBe(200);
  });
});

describe('What goes on from a link or half a sign-in', () => {
  it('is refused outside: the second factor', async () => {
    const { email, secret = '' } = await aColleague(desk, 'Bea', { secondFactor: true });
    const half = await desk.logsIn(email);
    await letsIn(OFFICE);
    const code = { code: codeFor(secret, desk.clock) };
    expect(outcome(await as(half, AWAY).post('/api/v1/auth/second-factor', code))).toEqual(ADDRESS_REFUSED);
    expect(outcome(await as(half, AWAY).get('/api/v1/auth/state'))).toEqual(ADDRESS_REFUSED);
    expect((await as(half, HOME).post('/api/v1/auth/second-factor', code)).status).toBe(200);
  });

  it('is refused outside: an invitation, which stays valid', async () => {
    const email = `cleo-${newClientId()}@acme.test`;
    expect((await as(desk.owner, HOME).post('/api/v1/members/invitations', { email, name: 'Cleo', role: 'agent' })).status).toBe(201);
    const token = tokenIn(await mailTo(desk, email));
    await letsIn(OFFICE);
    const stranger = new Caller(desk.url, {});
    const accepts = (address: string) =>
      as(stranger, address).post('/api/v1/auth/invitation/accept', { token, name: 'Cleo', password: 'seven-loud-otters-19' });
    expect(outcome(await as(stranger, AWAY).post('/api/v1/auth/invitation', { token }))).toEqual(ADDRESS_REFUSED);
    expect(outcome(await accepts(AWAY))).toEqual(ADDRESS_REFUSED);
    expect((await accepts(HOME)).status).toBe(200);
  });
});

/** Resolves with the reason the server gave, once the connection is closed too. Fails after 2 s. */
async function closes(client: LiveClient): Promise<string | undefined> {
  const closed = client
    .until(() => client.of('disconnect').length > 0)
    .then(() => client.of<{ reason: string }>('session.closed')[0]?.reason);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The socket is still open after 2 s')), 2_000);
  });
  return Promise.race([closed, late]).finally(() => clearTimeout(timer));
}

describe.each(['websocket', 'polling'] as const)('An agent’s socket over %s', (transport) => {
  const opens = (address: string, member: Member = agent) => {
    const client = as(member, address).client('/agent');
    client.socket.io.opts.transports = [transport];
    return client;
  };

  /** A poll that comes after the edit is refused itself, with whatever waited for it. */
  const reasonOf = async (client: LiveClient) => (await closes(client)) ?? (transport === 'polling' ? 'address-refused' : 'none');

  it('opens inside and not outside', async () => {
    await letsIn(OFFICE);
    await expect(opens(HOME).connected()).resolves.toBeDefined();
    await expect(opens(AWAY).connected()).rejects.toThrow('address.refused');
  });

  it('closes within 2 s once its address is outside, and those inside stay', async () => {
    const [inside, outside] = [await opens(HOME).connected(), await opens(AWAY).connected()];
    await letsIn(OFFICE);
    expect(await reasonOf(outside)).toBe('address-refused');
    expect((await inside.call('resume', { conversations: {} })).ok).toBe(true);
    expect(inside.of('disconnect')).toEqual([]);
  });

  it('closes at the next look where the hint was lost', async () => {
    const client = await opens(AWAY).connected();
    await letsIn();
    const live = desk.app.get(LiveFeed) as unknown as { publish: (hint: object) => void; gap: () => void };
    const publish = live.publish;
    live.publish = () => undefined;
    await letsIn(OFFICE).finally(() => (live.publish = publish));
    expect(client.of('disconnect')).toEqual([]);
    live.gap();
    expect(await reasonOf(client)).toBe('address-refused');
  });
});

/** A connection by polling, request by request, each from wherever the test says. */
class Poller {
  sid = '';
  constructor(private readonly headers: Readonly<Record<string, string>>) {}

  get query(): string {
    return `/socket/?EIO=4&transport=polling${this.sid && `&sid=${this.sid}`}`;
  }
  async opens(address: string): Promise<void> {
    const { text } = await this.polls(address);
    this.sid = (JSON.parse(text.slice(1)) as { sid: string }).sid;
  }
  polls = (address: string, query = this.query) =>
    request(desk.url)
      .get(query)
      .set({ ...this.headers, 'x-forwarded-for': address });
  posts = (address: string, packet: string, query = this.query) =>
    request(desk.url)
      .post(query)
      .set({ ...this.headers, 'x-forwarded-for': address, 'content-type': 'text/plain' })
      .send(packet);
  async enters(namespace: string, address: string): Promise<string> {
    await this.posts(address, `40${namespace},`);
    return (await this.polls(address)).text;
  }
  /** Whether the connection goes over to a websocket. */
  upgrades(address: string): Promise<boolean> {
    const { hostname, port } = new URL(desk.url);
    const path = this.query.replace('polling', 'websocket');
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    };
    return new Promise((resolve) => {
      const call = http.request({ hostname, port, path, headers: { ...this.headers, ...headers, 'x-forwarded-for': address } });
      call.on('upgrade', (_, socket) => {
        socket.destroy();
        resolve(true);
      });
      call.on('response', () => resolve(false));
      call.on('error', () => resolve(false));
      call.end();
    });
  }
}

describe('An agent who polls', () => {
  const enters = async () => {
    const poller = new Poller(agent.headers);
    await poller.opens(HOME);
    expect(await poller.enters('/agent', HOME)).toMatch(/^40\/agent,/);
    return poller;
  };
  const question = async () => starts(await (await desk.visitor()).connects(), `Secret ${newClientId()}`);

  it('gets nothing outside, not even what waited, and has to come in again', async () => {
    await letsIn(OFFICE);
    const poller = await enters();
    await question();
    const answer = await poller.polls(AWAY);
    expect(outcome(answer)).toEqual(ADDRESS_REFUSED);
    expect(answer.text).not.toContain('Secret');
    expect((await poller.polls(HOME)).status).toBe(400);
  });

  it('says nothing outside', async () => {
    await letsIn(OFFICE);
    const { conversationId } = await question();
    const poller = await enters();
    const body = `From outside ${newClientId()}`;
    const message = `42/agent,0${JSON.stringify(['message.send', { conversationId, clientMessageId: newClientId(), body }])}`;
    const before = await content();
    expect(outcome(await poller.posts(AWAY, message))).toEqual(ADDRESS_REFUSED);
    expect((await content())['public.message']).toBe(before['public.message']);
  });

  it('is recognised by what engine.io takes for the id', async () => {
    await letsIn(OFFICE);
    const poller = await enters();
    await question();
    const twice = poller.query.replace('&sid=', '&sid=nobody&sid=');
    expect(outcome(await poller.polls(AWAY, twice))).toEqual(ADDRESS_REFUSED);
    for (const sid of ['__proto__', 'constructor', 'nobody'])
      expect((await poller.polls(AWAY, poller.query.replace(poller.sid, sid))).status).toBe(400);
  });

  it('goes over to a websocket inside and not outside', async () => {
    await letsIn(OFFICE);
    expect(await (await enters()).upgrades(HOME)).toBe(true);
    expect(await (await enters()).upgrades(AWAY)).toBe(false);
  });

  it('is not let in where the connection was used outside before', async () => {
    await letsIn(OFFICE);
    const poller = new Poller(agent.headers);
    await poller.opens(HOME);
    expect((await poller.posts(AWAY, '40/agent,')).status).toBe(200);
    expect((await poller.polls(HOME)).text).toContain('address.refused');
  });

  it('who moved before the list was made is out at the edit', async () => {
    const poller = await enters();
    expect((await poller.posts(AWAY, '42/agent,0["resume",{"conversations":{}}]')).status).toBe(200);
    expect((await poller.polls(AWAY)).text).toContain('"ok":true');
    const saved = letsIn(OFFICE);
    let last = await poller.polls(AWAY);
    while (last.text.includes('"presence"')) last = await poller.polls(AWAY);
    await saved;
    // Told by the poll that waits, or refused where it came after the edit.
    expect(last.text).toMatch(/address.refused/);
  });
});

describe('The widget', () => {
  it('is not concerned, wherever its visitors are and however they move', async () => {
    const visitor = await desk.visitor();
    const early = await as(visitor, AWAY).client('/visitor', { token: visitor.session.token }).connected();
    await letsIn(OFFICE);
    const { conversationId } = await starts(early);
    for (const transport of ['websocket', 'polling']) {
      const client = as(visitor, AWAY).client('/visitor', { token: visitor.session.token });
      client.socket.io.opts.transports = [transport];
      await says(await client.connected(), conversationId, 'Still here');
    }
    await letsIn(OFFICE, '10.0.0.0/8');
    expect(await early.call('resume', { conversations: { [conversationId]: 0 } })).toMatchObject({ ok: true });
    expect(early.of('disconnect')).toEqual([]);
    const away = as(visitor, AWAY);
    expect((await away.get(`/widget/v1/inboxes/${desk.inbox.key}`)).status).toBe(200);
    expect((await away.get(`/api/v1/conversations/${conversationId}/events`)).status).toBe(200);
    const poller = new Poller({ 'x-forwarded-for': AWAY });
    await poller.opens(AWAY);
    await poller.posts('192.0.2.1', `40/visitor,${JSON.stringify({ token: visitor.session.token })}`);
    expect((await poller.polls('192.0.2.2')).text).toMatch(/^40\/visitor,/);
    expect((await poller.posts('192.0.2.3', '42/visitor,0["resume",{"conversations":{}}]')).status).toBe(200);
    expect((await poller.polls('192.0.2.4')).text).toContain('"ok":true');
  });
});

describe('Without SOTTO_TRUSTED_PROXIES', () => {
  let bare: Desk;
  beforeAll(async () => {
    bare = await aDesk({ env: UNLIMITED });
  });
  afterAll(() => bare.close());

  const NAMED = ['x-forwarded-for', 'x-real-ip', 'cf-connecting-ip', 'true-client-ip', 'x-client-ip', 'forwarded'];
  const naming = (address: string) => Object.fromEntries(NAMED.map((name) => [name, name === 'forwarded' ? `for=${address}` : address]));

  it('headers that name an address count for nothing, over requests, sockets and polling', async () => {
    const forged = naming(HOME);
    const inside = await bare.owner.send('put', SECURITY, input(['127.0.0.1']), forged);
    expect([inside.status, (inside.body as SecuritySettings).yourAddress]).toEqual([200, '127.0.0.1']);
    expect((await bare.owner.send('get', '/api/v1/me', undefined, forged)).status).toBe(200);
    await expect(bare.owner.client('/agent', {}, naming(AWAY)).connected()).resolves.toBeDefined();

    const outside = await bare.owner.send('put', SECURITY, input([OFFICE], { confirmLockOut: true, confirmation: 'Acme' }), forged);
    expect(outside.status).toBe(200);
    expect(outcome(await bare.owner.send('get', '/api/v1/me', undefined, forged))).toEqual(ADDRESS_REFUSED);
    for (const transport of ['websocket', 'polling']) {
      const client = bare.owner.client('/agent', {}, forged);
      client.socket.io.opts.transports = [transport];
      await expect(client.connected()).rejects.toThrow('address.refused');
    }
    const login = await request(bare.url).post('/api/v1/auth/login').set(forged).send({ email: 'owner@acme.test', password: PASSWORD });
    expect(outcome(login)).toEqual(ADDRESS_REFUSED);
  });
});

if (databaseKind === 'postgres') {
  describe('Two nodes', () => {
    let beside: Desk;
    beforeAll(async () => {
      beside = await aDesk({ beside: desk, env: { ...UNLIMITED, SOTTO_TRUSTED_PROXIES: '1', SOTTO_PUBLIC_URL: desk.url } });
    });
    afterAll(() => beside.close());

    it('agree at once: the other one’s sockets close within 2 s, its next request is refused', async () => {
      const [inside, outside] = [
        await as(agent, HOME, beside).client('/agent').connected(),
        await as(agent, AWAY, beside).client('/agent').connected(),
      ];
      expect((await as(agent, AWAY, beside).get('/api/v1/me')).status).toBe(200);
      await letsIn(OFFICE);
      expect(outcome(await as(agent, AWAY, beside).get('/api/v1/me'))).toEqual(ADDRESS_REFUSED);
      expect(await closes(outside)).toBe('address-refused');
      expect((await inside.call('resume', { conversations: {} })).ok).toBe(true);
      await letsIn(OFFICE, AWAY);
      expect((await as(agent, AWAY, beside).get('/api/v1/me')).status).toBe(200);
    });

    it('let everybody in again when the operator says so', async () => {
      await letsIn(OFFICE);
      expect((await as(agent, AWAY, beside).get('/api/v1/me')).status).toBe(403);
      await letsEverybodyIn();
      expect((await as(agent, AWAY, beside).get('/api/v1/me')).status).toBe(200);
    });
  });
}
