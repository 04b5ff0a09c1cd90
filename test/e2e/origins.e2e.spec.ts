import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import request, { type Response } from 'supertest';
import type { InboxView } from '@sotto/protocol';
import { contentOf } from '../support/content.js';
import { aDesk, type Desk } from '../support/desk.js';
import { Caller, LiveClient, type Visitor } from '../support/people.js';
import { routesOf, type Route } from '../support/router.js';
import { UNLIMITED, addressOf, fill, routeSamples, type Sample, type Side } from '../support/scene.js';

const SHOP = 'https://shop.example';

let desk: Desk;
let side: Side;
let shop: InboxView;
let routes: { route: Route; sample: Sample }[];

beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
  side = await fill(desk, desk, 'acme');
  const made = await desk.owner.post('/api/v1/inboxes', { name: 'Shop', allowedOrigins: [SHOP, 'https://www.shop.example:8443'] });
  shop = made.body as InboxView;
  const samples = routeSamples(side);
  routes = routesOf(desk.app).map((route) => ({ route, sample: samples[route.name] as Sample }));
});
afterAll(() => desk.close());

const codeOf = (answer: Response) => (answer.body as { code?: string }).code;

/** Everything that is not the page's own origin but may look like it. */
const foreign = (): Record<string, string> => {
  const { host, port } = new URL(desk.url);
  return {
    'another site': 'https://evil.test',
    'an opaque origin': 'null',
    'a name that begins alike': `${desk.url}.evil.test`,
    'a name that ends alike': `http://evil-${host}`,
    'a user before another host': `http://localhost:${port}@evil.test`,
    'another port': 'http://localhost:1',
    'no port': 'http://localhost',
    'another scheme': `https://${host}`,
    'the address instead of the name': `http://127.0.0.1:${port}`,
    'a path behind it': `${desk.url}/`,
    'two origins': `${desk.url}, https://evil.test`,
    capitals: desk.url.toUpperCase(),
    'the inbox’s page': SHOP,
  };
};
const NAMES = [
  'another site',
  'an opaque origin',
  'a name that begins alike',
  'a name that ends alike',
  'a user before another host',
  'another port',
  'no port',
  'another scheme',
  'the address instead of the name',
  'a path behind it',
  'two origins',
  'capitals',
  'the inbox’s page',
];

const cookieOnly = () => ({ cookie: side.owner.headers.cookie ?? '' });

describe('unsafe calls that carry the cookie', () => {
  const unsafe = () => routes.filter(({ route }) => route.method !== 'get' && !('public' in route.rule));

  it('are there, with every unsafe method', () => {
    expect(unsafe().length).toBeGreaterThan(5);
    expect(new Set(unsafe().map(({ route }) => route.method))).toEqual(new Set(['post', 'patch', 'put', 'delete']));
  });

  it.each(['no origin', ...NAMES])('are refused from %s', async (name) => {
    const origin = foreign()[name];
    const caller = new Caller(desk.url, { ...cookieOnly(), ...(origin === undefined ? {} : { origin }) });
    const before = await contentOf(desk);
    const faults: string[] = [];
    for (const { route, sample } of unsafe()) {
      const answer = await caller.send(route.method, addressOf(route, sample), sample.body);
      if (answer.status !== 403 || codeOf(answer) !== 'origin.refused')
        faults.push(`${route.name}: ${answer.status} ${codeOf(answer) ?? ''}`);
    }
    expect(faults).toEqual([]);
    expect(await contentOf(desk)).toEqual(before);
    expect((await side.owner.get('/api/v1/me')).status).toBe(200);
  });

  it('are refused when only the Referer is right', async () => {
    const caller = new Caller(desk.url, { ...cookieOnly(), referer: `${desk.url}/` });
    expect(codeOf(await caller.patch(`/api/v1/inboxes/${shop.id}`, { name: 'Taken' }))).toBe('origin.refused');
  });
});

