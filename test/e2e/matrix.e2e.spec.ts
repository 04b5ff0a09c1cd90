import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import {
  ROLE_PERMISSIONS,
  TOKEN_SCOPES,
  VISITOR_PERMISSIONS,
  type InboxView,
  type NewApiTokenAnswer,
  type Permission,
  type Role,
} from '@sotto/protocol';
import { aColleague } from '../support/colleagues.js';
import { contentOf } from '../support/content.js';
import { aDesk, type Desk } from '../support/desk.js';
import { Caller, type LiveClient, type Member } from '../support/people.js';
import { EVENTS, ROUTES, type Right } from '../support/rights.js';
import { eventsOf, routesOf, type Route } from '../support/router.js';
import {
  UNLIMITED,
  addMember,
  addressOf,
  eventSamples,
  fill,
  inAnotherBrowser,
  routeSamples,
  type Sample,
  type Side,
} from '../support/scene.js';

/**
 * Every route and every socket event with everybody who might call it. What is expected is worked out here from the table of
 * rights, not from the routes' decorators. A route without a row fails.
 */
let desk: Desk;
let routes: Route[];

/** An account with somebody of every kind, its agent in the team of the conversation. */
interface Scene {
  side: Side;
  outsider: Member;
  admin: Member;
  everyScope: string;
  oneScope: string;
}

/** The one scope of the token that may next to nothing. */
const SCOPE: Permission = 'policy.read';
const MINUTES_11 = 11 * 60_000;

let acme: Side;
let other: Side;
let scene: Scene;

beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
  scene = await aScene(desk, 'acme');
  acme = scene.side;
  other = await fill(desk, await desk.makeAccount('Other', 'owner@other.test'), 'other');
  routes = routesOf(desk.app);
});
afterAll(() => desk.close());

async function aScene(account: { owner: Member; inbox: InboxView }, mark: string): Promise<Scene> {
  const side = await fill(desk, account, mark);
  const outsider = await addMember(desk, side.accountId, `Outsider of ${mark}`, `outsider@${mark}.test`, 'agent');
  const { member: admin } = await aColleague(desk, `Admin-of-${mark}`, { role: 'admin', owner: side.owner });
  const team = await side.owner.post('/api/v1/teams', { name: 'Inner circle', memberIds: [side.agent.id] });
  const inTeam = await side.owner.patch(`/api/v1/conversations/${side.conversationId}`, { teamId: (team.body as { id: string }).id });
  expect([team.status, inTeam.status]).toEqual([201, 200]);
  const makeToken = async (scopes: readonly Permission[]) => {
    const answer = await side.owner.post('/api/v1/api-tokens', { name: 'A program', scopes });
    if (answer.status !== 201) throw new Error(`No token: ${answer.text}`);
    return (answer.body as NewApiTokenAnswer).token;
  };
  return { side, outsider, admin, everyScope: await makeToken(TOKEN_SCOPES), oneScope: await makeToken([SCOPE]) };
}

const freshly = (member: Member) => inAnotherBrowser(desk, member, 'full');

/** A session whose proof of who is there is too old. */
async function longAfter(member: Member): Promise<Member> {
  desk.clock.advance(-MINUTES_11);
  const old = await freshly(member);
  desk.clock.advance(MINUTES_11);
  return old;
}

const program = (token: string) => Promise.resolve(new Caller(desk.url, { authorization: `Bearer ${token}` }));

const PASSES = 'passes';
const DENIED = '403 permission.denied';
const HIDDEN = '404 not-found';

const mayAs = (role: Role, { needs }: Right) =>
  needs === 'person' || needs === 'member' || (ROLE_PERMISSIONS[role] as readonly string[]).includes(needs);
/** Somebody else's is not there; an admin sees the owner's, and may not touch it. */
const ofSomebodyElse = (role: Role, right: Right) => {
  if (right.ofAgent) return HIDDEN;
  if (right.ofOwner && role !== 'owner') return role === 'admin' ? '403 member.outranks-you' : HIDDEN;
  return null;
};
const ofMember = (role: Role, right: Right) => (mayAs(role, right) ? (ofSomebodyElse(role, right) ?? PASSES) : DENIED);
const ofVisitor = (right: Right) => (VISITOR_PERMISSIONS as readonly string[]).includes(right.needs);
const ofProgram = (scopes: readonly string[], right: Right) =>
  !right.fresh && (right.needs === 'member' || scopes.includes(right.needs)) ? PASSES : DENIED;

interface Column {
  who: string;
  caller: (scene: Scene) => Promise<Caller>;
  expected: (right: Right) => string;
}

