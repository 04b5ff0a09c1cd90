import { parse } from 'node:querystring';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Response } from 'supertest';
import request from 'supertest';
import { ERRORS, type Ack, type ErrorCode } from '@sotto/protocol';
import { contentOf } from '../support/content.js';
import { aDesk, type Desk } from '../support/desk.js';
import { Caller, newClientId, type LiveClient } from '../support/people.js';
import { eventsOf, routesOf, type Door, type Route, type SocketEvent } from '../support/router.js';
import { UNLIMITED, addressOf, clientOf, eventSamples, fill, routeSamples, type Sample, type Side } from '../support/scene.js';

let desk: Desk;
let side: Side;
let anonymous: Caller;
let routes: [Route, Sample][];
let events: [SocketEvent, object][];

beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
  side = await fill(desk, desk, 'acme');
  anonymous = new Caller(desk.url, {});
  const [samples, inputs] = [routeSamples(side), eventSamples(side)];
  routes = routesOf(desk.app).map((route) => [route, must(samples[route.name], route.name)]);
  events = eventsOf(desk.app).map((event) => [event, must(inputs[event.name], event.name)]);
});
afterAll(() => desk.close());

function must<T>(sample: T | undefined, name: string): T {
  if (sample === undefined) throw new Error(`${name} has no right call in test/support/scene.ts, so no wrong one can be made of it`);
  return sample;
}

type Path = (string | number)[];

/** Stands for `__proto__` until the text is written, since an object literal cannot carry that key. */
const PROTO = 'sotto-proto-key';
const withProto = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll(`"${PROTO}"`, '"__proto__"'));

/** Every place in a value, the whole first. */
function placesOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const keys: Path = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [at, ...keys.flatMap((key) => placesOf((value as Record<string | number, unknown>)[key], [...at, key]))];
}

const MISSING = Symbol('missing');
function change(value: unknown, path: Path, to: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((item: unknown, index) => (index === key ? change(item, rest, to) : item));
  const entries = Object.entries(value as object).flatMap(([name, item]): [string, unknown][] => {
    if (name !== key) return [[name, item]];
    const changed = change(item, rest, to);
    return changed === MISSING ? [] : [[name, changed]];
  });
  return Object.fromEntries(entries);
}

const WRONG: unknown[] = [
  MISSING,
  null,
  true,
  -1,
  7.5,
  2 ** 53,
  1e308,
  '',
  'x',
  '\u0000',
  'x'.repeat(20_000),
  [],
  [[]],
  [null],
  {},
  { a: { b: 1 } },
];
const KEYS = ['unknown', PROTO, 'constructor', 'accountId', 'role', 'toString'];

/** Whatever can be made of a right value by changing one place, together with that place. */
function* mutations(right: object): Generator<{ path: Path; value: unknown }> {
  for (const path of placesOf(right)) {
    for (const wrong of WRONG) if (wrong !== MISSING || path.length > 0) yield { path, value: change(right, path, wrong) };
    const there = path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], right);
    if (typeof there === 'object' && there !== null && !Array.isArray(there))
      for (const key of KEYS) yield { path, value: withProto(change(right, path, { ...there, [key]: { polluted: true } })) };
  }
}

/** The same with values nobody thought of. */
const surprises = (right: object) =>
  fc.record({ path: fc.constantFrom(...placesOf(right)), wrong: fc.jsonValue() }).map(({ path, wrong }) => ({
    path,
    value: change(right, path, wrong),
  }));

const refuses = (door: Pick<Door, 'schema'>, value: unknown): boolean => door.schema !== undefined && !door.schema.safeParse(value).success;