describe('signing in and setting up', () => {
  it.each(NAMES)('are refused from %s', async (name) => {
    const caller = new Caller(desk.url, { origin: foreign()[name] ?? '' });
    const samples = routeSamples(side);
    for (const path of ['auth/login', 'setup']) {
      const answer = await caller.post(`/api/v1/${path}`, samples[`POST /api/v1/${path}`]?.body);
      expect([answer.status, codeOf(answer), answer.headers['set-cookie']]).toEqual([403, 'origin.refused', undefined]);
    }
  });
});

describe('answers', () => {
  it('let no other origin read them', async () => {
    for (const path of ['/api/v1/me', '/api/v1/conversations', `/widget/v1/inboxes/${shop.key}`, '/health/ready']) {
      const answer = await request(desk.url)
        .get(path)
        .set({ ...cookieOnly(), origin: 'https://evil.test' });
      expect([path, answer.headers['access-control-allow-origin']]).toEqual([path, undefined]);
    }
  });
});

const connects = (namespace: string, transport: 'websocket' | 'polling', auth: object, headers: Record<string, string>) => {
  const socket = io(`${desk.url}${namespace}`, {
    path: '/socket',
    transports: [transport],
    autoConnect: false,
    reconnection: false,
    forceNew: true,
    auth,
    extraHeaders: headers,
  });
  const client = new LiveClient(socket);
  return client.connected().finally(() => client.close());
};

describe.each(['websocket', 'polling'] as const)('sockets over %s', (transport) => {
  it.each(['no origin', ...NAMES])('of agents are refused from %s', async (name) => {
    const origin = foreign()[name];
    const headers = { ...cookieOnly(), ...(origin === undefined ? {} : { origin }) };
    await expect(connects('/agent', transport, {}, headers)).rejects.toThrow('origin.refused');
  });

  it('of agents are taken from the panel', async () => {
    await expect(connects('/agent', transport, {}, side.owner.headers as Record<string, string>)).resolves.toBeDefined();
  });

  it('of agents are taken from a page of this origin, which names none in a GET', async () => {
    const same = { ...cookieOnly(), 'sec-fetch-site': 'same-origin' };
    await expect(connects('/agent', transport, {}, same)).resolves.toBeDefined();
    await expect(connects('/agent', transport, {}, { ...same, origin: 'https://evil.test' })).rejects.toThrow('origin.refused');
    for (const site of ['same-site', 'cross-site', 'none', '', 'same-origin, cross-site'])
      await expect(connects('/agent', transport, {}, { ...same, 'sec-fetch-site': site })).rejects.toThrow('origin.refused');
  });

  it.each(NAMES)('of visitors are refused from %s', async (name) => {
    const auth = { token: side.visitor.session.token };
    await expect(connects('/visitor', transport, auth, { origin: foreign()[name] ?? '' })).rejects.toThrow('origin.refused');
  });

  it('of visitors are taken from the pages of their inbox, and of no other', async () => {
    const ofShop: Visitor = await desk.visitor({}, shop);
    for (const origin of [desk.url, SHOP, 'https://www.shop.example:8443'])
      await expect(connects('/visitor', transport, { token: ofShop.session.token }, { origin })).resolves.toBeDefined();
    for (const origin of ['http://shop.example', 'https://shop.example:444', 'https://shop.example.evil.test', 'https://www.shop.example'])
      await expect(connects('/visitor', transport, { token: ofShop.session.token }, { origin })).rejects.toThrow('origin.refused');
  });
});

describe('consent', () => {
  const consents = (inbox: InboxView, origin: string) =>
    new Caller(desk.url, { origin }).post('/widget/v1/sessions', {
      inboxKey: inbox.key,
      consent: { policyId: inbox.policyId, policyVersion: inbox.policyVersion, purposes: ['support'] },
    });

  it.each(NAMES)('is not taken from %s', async (name) => {
    const before = await contentOf(desk);
    expect(codeOf(await consents(side.inbox, foreign()[name] ?? ''))).toBe('origin.refused');
    expect(await contentOf(desk)).toEqual(before);
  });

  it('is taken from the inbox’s pages and from this server', async () => {
    for (const origin of [desk.url, SHOP]) expect((await consents(shop, origin)).status).toBe(201);
  });
});

