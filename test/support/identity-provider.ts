import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import Provider from 'oidc-provider';

export const CLIENT = { clientId: 'sotto', clientSecret: 'a-secret-of-forty-characters-or-nearly-so' };

/** Somebody at the provider, by the name they sign in with there. */
export interface Person {
  email?: string;
  verified?: unknown;
}

export interface IdentityProvider {
  issuer: string;
  stop(): Promise<void>;
}

export interface RealProvider extends IdentityProvider {
  /** By subject. */
  people: Map<string, Person>;
}

const listening = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const stopping = (server: Server) => () =>
  new Promise<void>((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });

/** The npm package `oidc-provider`, certified for OpenID Connect, on loopback. */
export async function startProvider(redirectUri: string): Promise<RealProvider> {
  const people = new Map<string, Person>();
  const server = createServer();
  const issuer = await listening(server);
  const quiet = { ...console };
  // It warns about being used for development, which this is.
  Object.assign(console, { warn: () => undefined, info: () => undefined });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, AuthorizationCode: 60, IdToken: 600 },
    cookies: { keys: ['a key of the tests'] },
    findAccount: (_context, id) => {
      const { email, verified } = people.get(id) ?? {};
      return { accountId: id, claims: () => ({ sub: id, ...(email === undefined ? {} : { email, email_verified: verified as boolean }) }) };
    },
  });
  Object.assign(console, quiet);
  const answer = provider.callback();
  server.on('request', (request, response) => void answer(request, response));
  return { issuer, people, stop: stopping(server) };
}

/** A browser at the provider: signs in there as `subject`, agrees, and answers with the address it is sent back to. */
export async function signsInThere(start: string, subject: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let at = start;
  let form: URLSearchParams | null = null;
  for (let step = 0; step < 20; step += 1) {
    const answer: Response = await fetch(at, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(form ? { body: form } : {}),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    form = null;
    if (location !== null) {
      const next = new URL(location, at);
      if (next.origin !== new URL(start).origin) return next;
      at = next.href;
      continue;
    }
    const page = await answer.text();
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    if (prompt === undefined) throw new Error(`The provider answered ${answer.status} ${page.slice(0, 500)}`);
    form = new URLSearchParams({ prompt, login: subject, password: 'any' });
  }
  throw new Error('The provider goes round in circles');
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What a forger changes in an ID token. */
export interface Forgery {
  header?: object;
  claims?: object;
  signedBy?: 'stranger' | 'nobody' | 'secret' | 'public-key';
}

export interface ForgingProvider extends IdentityProvider {
  /** Makes the next ID token wrong. */
  forge(forgery: Forgery): void;
  /** Says the nonce that the browser took along. */
  expect(nonce: string): void;
}

/** A provider that says whatever a test wants in its ID tokens. */
export async function startForger(claims: object): Promise<ForgingProvider> {
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let forgery: Forgery = {};
  let nonce = '';
  const signed = (header: string, body: string): string => {
    const bytes = Buffer.from(`${header}.${body}`);
    const rsa = (key: KeyObject) => sign('sha256', bytes, key).toString('base64url');
    const hmac = (secret: string) => createHmac('sha256', secret).update(bytes).digest('base64url');
    switch (forgery.signedBy) {
      case 'stranger':
        return rsa(stranger.privateKey);
      case 'nobody':
        return '';
      case 'secret':
        return hmac(CLIENT.clientSecret);
      case 'public-key':
        return hmac(own.publicKey.export({ type: 'spki', format: 'pem' }) as string);
      case undefined:
        return rsa(own.privateKey);
    }
  };
  const server = createServer();
  const issuer = await listening(server);
  const idToken = () => {
    const now = Math.floor(Date.now() / 1_000);
    const header = part({ alg: 'RS256', kid: 'own', typ: 'JWT', ...forgery.header });
    const body = part({ iss: issuer, aud: CLIENT.clientId, iat: now, exp: now + 300, nonce, ...claims, ...forgery.claims });
    return `${header}.${body}.${signed(header, body)}`;
  };
  const answers: Record<string, () => object> = {
    '/.well-known/openid-configuration': () => ({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
    }),
    '/jwks': () => ({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'own', use: 'sig', alg: 'RS256' }] }),
    '/token': () => ({ access_token: 'of no use', token_type: 'Bearer', id_token: idToken() }),
  };
  server.on('request', (request, response) => {
    const answer = answers[new URL(request.url ?? '/', issuer).pathname];
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer?.() ?? {}));
  });
  return {
    issuer,
    stop: stopping(server),
    forge: (next) => {
      forgery = next;
    },
    expect: (expected) => {
      nonce = expected;
    },
  };
}