const REVEALS =
  /\bat \S+ \(|node_modules|\.ts:\d|\.js:\d|\bselect\b.+\bfrom\b|insert into|syntax error|invalid (input syntax|byte)|out of range/i;

/** What is wrong with an answer to a wrong request, or null. */
function fault(answer: Response, expected?: ErrorCode): string | null {
  const problem = answer.body as { code?: ErrorCode; status?: number; errors?: { path: string }[] };
  const text = `${answer.status} ${answer.text ?? ''}`.slice(0, 400);
  if (answer.status < 400 || answer.status >= 500) return `answered ${text}`;
  if (!(answer.headers['content-type'] ?? '').startsWith('application/problem+json')) return `is no problem document: ${text}`;
  if (!problem.code || ERRORS[problem.code]?.[0] !== answer.status) return `has no code of ours: ${text}`;
  if (expected && problem.code !== expected) return `should be ${expected}: ${text}`;
  if (REVEALS.test(answer.text)) return `reveals the inside: ${text}`;
  return null;
}

/** Whether one of the errors speaks of the changed place, of what is in it, or of what it is in. */
function names(errors: { path: string }[] | undefined, path: Path): boolean {
  const place = path.join('.');
  return (errors ?? []).some((error) => [place.startsWith(error.path), error.path.startsWith(place)].includes(true));
}

const callerOf = (sample: Sample): Caller => sample.by ?? anonymous;
const show = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 200);

/** Runs something that must be refused, and fails unless every table is as before and the server still answers. */
async function changesNothing(work: () => Promise<string[]>): Promise<void> {
  const before = await contentOf(desk);
  const faults = await work();
  expect(faults).toEqual([]);
  expect(await contentOf(desk)).toEqual(before);
  expect((await request(desk.url).get('/health/ready')).status).toBe(200);
}

describe('the right calls of this test', () => {
  it('have the shape the routes and events ask for', () => {
    const wrong = [
      ...routes.flatMap(([route, sample]) =>
        route.doors.filter((door) => door.in === 'body' && refuses(door, sample.body)).map(() => route.name),
      ),
      ...routes.flatMap(([route, sample]) =>
        route.doors.filter((door) => door.in === 'query' && refuses(door, { ...sample.query })).map(() => route.name),
      ),
      ...events.filter(([event, input]) => refuses(event, input)).map(([event]) => event.name),
    ];
    expect(wrong).toEqual([]);
  });

  it('cover every body, and every body has a shape', () => {
    const shapeless = routes.flatMap(([route, sample]) => {
      const body = route.doors.find((door) => door.in === 'body');
      return (body !== undefined) === (sample.body !== undefined) && (body === undefined || body.schema) ? [] : [route.name];
    });
    expect(shapeless).toEqual([]);
    expect(events.filter(([event]) => !event.schema)).toEqual([]);
  });
});

