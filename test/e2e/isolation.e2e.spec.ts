import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import type { ConversationView, EventsAnswer, Page, VisitorConversationView } from '@sotto/protocol';
import { contentOf } from '../support/content.js';
import { aDesk, type Desk } from '../support/desk.js';
import { Caller, must, newClientId, says, starts, type LiveClient, type Visitor } from '../support/people.js';
import { EVENTS, ROUTES, type Kind } from '../support/rights.js';
import { eventsOf, routesOf, type Route } from '../support/router.js';
import { UNLIMITED, addressOf, eventSamples, fill, routeSamples, type Sample, type Side } from '../support/scene.js';

let desk: Desk;
let acme: Side;
let other: Side;
let expired: Visitor;
let routes: { route: Route; sample: Sample; kind: Kind }[];

beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
  acme = await fill(desk, desk, 'acme');
  other = await fill(desk, await desk.makeAccount('Other', 'owner@other.test'), 'other');
  desk.clock.advance(-91 * 24 * 60 * 60_000);
  expired = await desk.visitor();
  desk.clock.advance(91 * 24 * 60 * 60_000);
  const samples = routeSamples(acme);
  routes = routesOf(desk.app).map((route) => ({ route, sample: row(samples, route.name), kind: row(ROUTES, route.name).kind }));
});
afterAll(() => desk.close());

function row<T>(table: Record<string, T>, name: string): T {
  const found = table[name];
  if (found === undefined) throw new Error(`${name} has no row: say what it is to somebody it does not belong to`);
  return found;
}

/** Whatever of a side must not appear anywhere else. */
const secretsOf = (side: Side): string[] => [
  side.accountId,
  side.conversationId,
  side.visitor.contactId,
  side.neighbour.contactId,
  side.owner.id,
  side.agent.id,
  side.inbox.id,
  side.inbox.key,
  side.inbox.policyId,
  `of ${side === acme ? 'acme' : 'other'}`,
  `${side === acme ? 'acme' : 'other'}.test`,
];

const leaked = (value: unknown, secrets: string[]): string[] => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return secrets.filter((secret) => text.includes(secret));
};

const codeOf = (answer: Response) => (answer.body as { code?: string }).code;
const call = (caller: Caller, { route, sample }: { route: Route; sample: Sample }) =>
  caller.send(route.method, addressOf(route, sample), sample.body);

/** Calls routes as somebody, and fails unless each is refused as expected, reveals nothing and changes nothing. */
async function isRefused(who: Caller, expected: (entry: (typeof routes)[number]) => string | null): Promise<void> {
  const before = await contentOf(desk);
  const faults: string[] = [];
  let calls = 0;
  for (const entry of routes) {
    const outcome = expected(entry);
    if (outcome === null) continue;
    calls += 1;
    const answer = await call(who, entry);
    const got = `${answer.status} ${codeOf(answer) ?? ''}`.trim();
    if (!new RegExp(`^(${outcome})$`).test(got)) faults.push(`${entry.route.name}: ${got} instead of ${outcome}`);
    const found = leaked(answer.text, secretsOf(acme));
    if (found.length > 0) faults.push(`${entry.route.name} reveals ${found.join()}`);
  }
  expect(faults).toEqual([]);
  expect(calls).toBeGreaterThan(5);
  expect(await contentOf(desk)).toEqual(before);
}

const isPublic = ({ route }: { route: Route }) => 'public' in route.rule;

