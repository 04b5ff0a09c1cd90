import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { selfSigned } from '../../../../test/support/certificate.js';
import { isNetwork, isPublicAddress } from './networks.js';
import { Outbound, type ResolvedAddress } from './outbound.js';
import { MAX_ANSWER } from './safe-fetch.js';

const INTERNAL = [
  '127.0.0.1',
  '127.1.2.3',
  '0.0.0.0',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '192.0.0.170',
  '192.0.2.1',
  '198.18.0.1',
  '198.51.100.7',
  '203.0.113.7',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::ffff:0:a00:1',
  '64:ff9b::a00:1',
  '64:ff9b::169.254.169.254',
  '64:ff9b:1::808:808',
  '100::1',
  '2001::1',
  '2001:0:7f00:1::',
  '2001:db8::1',
  '2002:7f00:1::',
  '2002:808:808::',
  '3fff::1',
  '4000::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
];
const PUBLIC = ['8.8.8.8', '1.1.1.1', '100.63.255.255', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001:81b::200e', '64:ff9b::808:808'];

const answering = (...turns: ResolvedAddress[][]) => {
  const asked: string[] = [];
  return { asked, resolve: (host: string) => Promise.resolve(turns[asked.push(host) - 1] ?? turns.at(-1) ?? []) };
};
const v4 = (address: string) => ({ address, family: 4 });
const v6 = (address: string) => ({ address, family: 6 });
const REFUSED = { code: 'outbound.refused', status: 422 };

describe('an address', () => {
  it.each(INTERNAL)('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false));
  it.each(PUBLIC)('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));
});

describe('a network of the settings', () => {
  it.each(['10.0.0.0/8', '127.0.0.1/32', 'fd00::/8', '::1/128', '0.0.0.0/0'])('may be %s', (text) => expect(isNetwork(text)).toBe(true));
  it.each([
    '10.0.0.1/8',
    '10.0.0.0',
    '10.0.0.0/33',
    '10/8',
    '::ffff:10.0.0.0/104',
    'fd00::1/8',
    'FD00::/8',
    '10.0.0.0/8/8',
    'x/8',
    '010.0.0.0/8',
  ])('may not be %s', (text) => expect(isNetwork(text)).toBe(false));
});

describe('a connection', () => {
  it.each([
    ...INTERNAL,
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.1',
    '0x7f.1',
    '127.0.0.1.',
    '[::1]',
    'a b',
    'mail.example.com:25',
    'user@mail.example.com',
    '-x.example.com',
    'x..example.com',
    '',
    `${'a'.repeat(64)}.com`,
    'mail.example.com\r\nx',
  ])('to %s is refused', async (host) => {
    // A resolver that takes anything for a public host: what is refused is refused before it is asked.
    const outbound = new Outbound([], () => Promise.resolve([v4('8.8.8.8')]));
    await expect(outbound.connectTo(host, 25)).rejects.toMatchObject(REFUSED);
  });

  it('goes to the address that was checked, by its name', async () => {
    const { asked, resolve } = answering([v4('8.8.8.8')], [v4('127.0.0.1')]);
    const to = await new Outbound([], resolve).connectTo('mail.example.com', 587);
    expect(to).toEqual({ address: '8.8.8.8', family: 4, port: 587, servername: 'mail.example.com' });
    expect(asked).toEqual(['mail.example.com']);
  });

  it.each([
    ['one internal address among public ones', [v4('8.8.8.8'), v4('10.0.0.1')]],
    ['a mapped one', [v6('::ffff:10.0.0.1')]],
    ['the metadata service', [v4('169.254.169.254')]],
    ['none', []],
  ])('is refused when the name has %s', async (_, found) => {
    await expect(new Outbound([], answering(found).resolve).connectTo('mail.example.com', 25)).rejects.toMatchObject(REFUSED);
  });

  it('is refused when the name cannot be found', async () => {
    const outbound = new Outbound([], () => Promise.reject(new Error('ENOTFOUND mail.example.com')));
    await expect(outbound.connectTo('mail.example.com', 25)).rejects.toMatchObject(REFUSED);
  });

  it('goes into the networks the operator allows, and into no other', async () => {
    const outbound = new Outbound(['10.1.0.0/16', 'fd00::/8'], answering([v4('10.1.2.3')], [v4('10.2.2.3')]).resolve);
    await expect(outbound.connectTo('mail.internal', 25)).resolves.toMatchObject({ address: '10.1.2.3' });
    await expect(outbound.connectTo('mail.internal', 25)).rejects.toMatchObject(REFUSED);
    await expect(outbound.connectTo('FD00::0:1', 25)).resolves.toMatchObject({ address: 'fd00::1', family: 6, servername: undefined });
    await expect(outbound.connectTo('::ffff:10.1.2.3', 25)).rejects.toMatchObject(REFUSED);
  });
});

describe('a request', () => {
  let server: Server | undefined;
  const trustedBefore = tls.getCACertificates('default');
  afterEach(() => {
    tls.setDefaultCACertificates(trustedBefore);
    server?.closeAllConnections();
    server?.close();
  });

  async function listen(listener: RequestListener): Promise<number> {
    server = createServer(listener);
    await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
    return (server.address() as AddressInfo).port;
  }
  const local = (...turns: ResolvedAddress[][]) => new Outbound(['127.0.0.0/8'], answering(...turns, [v4('127.0.0.1')]).resolve);

  it('goes to the address that was checked although the name leads elsewhere by then', async () => {
    const port = await listen((request, response) => response.end(request.headers.host));
    const { asked, resolve } = answering([v4('127.0.0.1')], [v4('127.0.0.2')]);
    const answer = await new Outbound(['127.0.0.1/32'], resolve).fetch(`http://provider.example:${port}/`);
    expect([await answer.text(), asked]).toEqual([`provider.example:${port}`, ['provider.example']]);
  });

  it('sends method, headers and form, and keeps the host to itself', async () => {
    const port = await listen((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { host, authorization, 'content-type': type } = request.headers;
        response.setHeader('set-cookie', ['a=1', 'b=2']);
        response
          .writeHead(201)
          .end(JSON.stringify({ method: request.method, host, authorization, type, body: Buffer.concat(chunks).toString() }));
      });
    });
    const answer = await local().fetch(`http://provider.example:${port}/token`, {
      method: 'POST',
      headers: { authorization: 'Basic eA==', host: 'evil.example' },
      body: new URLSearchParams({ code: 'a b' }),
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await answer.json()).toEqual({
      method: 'POST',
      host: `provider.example:${port}`,
      authorization: 'Basic eA==',
      type: 'application/x-www-form-urlencoded;charset=UTF-8',
      body: 'code=a+b',
    });
  });

  it.each([
    ['the name', ['provider.example'], true, 200],
    ['another name', ['other.example'], true, 0],
    ['the name, that nobody vouches for', ['provider.example'], false, 0],
  ])('takes over TLS a certificate of %s: %j', async (_, names, isKnown, status) => {
    const pair = selfSigned(...names);
    if (isKnown) tls.setDefaultCACertificates([...trustedBefore, pair.cert]);
    server = createTlsServer(pair, (_request, response) => response.end('fine'));
    await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
    const answer = local().fetch(`https://provider.example:${(server.address() as AddressInfo).port}/`);
    expect(await answer.then((found) => found.status).catch(() => 0)).toBe(status);
  });

  it('does not follow a redirect', async () => {
    const seen: (string | undefined)[] = [];
    const port = await listen((request, response) => {
      seen.push(request.url);
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    });
    const answer = await local().fetch(`http://provider.example:${port}/start`);
    expect([answer.status, answer.headers.get('location'), seen]).toEqual([302, 'http://169.254.169.254/latest/meta-data/', ['/start']]);
  });

  it('ends with an answer that is too long', async () => {
    const port = await listen((_, response) => response.end(Buffer.alloc(MAX_ANSWER + 1)));
    await expect(local().fetch(`http://provider.example:${port}/`)).rejects.toThrow('too long');
  });

  it('takes an answer of the greatest length', async () => {
    const port = await listen((_, response) => response.end(Buffer.alloc(MAX_ANSWER)));
    expect((await (await local().fetch(`http://provider.example:${port}/`)).arrayBuffer()).byteLength).toBe(MAX_ANSWER);
  });

  it('ends when the caller gives up', async () => {
    const port = await listen(() => undefined);
    const signal = AbortSignal.timeout(50);
    await expect(local().fetch(`http://provider.example:${port}/`, { signal })).rejects.toThrow('took too long');
  });

  it('names no address when nobody answers', async () => {
    const port = await listen(() => undefined);
    await new Promise((done) => server?.close(done));
    await expect(local().fetch(`http://provider.example:${port}/`)).rejects.toThrow(/^The server could not be reached$/);
  });

  it.each([
    'http://provider.example/',
    'https://169.254.169.254/',
    'https://[::1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::ffff:127.0.0.1]/',
    'https://localhost/',
    'https://user:secret@provider.example/',
    'ftp://provider.example/',
    'file:///etc/passwd',
  ])('to %s is refused', async (url) => {
    const resolve = (host: string) => Promise.resolve([v4(host === 'localhost' ? '127.0.0.1' : '8.8.8.8')]);
    await expect(new Outbound([], resolve).fetch(url)).rejects.toMatchObject(REFUSED);
  });
});
