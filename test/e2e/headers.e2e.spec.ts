import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { InboxView } from '@sotto/protocol';
import { aDesk, type Desk } from '../support/desk.js';

const PUBLIC_URL = 'https://help.acme.test';
const NONCE = /'nonce-([A-Za-z0-9+/=]{24})'/;

let desk: Desk;
let home: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'sotto-headers-'));
  for (const part of ['panel', 'widget']) mkdirSync(join(home, part, 'assets'), { recursive: true });
  writeFileSync(
    join(home, 'panel', 'index.html'),
    '<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><script type="module" src="/assets/main-1.js"></script>',
  );
  writeFileSync(join(home, 'panel', 'assets', 'main-1.js'), 'export {};');
  writeFileSync(join(home, 'widget', 'assets', 'frame-1.js'), 'export {};');
  writeFileSync(join(home, 'widget', 'frame.html'), '<!doctype html><!--sotto:config-->');
  writeFileSync(join(home, 'widget', 'loader.js'), 'void __SOTTO_CONFIG__;');
  desk = await aDesk({ env: { SOTTO_PUBLIC_URL: PUBLIC_URL, SOTTO_WEB_DIRECTORY: home } });
});
afterAll(async () => {
  await desk.close();
  rmSync(home, { recursive: true });
});

const get = (path: string, init: RequestInit = {}) => fetch(`${desk.url}${path}`, { redirect: 'manual', ...init });
const json = { 'content-type': 'application/json' };
const cspOf = (answer: Response) =>
  Object.fromEntries(
    (answer.headers.get('content-security-policy') ?? '').split(/; */).map((directive) => {
      const [name = '', ...values] = directive.split(' ');
      return [name, values.join(' ')];
    }),
  );

/** Every kind of answer: who makes it differs, and so could its headers. */
const ANSWERS: [what: string, status: number, ask: () => Promise<Response>][] = [
  ['the panel', 200, () => get('/')],
  ['a page of the panel', 200, () => get('/login')],
  ['a file of the panel', 200, () => get('/assets/main-1.js')],
  ['a file that is not there', 404, () => get('/assets/none.js')],
  ['a file of the widget', 200, () => get('/widget/v1/assets/frame-1.js')],
  ['the document of the API', 200, () => get('/api/openapi.json')],
  ['the page of the API', 200, () => get('/api/docs')],
  ['a file of the page of the API', 200, () => get('/api/docs/files/swagger-ui.css')],
  ['health', 200, () => get('/health/live')],
  ['an answer of the API', 200, () => get('/api/v1/setup')],
  ['somebody signed in', 200, () => get('/api/v1/me', { headers: desk.owner.headers })],
  ['somebody not signed in', 401, () => get('/api/v1/me')],
  ['a wrong login', 401, () => get('/api/v1/auth/login', { method: 'POST', headers: json, body: '{"email":"x","password":"y"}' })],
  ['a wrong body', 400, () => get('/api/v1/auth/login', { method: 'POST', headers: json, body: '{"email":1}' })],
  ['a body that is no JSON', 400, () => get('/api/v1/auth/login', { method: 'POST', headers: json, body: '{' })],
  [
    'a body in no known form',
    400,
    () => get('/api/v1/auth/login', { method: 'POST', headers: { ...json, 'content-encoding': 'x' }, body: '{}' }),
  ],
  [
    'a body that is too large',
    413,
    () => get('/api/v1/auth/login', { method: 'POST', headers: json, body: JSON.stringify('x'.repeat(70_000)) }),
  ],
  ['a path that is no text', 400, () => get('/api/v1/contacts/%E0%A4%A')],
  ['a route that is not there', 404, () => get('/api/v1/none')],
  ['a method that is not there', 404, () => get('/api/v1/setup', { method: 'DELETE' })],
  [
    'an origin that is refused',
    403,
    () =>
      get('/api/v1/auth/login', {
        method: 'POST',
        headers: { ...json, origin: 'https://evil.test' },
        body: '{"email":"x","password":"y"}',
      }),
  ],
  ['a page somebody is sent on by', 303, () => get('/api/v1/auth/sso/0198a000-0000-7000-8000-000000000000')],
  ['the frame of the widget', 200, () => get(`/widget/v1/frame?inbox=${desk.inbox.key}`)],
  ['the loader of the widget', 200, () => get(`/widget/v1/loader.js?inbox=${desk.inbox.key}`)],
  ['the page to try the widget', 200, () => get(`/try/${desk.inbox.key}`)],
  ['an inbox that is not there', 404, () => get('/widget/v1/frame?inbox=none')],
  ['mails, which are not shown here', 404, () => get('/dev/mail')],
];