describe('the table', () => {
  it('has a row for every route and every event, and no row too many', () => {
    expect(
      routesOf(desk.app)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(Object.keys(ROUTES).sort());
    expect(
      eventsOf(desk.app)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(Object.keys(EVENTS).sort());
  });

  it('calls public only what is declared so', () => {
    expect(routes.filter((entry) => isPublic(entry) !== (entry.kind === 'anybody')).map(({ route }) => route.name)).toEqual([]);
  });

  it('is made of calls that their owner may make', async () => {
    const refused: string[] = [];
    for (const entry of routes) {
      if (entry.kind !== 'one' && entry.kind !== 'many') continue;
      if (entry.route.method !== 'get') continue;
      const answer = await call(entry.sample.by ?? desk.owner, entry);
      if (answer.status !== 200) refused.push(`${entry.route.name}: ${answer.status} ${answer.text}`);
    }
    expect(refused).toEqual([]);
  });
});

describe('nobody', () => {
  it.each([
    ['without anything', {}],
    ['with a cookie nobody gave', { cookie: `sotto_session=${'x'.repeat(43)}` }],
    ['with an empty cookie', { cookie: 'sotto_session=' }],
    ['with a token nobody gave', { authorization: `Bearer visitor_${'x'.repeat(43)}` }],
    ['with a token of no kind', { authorization: 'Bearer x' }],
    ['with an API token nobody gave', { authorization: `Bearer sotto_${'x'.repeat(43)}` }],
    ['with a password in the header', { authorization: `Basic ${Buffer.from('owner@acme.test:x').toString('base64')}` }],
  ])('gets nothing %s', async (_, headers: Record<string, string>) => {
    await isRefused(new Caller(desk.url, { origin: desk.url, ...headers }), (entry) => (isPublic(entry) ? null : '401 auth.required'));
  });

  it('gets nothing with a member’s cookie beside a token nobody gave', async () => {
    const headers = { ...acme.owner.headers, authorization: `Bearer visitor_${'x'.repeat(43)}` };
    await isRefused(new Caller(desk.url, headers), (entry) => (isPublic(entry) ? null : '401 auth.required'));
  });

  it('gets nothing with an expired token', async () => {
    await isRefused(expired, (entry) => (isPublic(entry) ? null : '403 consent.required'));
  });
});

describe('a member of another account', () => {
  it('finds nothing under ids that are not theirs', async () => {
    await isRefused(other.owner, ({ kind }) => (kind === 'one' ? '404 not-found' : null));
  });

  it('sees in every list what is theirs and nothing else', async () => {
    for (const entry of routes) {
      if (entry.kind !== 'many') continue;
      const answer = await call(other.owner, entry);
      expect([entry.route.name, answer.status, leaked(answer.text, secretsOf(acme))]).toEqual([entry.route.name, 200, []]);
    }
  });
});

describe('an agent', () => {
  it('may not do what owners and admins do', async () => {
    const agent = new Set(['inbox.manage', 'policy.publish']);
    const before = await contentOf(desk);
    const kept = routes.filter(({ route }) => 'allow' in route.rule && agent.has(route.rule.allow));
    expect(kept).toHaveLength(3);
    for (const entry of kept) {
      const answer = await call(acme.agent, entry);
      expect([entry.route.name, answer.status, codeOf(answer)]).toEqual([entry.route.name, 403, 'permission.denied']);
    }
    expect(await contentOf(desk)).toEqual(before);
  });

  it('and an owner may not do what only visitors do', async () => {
    const before = await contentOf(desk);
    for (const member of [acme.agent, acme.owner]) {
      const answer = await member.post('/widget/v1/consent/withdraw');
      expect([answer.status, codeOf(answer)]).toEqual([403, 'permission.denied']);
    }
    expect(await contentOf(desk)).toEqual(before);
  });
});

describe('a visitor', () => {
  const VISITORS = new Set(['conversation.read', 'conversation.reply', 'consent.withdraw']);
  const refusedTo = ({ route, kind }: (typeof routes)[number]): string | null => {
    if (isPublic({ route })) return null;
    if (!('allow' in route.rule) || !VISITORS.has(route.rule.allow)) return '403 permission.denied';
    return kind === 'one' ? '404 not-found' : null;
  };

  it('of another account gets nothing of members, and finds nothing under ids that are not theirs', async () => {
    await isRefused(other.visitor, refusedTo);
  });

  it('of the same account gets nothing of members, and finds nothing under ids that are not theirs', async () => {
    await isRefused(acme.neighbour, refusedTo);
  });

  it('gets nothing of members under their own ids either', async () => {
    await isRefused(acme.visitor, (entry) => (refusedTo(entry) === '403 permission.denied' ? '403 permission.denied' : null));
  });

  it('sees in the list their own conversations only', async () => {
    for (const visitor of [acme.neighbour, other.visitor]) {
      const answer = await visitor.get('/api/v1/conversations');
      const { items } = answer.body as Page<VisitorConversationView>;
      expect(items).toHaveLength(1);
      expect(leaked(answer.text, [acme.conversationId, acme.visitor.contactId])).toEqual([]);
    }
  });
});

describe('events', () => {
  const strangers = (): [string, LiveClient, Side][] => [
    ['/visitor', acme.neighbourChat, acme],
    ['/visitor', other.chat, acme],
    ['/agent', other.desk, acme],
  ];

  it('with ids of others find nothing, reveal nothing and change nothing', async () => {
    const before = await contentOf(desk);
    const faults: string[] = [];
    for (const [namespace, client, owner] of strangers()) {
      const inputs = eventSamples(owner);
      for (const event of eventsOf(desk.app).filter((one) => one.namespace === namespace && EVENTS[one.name] !== 'making')) {
        const ack = await client.call<{ conversations?: object }>(event.event, row(inputs, event.name));
        const refused = ack.ok
          ? EVENTS[event.name] === 'many' && Object.keys(ack.conversations ?? {}).length === 0
          : ack.error.code === 'not-found';
        if (!refused || leaked(ack, secretsOf(owner)).length > 0) faults.push(`${event.name}: ${JSON.stringify(ack)}`);
      }
    }
    expect(faults).toEqual([]);
    expect(await contentOf(desk)).toEqual(before);
  });

  it('give what is the caller’s own from among ids of others', async () => {
    const asked = { conversations: { [acme.conversationId]: 0, [other.conversationId]: 0, [newClientId()]: 0 } };
    for (const [client, own] of [
      [acme.chat, acme],
      [other.chat, other],
      [acme.desk, acme],
      [other.desk, other],
    ] as const) {
      const { conversations } = must(await client.call<{ conversations: Record<string, EventsAnswer> }>('resume', asked));
      expect(Object.keys(conversations)).toEqual([own.conversationId]);
    }
  });

  it.each([
    ['/agent', 'nothing', () => ({}), () => ({ origin: desk.url }), 'auth.required'],
    ['/agent', 'a cookie nobody gave', () => ({}), () => ({ origin: desk.url, cookie: 'sotto_session=x' }), 'auth.required'],
    ['/agent', 'a visitor’s token', () => ({ token: acme.visitor.session.token }), () => ({ origin: desk.url }), 'auth.required'],
    ['/visitor', 'nothing', () => ({}), () => ({}), 'consent.required'],
    ['/visitor', 'a member’s cookie', () => ({}), () => acme.owner.headers, 'consent.required'],
    ['/visitor', 'a token nobody gave', () => ({ token: `visitor_${'x'.repeat(43)}` }), () => ({}), 'auth.required'],
    ['/visitor', 'an expired token', () => ({ token: expired.session.token }), () => ({}), 'consent.required'],
    ['/visitor', 'a list for a token', () => ({ token: [acme.visitor.session.token] }), () => ({}), 'consent.required'],
  ] as const)('need a connection, which %s refuses to somebody with %s', async (namespace, _, auth, headers, code) => {
    const client = new Caller(desk.url, {}).client(namespace, auth(), headers());
    await expect(client.connected()).rejects.toThrow(code);
  });

  it('of one account reach nobody of another, and of one visitor no other visitor', async () => {
    const strangersClients = [other.chat, other.desk, other.neighbourChat, acme.neighbourChat];
    await says(acme.chat, acme.conversationId, 'A further question of acme');
    await says(acme.desk, acme.conversationId, 'A further note of acme', 'note');
    must(await acme.chat.call('typing', { conversationId: acme.conversationId }));
    must(await acme.desk.call('typing', { conversationId: acme.conversationId }));
    must(await acme.desk.call('read', { conversationId: acme.conversationId, seq: 1_000 }));
    expect((await acme.owner.patch(`/api/v1/conversations/${acme.conversationId}`, { status: 'resolved' })).status).toBe(200);
    expect((await acme.owner.patch(`/api/v1/contacts/${acme.visitor.contactId}`, { name: 'Visitor of acme' })).status).toBe(200);
    await acme.chat.until((client) => client.events.some((event) => event.type === 'status.changed'), 'the change');
    // Whatever was on its way to the strangers has arrived once their own calls are answered.
    for (const client of strangersClients) must(await client.call('resume', { conversations: {} }));
    const secrets = [acme.conversationId, acme.visitor.contactId, 'A further'];
    for (const client of strangersClients) expect(leaked(client.received, secrets)).toEqual([]);
    expect(leaked([other.chat.received, other.desk.received, other.neighbourChat.received], secretsOf(acme))).toEqual([]);
  });
});

describe('ids of others inside a request', () => {
  const isId = (value: unknown) => typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value);
  const idsIn = (value: object, at: string[] = []): string[] =>
    Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
      if (isId(item)) return [[...at, key].join('.')];
      const inKey = isId(key) ? [[...at, '*'].join('.')] : [];
      return typeof item === 'object' && item !== null ? [...inKey, ...idsIn(item, [...at, key])] : inKey;
    });

  const conversation = () => `/api/v1/conversations/${acme.conversationId}`;
  const session = (policyId: string, headers: Record<string, string> = {}) =>
    new Caller(desk.url, headers).post('/widget/v1/sessions', {
      inboxKey: acme.inbox.key,
      consent: { policyId, policyVersion: acme.inbox.policyVersion, purposes: ['support'] },
    });

  const bulk = async (route: string, more: object) => {
    const conversationIds = [other.conversationId, newClientId()];
    const before = await contentOf(desk);
    const answer = await acme.owner.post(`/api/v1/screening/${route}`, { conversationIds, ...more });
    expect(answer.body).toEqual({ done: [], failed: conversationIds.map((id) => ({ id, code: 'not-found' })) });
    expect(await contentOf(desk)).toEqual(before);
  };

  const byEvents = 'tested with every event above';
  const ownIds = 'the caller’s own invention, tested below';
  const FIELDS: Record<string, string | (() => Promise<void>)> = {
    'POST /api/v1/conversations/:id/messages clientMessageId': ownIds,
    '/agent message.send clientMessageId': ownIds,
    '/visitor message.send clientMessageId': ownIds,
    '/visitor conversation.start clientConversationId': ownIds,
    '/visitor conversation.start message.clientMessageId': ownIds,
    '/agent message.send conversationId': byEvents,
    '/agent typing conversationId': byEvents,
    '/agent read conversationId': byEvents,
    '/agent resume conversations.*': byEvents,
    '/visitor message.send conversationId': byEvents,
    '/visitor typing conversationId': byEvents,
    '/visitor read conversationId': byEvents,
    '/visitor resume conversations.*': byEvents,
    'PATCH /api/v1/conversations/:id assigneeId': async () => {
      for (const id of [other.agent.id, other.owner.id, acme.visitor.contactId, acme.conversationId, newClientId()]) {
        const answer = await acme.owner.patch(conversation(), { assigneeId: id });
        expect(answer.body).toMatchObject({ status: 400, code: 'input.invalid', errors: [{ path: 'assigneeId' }] });
      }
    },
    'PATCH /api/v1/members/:id teamIds.0': async () => {
      for (const id of [other.teamId, acme.roleId, newClientId()])
        expect(codeOf(await acme.owner.patch(`/api/v1/members/${acme.colleague.id}`, { teamIds: [id] }))).toBe('input.invalid');
    },
    'POST /api/v1/members/invitations teamIds.0': async () => {
      for (const id of [other.teamId, newClientId()]) {
        const invitation = { name: 'Ida', email: 'ida@foreign.test', teamIds: [id] };
        expect(codeOf(await acme.owner.post('/api/v1/members/invitations', invitation))).toBe('input.invalid');
      }
    },
    'POST /api/v1/teams memberIds.0': async () => {
      for (const id of [other.agent.id, acme.visitor.contactId, newClientId()])
        expect(codeOf(await acme.owner.post('/api/v1/teams', { name: 'Strangers', memberIds: [id] }))).toBe('input.invalid');
    },
    'POST /api/v1/ownership/offer memberId': async () => {
      for (const id of [other.agent.id, newClientId()])
        expect(['input.invalid', 'not-found']).toContain(codeOf(await acme.owner.post('/api/v1/ownership/offer', { memberId: id })));
    },
    'GET /api/v1/audit member': async () => {
      const answer = await acme.owner.get(`/api/v1/audit?member=${other.agent.id}`);
      expect((answer.body as Page<object>).items).toEqual([]);
    },
    'POST /api/v1/conversations clientConversationId': ownIds,
    'POST /api/v1/conversations message.clientMessageId': ownIds,
    'POST /api/v1/conversations inboxId': async () => {
      const message = { clientMessageId: newClientId(), body: 'Good day' };
      for (const inboxId of [other.inbox.id, acme.inbox.policyId, newClientId()]) {
        const answer = await acme.owner.post('/api/v1/conversations', { inboxId, contact: { name: 'Vida' }, message });
        expect(answer.body).toMatchObject({ status: 400, code: 'input.invalid', errors: [{ path: 'inboxId' }] });
      }
      for (const id of [other.visitor.contactId, acme.agent.id, newClientId()]) {
        const answer = await acme.owner.post('/api/v1/conversations', { inboxId: acme.inbox.id, contact: { id }, message });
        expect(answer.body).toMatchObject({ status: 400, code: 'input.invalid', errors: [{ path: 'contact.id' }] });
      }
    },
    'GET /api/v1/screening/lessons member': async () => {
      const answer = await acme.owner.get(`/api/v1/screening/lessons?member=${other.colleague.id}`);
      expect((answer.body as Page<object>).items).toEqual([]);
    },
    'POST /api/v1/screening/blocks/of-conversation conversationId': async () => {
      for (const conversationId of [other.conversationId, newClientId()])
        expect(codeOf(await acme.owner.post('/api/v1/screening/blocks/of-conversation', { conversationId, reason: 'Noise' }))).toBe(
          'not-found',
        );
    },
    'POST /api/v1/screening/verdicts conversationIds.0': () => bulk('verdicts', { verdict: 'spam' }),
    'POST /api/v1/screening/verdicts/undo conversationIds.0': () => bulk('verdicts/undo', {}),
    'GET /api/v1/conversations assignee': async () => {
      const answer = await acme.owner.get(`/api/v1/conversations?assignee=${other.agent.id}`);
      expect((answer.body as Page<ConversationView>).items).toEqual([]);
    },
    'POST /widget/v1/sessions consent.policyId': async () => {
      for (const id of [other.inbox.policyId, acme.inbox.id, newClientId()]) expect(codeOf(await session(id))).toBe('consent.stale');
    },
  };

  it('are all thought of', () => {
    const fields = [
      ...Object.entries(routeSamples(acme)).flatMap(([name, { body, query }]) => idsIn({ ...body, ...query }).map((at) => `${name} ${at}`)),
      ...Object.entries(eventSamples(acme)).flatMap(([name, input]) => idsIn(input).map((at) => `${name} ${at}`)),
    ];
    expect(fields.sort()).toEqual(Object.keys(FIELDS).sort());
  });

  it.each(Object.entries(FIELDS).filter((entry): entry is [string, () => Promise<void>] => typeof entry[1] === 'function'))(
    'are refused or find nothing: %s',
    async (_, attempt) => {
      const before = await contentOf(desk);
      await attempt();
      expect(await contentOf(desk)).toEqual(before);
    },
  );

  it('find nothing in a search, nor through a cursor of another list', async () => {
    const found = async (query: string) => (await acme.owner.get(`/api/v1/conversations?${query}`)).text;
    expect(leaked(await found('q=visitor@other.test'), secretsOf(other))).toEqual([]);
    const first = await other.owner.get('/api/v1/conversations?limit=1');
    const { nextCursor } = first.body as Page<ConversationView>;
    expect(leaked(await found(`cursor=${nextCursor ?? ''}`), secretsOf(other))).toEqual([]);
  });

  it('make nobody of another account or inbox out of a visitor with a token from elsewhere', async () => {
    const answer = await session(acme.inbox.policyId, other.visitor.headers);
    expect(answer.status).toBe(201);
    expect((answer.body as { contactId: string }).contactId).not.toBe(other.visitor.contactId);
    expect((await other.visitor.get('/api/v1/conversations')).status).toBe(200);
  });

  it('name a message or a conversation only within what its author wrote', async () => {
    const [clientMessageId, clientConversationId] = [newClientId(), newClientId()];
    const start = (body: string) => ({ clientConversationId, message: { clientMessageId, body } });
    const seqs: string[] = [];
    for (const client of [acme.chat, acme.neighbourChat, other.chat])
      seqs.push(must(await client.call<{ conversationId: string }>('conversation.start', start(`By ${client.socket.id}`))).conversationId);
    expect(new Set(seqs).size).toBe(3);
    // The agent's own message may carry the id the visitor used.
    const conversationId = seqs[0] as string;
    must(await acme.desk.call('message.send', { conversationId, clientMessageId, body: 'Mine' }));
    expect(await acme.chat.call('conversation.start', start('Another text'))).toMatchObject({
      ok: false,
      error: { code: 'message.id-reused' },
    });
  });

  it('that were used for another text or kind are refused, on both ways', async () => {
    const { conversationId } = acme;
    const clientMessageId = newClientId();
    const send = (body: string, kind: 'message' | 'note') =>
      acme.desk.call('message.send', { conversationId, clientMessageId, body, kind });
    const first = must(await send('Once', 'message'));
    expect(must(await send('Once', 'message'))).toEqual(first);
    for (const [body, kind] of [
      ['Twice', 'message'],
      ['Once', 'note'],
    ] as const) {
      expect(await send(body, kind)).toMatchObject({ ok: false, error: { code: 'message.id-reused' } });
      const answer = await acme.agent.post(`${conversation()}/messages`, { clientMessageId, body, kind });
      expect([answer.status, codeOf(answer)]).toEqual([409, 'message.id-reused']);
    }
  });
});