describe('headers', () => {
  const PAGES: Record<string, () => string> = {
    panel: () => '/',
    'a page of the panel': () => '/settings/inboxes',
    'the widget’s frame': () => `/widget/v1/frame?inbox=${shop.key}`,
    'the try-it page': () => `/try/${shop.key}`,
    'the loader': () => `/widget/v1/loader.js?inbox=${shop.key}`,
    'the widget’s settings': () => `/widget/v1/inboxes/${shop.key}`,
    'an answer of the API': () => '/api/v1/setup',
    'a refusal': () => '/api/v1/me',
    'a page nobody has': () => '/api/nothing',
    'a file nobody has': () => '/assets/nothing.js',
    health: () => '/health/live',
  };
  const policyOf = (answer: Response) =>
    new Map(
      (answer.headers['content-security-policy'] ?? '')
        .split(';')
        .map((directive) => directive.trim().split(/\s+/))
        .map(([name = '', ...values]) => [name, values]),
    );

  it.each(Object.entries(PAGES))('of %s allow nothing that is not needed', async (name, path) => {
    const answer = await request(desk.url).get(path()).redirects(0);
    const policy = policyOf(answer);
    const fallback = policy.get('default-src') ?? [];
    expect(["'none'", "'self'"]).toContain(fallback.join(' '));
    const wide = ["'unsafe-inline'", "'unsafe-eval'", '*', 'data:', 'http:', 'https:', 'blob:'];
    const named = [...policy].filter(([directive]) => directive !== 'img-src').flatMap(([, values]) => values);
    expect(named.filter((value) => wide.includes(value))).toEqual([]);
    expect(policy.get('script-src') ?? fallback).toEqual(name.startsWith('the try') || name.includes('frame') ? ["'self'"] : fallback);
    expect(policy.get('base-uri')).toEqual(["'none'"]);
    expect(policy.get('frame-ancestors')).toEqual(name.includes('frame') ? ["'self'", ...shop.allowedOrigins] : ["'none'"]);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
    expect(answer.headers['permissions-policy']).toMatch(/camera=\(\).*geolocation=\(\).*microphone=\(\)/);
    expect(answer.headers['x-frame-options']).toBe(name.includes('frame') ? undefined : 'DENY');
    expect(answer.headers['x-powered-by']).toBeUndefined();
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('let each inbox’s frame be shown on its own pages only', async () => {
    const answer = await request(desk.url).get(`/widget/v1/frame?inbox=${side.inbox.key}`);
    expect(policyOf(answer).get('frame-ancestors')).toEqual(["'self'"]);
  });

  it('give every page a nonce of its own', async () => {
    for (const path of ['/', `/try/${shop.key}`]) {
      const nonces = new Set<string>();
      for (let turn = 0; turn < 3; turn += 1) {
        const answer = await request(desk.url).get(path);
        const nonce = /'nonce-([^']+)'/.exec(answer.headers['content-security-policy'] ?? '')?.[1] ?? '';
        expect(nonce.length).toBeGreaterThanOrEqual(22);
        expect(answer.text).toContain(nonce);
        expect(answer.headers['cache-control']).toBe('no-store');
        nonces.add(nonce);
      }
      expect(nonces.size).toBe(3);
    }
  });

  it('keep answers with people in them out of caches', async () => {
    for (const path of ['/api/v1/me', '/api/v1/conversations', `/api/v1/contacts/${side.visitor.contactId}`]) {
      const answer = await side.agent.get(path);
      expect([path, answer.status, answer.headers['cache-control']]).toEqual([path, 200, 'no-store']);
    }
  });

  it('let no value of an inbox break out of the pages it is written into', async () => {
    const hostile = '</script><script>alert(1)</script><!--';
    const changed = await desk.owner.patch(`/api/v1/inboxes/${shop.id}`, {
      name: hostile,
      texts: { en: { title: hostile.slice(0, 60), greeting: hostile } },
    });
    expect(changed.status).toBe(200);
    for (const path of [`/widget/v1/frame?inbox=${shop.key}`, `/try/${shop.key}`]) {
      const { text } = await request(desk.url).get(path);
      expect(text).not.toContain('<script>alert');
    }
  });
});