const columns: Column[] = [
  { who: 'nobody', caller: () => Promise.resolve(new Caller(desk.url, { origin: desk.url })), expected: () => '401 auth.required' },
  { who: 'the visitor', caller: ({ side }) => Promise.resolve(side.visitor), expected: (right) => (ofVisitor(right) ? PASSES : DENIED) },
  {
    who: 'another visitor',
    caller: ({ side }) => Promise.resolve(side.neighbour),
    expected: (right) => (ofVisitor(right) ? (right.kind === 'one' ? HIDDEN : PASSES) : DENIED),
  },
  {
    who: 'an agent',
    caller: ({ side }) => freshly(side.agent),
    expected: (right) => (right.ofAgent ? PASSES : ofMember('agent', right)),
  },
  {
    who: 'an agent of another team',
    caller: ({ outsider }) => freshly(outsider),
    expected: (right) => (right.ofTeam && mayAs('agent', right) ? HIDDEN : ofMember('agent', right)),
  },
  { who: 'an admin', caller: ({ admin }) => freshly(admin), expected: (right) => ofMember('admin', right) },
  { who: 'an owner', caller: ({ side }) => freshly(side.owner), expected: (right) => ofMember('owner', right) },
  {
    who: 'an owner long after',
    caller: ({ side }) => longAfter(side.owner),
    expected: (right) => (right.fresh && mayAs('owner', right) ? '403 step-up.required' : ofMember('owner', right)),
  },
  {
    who: 'an owner of another account',
    caller: () => freshly(other.owner),
    expected: (right) => (right.kind === 'one' && mayAs('owner', right) ? HIDDEN : ofMember('owner', right)),
  },
  {
    who: 'a program with every scope',
    caller: ({ everyScope }) => program(everyScope),
    expected: (right) => ofProgram(TOKEN_SCOPES, right),
  },
  { who: 'a program with another scope', caller: ({ oneScope }) => program(oneScope), expected: (right) => ofProgram([SCOPE], right) },
];

/** These take away what other calls need. */
const LAST = [
  'DELETE /api/v1/members/:id',
  'DELETE /api/v1/members/:id/invitation',
  'DELETE /api/v1/sessions/:id',
  'DELETE /api/v1/second-factor/passkeys/:id',
  'DELETE /api/v1/sessions',
  'POST /api/v1/me/password',
  'POST /widget/v1/consent/withdraw',
];
const inOrder = (entries: Route[]) => [...entries].sort((one, next) => LAST.indexOf(one.name) - LAST.indexOf(next.name));

const rightOf = ({ name }: Route): Right => {
  const right = ROUTES[name];
  if (!right) throw new Error(`${name} has no row: say who may use it`);
  return right;
};
const sampleOf = (samples: Record<string, Sample>, { name }: Route): Sample => {
  const sample = samples[name];
  if (!sample) throw new Error(`${name} has no sample`);
  return sample;
};

const codeOf = (answer: Response) => (answer.body as { code?: string } | undefined)?.code ?? '';
const outcomeOf = (answer: Response) => {
  if (answer.status >= 500) return `${answer.status} ${codeOf(answer)}`;
  return [401, 403, 404].includes(answer.status) ? `${answer.status} ${codeOf(answer)}` : PASSES;
};
/** What of one account must not show in another. */
const secrets = () => [
  acme.accountId,
  acme.conversationId,
  acme.visitor.contactId,
  acme.owner.id,
  acme.agent.id,
  acme.inbox.id,
  'of acme',
  'acme.test',
];