describe('a private note', () => {
  it('reaches its conversation’s visitor on no way, and shows by nothing that it is there', async () => {
    const visitor = await desk.visitor({ name: 'Vera' }, acme.inbox);
    const chat = await visitor.connects();
    const { conversationId } = await starts(chat, 'Hello');
    await says(acme.desk, conversationId, 'Good day');
    await chat.until((client) => client.events.length === 2, 'the answer');
    const everything = async () => ({
      list: (await visitor.get('/api/v1/conversations')).body as unknown,
      one: (await visitor.get(`/api/v1/conversations/${conversationId}`)).body as unknown,
      events: (await visitor.get(`/api/v1/conversations/${conversationId}/events?after=0`)).body as unknown,
      back: (await visitor.get(`/api/v1/conversations/${conversationId}/events?before=1000`)).body as unknown,
      resumed: await chat.call('resume', { conversations: { [conversationId]: 0 } }),
    });
    const before = await everything();
    const noted = await says(acme.desk, conversationId, 'He is difficult', 'note');
    expect(await everything()).toEqual(before);
    await says(acme.desk, conversationId, 'Anything else?');
    await chat.until((client) => client.events.length === 3, 'the next answer');
    expect(JSON.stringify([await everything(), chat.received])).not.toContain('difficult');
    expect(chat.events.map(({ seq, prev }) => [seq, prev])).toEqual([
      [1, 0],
      [2, 1],
      [noted.seq + 1, 2],
    ]);
  });

  it('cannot be written by a visitor, nor a message be made one', async () => {
    const { conversationId } = acme;
    const before = await contentOf(desk);
    const note = { clientMessageId: newClientId(), body: 'Hidden', kind: 'note' };
    expect(await acme.chat.call('message.send', { conversationId, ...note })).toMatchObject({
      ok: false,
      error: { code: 'permission.denied' },
    });
    expect((await acme.visitor.post(`/api/v1/conversations/${conversationId}/messages`, note)).status).toBe(403);
    expect(await contentOf(desk)).toEqual(before);
  });
});