describe.each(ANSWERS)('%s (%s)', (_, status, ask) => {
  it('tells the browser to trust nothing it was not told to', async () => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    const header = (name: string) => answer.headers.get(name);
    expect({
      sniff: header('x-content-type-options'),
      referrer: header('referrer-policy'),
      transport: header('strict-transport-security'),
      opener: header('cross-origin-opener-policy'),
      made: header('x-powered-by'),
      server: header('server'),
    }).toEqual({
      sniff: 'nosniff',
      referrer: 'no-referrer',
      transport: 'max-age=31536000',
      opener: 'same-origin',
      made: null,
      server: null,
    });
    expect(header('permissions-policy')).toMatch(/camera=\(\), geolocation=\(\), microphone=\(\)/);
    const csp = cspOf(answer);
    expect([csp['default-src'], csp['base-uri']]).toEqual([expect.stringMatching(/^'(none|self)'$/), "'none'"]);
    expect(csp['frame-ancestors']).toBeDefined();
    expect(JSON.stringify(csp)).not.toMatch(/unsafe|\*|data:.*script|http:/);
  });
});

describe('pages', () => {
  it.each(['/', '/login', '/api/docs', '/api/v1/me', '/none.txt'])('%s may be shown in no frame', async (path) => {
    const answer = await get(path);
    expect([cspOf(answer)['frame-ancestors'], answer.headers.get('x-frame-options')]).toEqual(["'none'", 'DENY']);
  });

  it('the widget’s may, on the inbox’s own sites', async () => {
    const inbox = { name: 'Shop', allowedOrigins: ['https://shop.example'] };
    const made = await desk.owner.send('post', '/api/v1/inboxes', inbox, { origin: PUBLIC_URL });
    const answer = await get(`/widget/v1/frame?inbox=${(made.body as InboxView).key}`);
    expect([cspOf(answer)['frame-ancestors'], answer.headers.get('x-frame-options')]).toEqual(["'self' https://shop.example", null]);
  });

  it('the panel’s styles need a nonce that is another one each time; scripts come from here only', async () => {
    const nonces = new Set<string>();
    for (let time = 0; time < 3; time += 1) {
      const answer = await get('/login');
      const nonce = NONCE.exec(cspOf(answer)['style-src'] ?? '')?.[1] ?? '';
      expect(await answer.text()).toContain(`nonce="${nonce}"`);
      expect(cspOf(answer)['script-src'] ?? cspOf(answer)['default-src']).toBe("'self'");
      nonces.add(nonce);
    }
    expect([nonces.size, nonces.has('')]).toEqual([3, false]);
  });

  it('people’s data and whatever leads to it is kept by no cache', async () => {
    for (const path of ['/', '/api/v1/me', '/api/v1/none', `/widget/v1/frame?inbox=${desk.inbox.key}`])
      expect([path, (await get(path)).headers.get('cache-control')]).toEqual([path, 'no-store']);
  });
});

describe('sockets', () => {
  /** A connection that only shook hands would be waited for when the server stops. */
  const hangUp = async (shaken: string) => {
    const sid = /"sid":"([^"]+)"/.exec(shaken)?.[1];
    if (sid) await get(`/socket/?EIO=4&transport=polling&sid=${sid}`, { method: 'POST', body: '1' });
  };
  const TYPED = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };
  it.each([
    ['a handshake', 200, '/socket/?EIO=4&transport=polling'],
    ['a session nobody has', 400, '/socket/?EIO=4&transport=polling&sid=none'],
    ['a transport nobody knows', 400, '/socket/?EIO=4&transport=pigeon'],
  ])('answer %s so that nothing is guessed or kept', async (_, status, path) => {
    const answer = await get(path);
    const headers = Object.fromEntries(Object.keys(TYPED).map((name) => [name, answer.headers.get(name)]));
    expect([answer.status, headers]).toEqual([status, TYPED]);
    await hangUp(await answer.text());
  });
});

describe('without TLS', () => {
  it('nothing is promised about TLS', async () => {
    const plain = await aDesk();
    try {
      expect((await fetch(`${plain.url}/health/live`)).headers.get('strict-transport-security')).toBeNull();
    } finally {
      await plain.close();
    }
  });
});