it('has a row for every route and every event, and no row too many', () => {
  expect(routes.map(({ name }) => name).sort()).toEqual(Object.keys(ROUTES).sort());
  expect(
    eventsOf(desk.app)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(Object.keys(EVENTS).sort());
});

it('says of every route what its own decorators say', () => {
  const said = routes.map((route) => {
    const { rule } = route;
    const needs =
      'public' in rule
        ? 'nothing'
        : 'allow' in rule
          ? rule.allow
          : !rule.stages.includes('full')
            ? 'unfinished'
            : rule.tokens
              ? 'member'
              : 'person';
    return [route.name, needs, route.stepUp];
  });
  expect(said).toEqual(routes.map((route) => [route.name, rightOf(route).needs, rightOf(route).fresh ?? false]));
});

describe.each(columns)('$who', ({ who, caller, expected }) => {
  const cells = () => routes.filter((route) => rightOf(route).kind !== 'anybody');

  it('is refused what is not theirs, learns nothing by it and changes nothing', async () => {
    const refused = cells().filter((route) => expected(rightOf(route)) !== PASSES);
    const samples = routeSamples(acme);
    const somebody = await caller(scene);
    const before = await contentOf(desk);
    const faults: string[] = [];
    for (const route of refused) {
      const sample = sampleOf(samples, route);
      const answer = await somebody.send(route.method, addressOf(route, sample), sample.body);
      if (outcomeOf(answer) !== expected(rightOf(route)))
        faults.push(`${route.name}: ${outcomeOf(answer)}, not ${expected(rightOf(route))}`);
      for (const secret of secrets()) if (answer.text.includes(secret)) faults.push(`${route.name} reveals ${secret}`);
    }
    expect(faults).toEqual([]);
    expect(await contentOf(desk)).toEqual(before);
  });

  it('gets what is theirs', async () => {
    const allowed = inOrder(cells().filter((route) => expected(rightOf(route)) === PASSES));
    const mark = `scene-${columns.findIndex((column) => column.who === who)}`;
    const elsewhere = who === 'an owner of another account';
    // An account for each, since what they may do takes things away.
    const own = elsewhere ? { ...scene, side: other } : await aScene(await desk.makeAccount(mark, `owner@${mark}.test`), mark);
    const faults: string[] = [];
    for (const route of allowed) {
      const sample = sampleOf(routeSamples(own.side), route);
      const answer = await (await caller(own)).send(route.method, addressOf(route, sample), sample.body);
      const fine =
        outcomeOf(answer) === PASSES || (rightOf(route).perhaps && !['permission.denied', 'step-up.required'].includes(codeOf(answer)));
      if (!fine || answer.status >= 500) faults.push(`${route.name}: ${answer.status} ${answer.text}`);
      if (elsewhere) for (const secret of secrets()) if (answer.text.includes(secret)) faults.push(`${route.name} reveals ${secret}`);
    }
    expect(faults).toEqual([]);
  });
});

describe('sockets', () => {
  const refusedTo: [string, '/agent' | '/visitor', () => object, () => Record<string, string>, string][] = [
    ['nobody', '/agent', () => ({}), () => ({ origin: desk.url }), 'auth.required'],
    ['nobody', '/visitor', () => ({}), () => ({}), 'consent.required'],
    ['a visitor', '/agent', () => ({ token: acme.visitor.session.token }), () => ({ origin: desk.url }), 'auth.required'],
    ['an owner', '/visitor', () => ({}), () => acme.owner.headers, 'consent.required'],
    [
      'a program',
      '/agent',
      () => ({ token: scene.everyScope }),
      () => ({ origin: desk.url, authorization: `Bearer ${scene.everyScope}` }),
      'auth.required',
    ],
    ['a program', '/visitor', () => ({ token: scene.everyScope }), () => ({}), 'consent.required'],
  ];

  it.each(refusedTo)('do not open for %s on %s', async (_, namespace, auth, headers, code) => {
    const client = desk.keep(new Caller(desk.url, {})).client(namespace, auth(), headers());
    await expect(client.connected()).rejects.toThrow(code);
  });

  it('give every event to whoever may see the conversation, and to nobody else', async () => {
    const [agent, outside, ofAdmin, ofOwner] = await Promise.all(
      [acme.agent, scene.outsider, scene.admin, acme.owner].map((one) => freshly(one).then((me) => me.connects())),
    );
    const of = (client: LiveClient | undefined) => client as LiveClient;
    const agents: [string, LiveClient, boolean][] = [
      ['an agent', of(agent), true],
      ['an agent of another team', of(outside), false],
      ['an admin', of(ofAdmin), true],
      ['an owner', of(ofOwner), true],
      ['an agent of another account', other.desk, false],
    ];
    const visitors: [string, LiveClient, boolean][] = [
      ['the visitor', acme.chat, true],
      ['another visitor', acme.neighbourChat, false],
      ['a visitor of another account', other.chat, false],
    ];
    const faults: string[] = [];
    for (const event of eventsOf(desk.app)) {
      for (const [who, client, sees] of event.namespace === '/agent' ? agents : visitors) {
        if (EVENTS[event.name] === 'making') continue;
        const ack = await client.call<{ conversations?: object }>(event.event, eventSamples(acme)[event.name]);
        const empty = EVENTS[event.name] === 'many' && ack.ok && Object.keys(ack.conversations ?? {}).length === 0;
        const got = ack.ok ? (empty ? 'nothing' : 'something') : ack.error.code === 'not-found' ? 'nothing' : ack.error.code;
        if (got !== (sees ? 'something' : 'nothing')) faults.push(`${event.name} by ${who}: ${got}`);
      }
    }
    expect(faults).toEqual([]);
  });
});