describe('wrong bodies', () => {
  const judge = async (route: Route, sample: Sample, path: Path, value: unknown): Promise<string | null> => {
    const answer = await callerOf(sample).send(route.method, addressOf(route, sample), value);
    // What is neither an object nor a list is refused before anybody looks at its shape.
    const whole = typeof value !== 'object' || value === null;
    const found = fault(answer, whole ? 'input.malformed' : 'input.invalid');
    if (whole && !found) return null;
    if (found) return `${route.name} with ${show(value)} ${found}`;
    return names((answer.body as { errors?: { path: string }[] }).errors, path)
      ? null
      : `${route.name} does not name ${path.join('.')}: ${answer.text}`;
  };
  const withBodies = () =>
    routes.flatMap(([route, sample]) => route.doors.filter((door) => door.in === 'body').map((door) => ({ route, sample, door })));

  it('are refused at the place that is wrong, and change nothing', async () => {
    await changesNothing(async () => {
      const faults: (string | null)[] = [];
      for (const { route, sample, door } of withBodies())
        for (const { path, value } of mutations(sample.body ?? {}))
          if (refuses(door, value)) faults.push(await judge(route, sample, path, value));
      expect(faults.length).toBeGreaterThan(500);
      return faults.filter((found) => found !== null);
    });
  }, 180_000);

  it('are refused whatever is in them', async () => {
    await changesNothing(async () => {
      for (const { route, sample, door } of withBodies()) {
        await fc.assert(
          fc.asyncProperty(surprises(sample.body ?? {}), async ({ path, value }) => {
            fc.pre(refuses(door, value));
            expect(await judge(route, sample, path, value)).toBeNull();
          }),
          { numRuns: 25 },
        );
      }
      return [];
    });
  }, 180_000);

  it.each([
    ['malformed JSON', 'application/json', '{"email": "a', 400],
    ['JSON that is no object', 'application/json', '"text"', 400],
    ['nothing', 'application/json', '', 400],
    ['another content type', 'text/plain', '{}', 400],
    ['a form', 'application/x-www-form-urlencoded', 'email=a&password=b', 400],
    ['an unknown character set', 'application/json; charset=nonsense', '{}', 400],
    ['a body over the limit', 'application/json', JSON.stringify({ body: 'x'.repeat(70_000) }), 413],
    ['objects in objects', 'application/json', `{"body":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`, 400],
    ['lists in lists', 'application/json', `{"body":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, 400],
  ])('that are %s are refused', async (_, type, text, status) => {
    await changesNothing(async () => {
      const faults: string[] = [];
      for (const { route, sample } of withBodies()) {
        const answer = await request(desk.url)
          [route.method](addressOf(route, sample))
          .set({ ...callerOf(sample).headers, 'content-type': type })
          .send(text);
        const found = answer.status === status ? fault(answer) : `should be ${status}: ${answer.status} ${answer.text}`;
        if (found) faults.push(`${route.name} ${found}`);
      }
      return faults;
    });
  });

  it('that say they are compressed and are not, are refused', async () => {
    const answer = await request(desk.url)
      .post('/api/v1/auth/login')
      .set({ 'content-type': 'application/json', 'content-encoding': 'gzip' })
      .send('{"email":"a","password":"b"}');
    expect(fault(answer)).toBeNull();
  });
});

describe('wrong addresses', () => {
  const BAD_PARTS = [
    'x',
    '%00',
    '%ff',
    '%',
    '%zz',
    '..%2f..%2fetc',
    'null',
    '[object%20Object]',
    '1',
    `${newClientId()}0`,
    "'--",
    'x'.repeat(4_000),
  ];

  it('are refused in every parameter of a path', async () => {
    await changesNothing(async () => {
      const faults: string[] = [];
      for (const [route, sample] of routes) {
        for (const name of Object.keys(sample.parameters ?? {})) {
          const door = route.doors.find((one) => one.in === 'param' && one.name === name);
          // A mail's number is a small one.
          const wrong = route.path.startsWith('/dev/mail/')
            ? BAD_PARTS.filter((part) => refuses({ schema: door?.schema }, part))
            : BAD_PARTS;
          for (const part of wrong) {
            const address = addressOf(route, { ...sample, parameters: { ...sample.parameters, [name]: part } });
            const found = fault(await callerOf(sample).send(route.method, address, sample.body));
            if (found) faults.push(`${route.name} with ${part.slice(0, 40)} ${found}`);
          }
        }
      }
      return faults;
    });
  }, 120_000);

  const BAD_VALUES = ['', 'x', '-1', '0', '1.5', '101', '1e999', 'NaN', 'Infinity', '0x10', '%00', '%ff%fe', '[]', '{}', 'x'.repeat(3_000)];

  it('are refused in every query', async () => {
    await changesNothing(async () => {
      const faults: string[] = [];
      for (const [route, sample] of routes) {
        const door = route.doors.find((one) => one.in === 'query' && one.name === undefined);
        if (!door) continue;
        const right = new URLSearchParams(sample.query).toString();
        const keys = Object.keys(sample.query ?? {});
        const queries = [
          ...keys.flatMap((key) => BAD_VALUES.map((value) => `${right.replace(new RegExp(`(^|&)${key}=[^&]*`), '')}&${key}=${value}`)),
          ...keys.flatMap((key) => [`${right}&${key}=x`, `${right}&${key}[]=x`, `${right}&${key}[a]=x`]),
          ...['unknown=1', '__proto__=1', '__proto__[a]=1', 'constructor=1', 'limit=10&limit=10', 'cursor=a&cursor=b'].map(
            (more) => `${right}&${more}`,
          ),
        ];
        for (const query of queries) {
          const answer = await callerOf(sample).send(route.method, addressOf(route, sample, query));
          const found = refuses(door, { ...parse(query) })
            ? fault(answer, 'input.invalid')
            : answer.status >= 500
              ? `answered ${answer.status}`
              : null;
          if (found) faults.push(`${route.name}?${query.slice(0, 120)} ${found}`);
        }
      }
      return faults;
    });
  }, 120_000);

  it.each([
    'time only',
    `2026-01-01T00:00:00.000Z ${'-'.repeat(36)}`,
    `+275760-09-13T00:00:00.000Z ${newClientId()}`,
    `2026-01-01 ${newClientId()}`,
  ])('are refused when a cursor is made up: %s', async (text) => {
    const cursor = Buffer.from(text).toString('base64url');
    const answer = await side.agent.get(`/api/v1/conversations?cursor=${cursor}`);
    expect(answer.status).toBeLessThan(500);
  });

  it.each([
    '/api/%zz',
    '/api/v1/nothing',
    '/api/v2/me',
    '/assets/nothing.js',
    '/assets/%',
    '/assets/%00',
    '/assets/..%2f..%2fpackage.json',
    '/widget/v1/assets/..%2f..%2f..%2fpackage.json',
    '/widget/v1/assets/nothing.js',
    '/widget/v1/nothing',
    '/try/%',
    '/health/nothing',
    '/.env',
  ])('that lead nowhere are refused: %s', async (path) => {
    expect(fault(await request(desk.url).get(path))).toBeNull();
  });

  it.each(['put', 'delete', 'options', 'head', 'patch'] as const)('are refused with method %s where there is none', async (method) => {
    const answer = await request(desk.url)[method]('/api/v1/setup').set(side.owner.headers);
    expect([404, 405]).toContain(method === 'head' ? 404 : answer.status);
    expect(answer.text ?? '').not.toMatch(REVEALS);
  });
});

describe('wrong events', () => {
  const ackFault = (ack: Ack<object>, expected: ErrorCode, path?: Path): string | null => {
    if (ack.ok) return `was accepted: ${show(ack)}`;
    if (ack.error.code !== expected) return `should be ${expected}: ${show(ack)}`;
    if (REVEALS.test(JSON.stringify(ack))) return `reveals the inside: ${show(ack)}`;
    return path === undefined || names(ack.error.errors, path) ? null : `does not name ${path.join('.')}: ${show(ack)}`;
  };

  it('are refused at the place that is wrong, and change nothing', async () => {
    await changesNothing(async () => {
      const faults: string[] = [];
      let calls = 0;
      for (const [event, right] of events) {
        for (const { path, value } of mutations(right)) {
          if (!refuses(event, value)) continue;
          calls += 1;
          const found = ackFault(
            await clientOf(side, event).call(event.event, value === MISSING ? undefined : value),
            'input.invalid',
            path,
          );
          if (found) faults.push(`${event.name} with ${show(value)} ${found}`);
        }
      }
      expect(calls).toBeGreaterThan(300);
      return faults;
    });
  }, 120_000);

  it('are refused whatever is in them', async () => {
    await changesNothing(async () => {
      for (const [event, right] of events) {
        await fc.assert(
          fc.asyncProperty(surprises(right), async ({ path, value }) => {
            fc.pre(refuses(event, value));
            expect(ackFault(await clientOf(side, event).call(event.event, value), 'input.invalid', path)).toBeNull();
          }),
          { numRuns: 25 },
        );
      }
      return [];
    });
  }, 120_000);

  it('are refused when they bring bytes, several arguments or nothing', async () => {
    await changesNothing(async () => {
      const faults: string[] = [];
      for (const [event, right] of events) {
        const client = clientOf(side, event);
        const bytes = Buffer.from('x');
        const answers = [
          await client.call(event.event),
          await client.call(event.event, bytes),
          await client.call(event.event, {
            ...right,
            body: bytes,
            conversationId: bytes,
            clientConversationId: bytes,
            conversations: bytes,
          }),
          (await client.socket.timeout(10_000).emitWithAck(event.event, right, right)) as Ack<object>,
          (await client.socket.timeout(10_000).emitWithAck(event.event, [right])) as Ack<object>,
        ];
        for (const ack of answers) {
          const found = ackFault(ack, 'input.invalid');
          if (found) faults.push(`${event.name} ${found}`);
        }
      }
      return faults;
    });
  });

  it.each(['unknown', '__proto__', 'constructor', 'toString', 'message', 'error', 'event', 'session.closed', '', '*'])(
    'called %p are answered with a fixed error',
    async (name) => {
      for (const client of [side.desk, side.chat]) expect(ackFault(await client.call(name, {}), 'event.unknown')).toBeNull();
    },
  );

  it('of the other side are unknown', async () => {
    expect(ackFault(await side.desk.call('conversation.start', {}), 'event.unknown')).toBeNull();
  });

  it('beyond what the database can count are refused or answered, never an error of the server', async () => {
    const far = Number.MAX_SAFE_INTEGER;
    for (const client of [side.desk, side.chat]) {
      expect(await client.call('resume', { conversations: { [side.conversationId]: far } })).toMatchObject({ ok: true });
      expect(await client.call('read', { conversationId: side.conversationId, seq: far })).toMatchObject({ ok: true });
    }
    for (const where of ['after', 'before'])
      expect((await side.agent.get(`/api/v1/conversations/${side.conversationId}/events?${where}=${far}`)).status).toBe(200);
  });

  it('without an acknowledgement are taken in silence, and the socket stays', async () => {
    for (const [event] of events) {
      const client = clientOf(side, event);
      client.socket.emit(event.event, { wrong: true });
      client.socket.emit(event.event);
      client.socket.emit('unknown', { wrong: true });
    }
    for (const client of [side.desk, side.chat]) expect((await client.call('resume', { conversations: {} })).ok).toBe(true);
  });
});

describe('wrong frames', () => {
  const raw = (): Promise<{ send(frame: string | Uint8Array<ArrayBuffer>): void; closed: Promise<unknown>; close(): void }> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`${desk.url.replace('http', 'ws')}/socket/?EIO=4&transport=websocket`);
      const closed = new Promise((done) => socket.addEventListener('close', done));
      socket.addEventListener('error', () => reject(new Error('The socket did not open')));
      socket.addEventListener('message', ({ data }) => {
        const text = String(data);
        if (text.startsWith('0')) socket.send(`40/visitor,${JSON.stringify({ token: side.visitor.session.token })}`);
        if (text.startsWith('40/visitor')) resolve({ send: (frame) => socket.send(frame), closed, close: () => socket.close() });
        if (text.startsWith('44')) reject(new Error(text));
      });
    });

  const stillServes = async (client: LiveClient) => {
    expect((await client.call('resume', { conversations: {} })).ok).toBe(true);
    expect((await request(desk.url).get('/health/ready')).status).toBe(200);
  };

  it.each([
    ['text over 64 KiB', `42/visitor,["typing",{"x":"${'x'.repeat(65 * 1024)}"}]`],
    ['bytes over 64 KiB', new Uint8Array(65 * 1024)],
    ['an unknown type of packet', '9'],
    ['an event that is no list', '42/visitor,{"a":1}'],
    ['an event without a name', '42/visitor,[]'],
    ['a name that is an object', '42/visitor,[{"a":1},{}]'],
    ['broken JSON', '42/visitor,["typing",{'],
    ['a reserved name', '42/visitor,["disconnecting",{}]'],
    ['attachments that never come, then another packet', '451-/visitor,["typing",{"_placeholder":true,"num":0}]\n'],
    ['more attachments than anybody sends', '4599999-/visitor,["typing",{"_placeholder":true,"num":0}]'],
    ['an acknowledgement nobody waits for', '43/visitor,999999["x"]'],
    ['a namespace nobody serves', '42/admin,["typing",{}]'],
  ])('with %s end at most their own connection', async (_, frame) => {
    const other = await raw();
    other.send(frame);
    other.send('42/visitor,["unknown",{}]');
    if (frame.length > 64 * 1024) await other.closed;
    await stillServes(side.chat);
    other.close();
  });

  it('end the connection of a client that sends more than 64 KiB, and of nobody else', async () => {
    const client = await side.visitor.connects();
    client.socket.emit('message.send', {
      conversationId: side.conversationId,
      clientMessageId: newClientId(),
      body: 'x'.repeat(65 * 1024),
    });
    await client.until(() => client.of('disconnect').length > 0, 'the end of the connection');
    await stillServes(side.chat);
  });

  it('from nowhere, to nowhere, are refused', async () => {
    for (const namespace of ['/', '/admin', '/agent/', '/visitor2']) {
      const client = anonymous.client(namespace as '/agent', { token: side.visitor.session.token });
      await expect(client.connected()).rejects.toThrow(/Use \/agent|Invalid namespace/);
    }
  });
});
