import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PGlite } from '@electric-sql/pglite';
import request from 'supertest';
import type { InboxView, Me, VisitorSessionView } from '@sotto/protocol';
import { postgresFolder } from '../../scripts/prepare/machine.mjs';
import { databaseKind, freshDatabase } from '../support/database.js';
import { Member, Visitor, newClientId, says, starts } from '../support/people.js';
import { removeFolder, temporaryFolder } from '../support/processes.js';
import { startRedis, type PrivateRedis } from '../support/redis.js';
import { startSotto, type RunningSotto } from '../support/sotto.js';

/** A word nobody else writes. Letters only and in lower case, so that no normalising changes it. */
const word = (name: string) =>
  `${name}${Buffer.from(randomBytes(10))
    .toString('hex')
    .replaceAll(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? 'q')}`;

/** What people wrote or are, in every place the public API takes it. None may be readable anywhere it comes to rest. */
const canaries = {
  ownerName: word('ownername'),
  ownerEmail: word('owneremail'),
  password: word('secret'),
  browser: word('browser'),
  visitorName: word('visitorname'),
  visitorEmail: word('visitoremail'),
  laterName: word('latername'),
  laterEmail: word('lateremail'),
  agentsName: word('agentsname'),
  firstMessage: word('first'),
  message: word('message'),
  answer: word('answer'),
  restAnswer: word('restanswer'),
  note: word('note'),
  search: word('search'),
  wrongLogin: word('wronglogin'),
  wrongPassword: word('wrongpassword'),
  refusedBody: word('refusedbody'),
  refusedEvent: word('refusedevent'),
  unknownPath: word('unknownpath'),
  pagePath: word('pagepath'),
  cookie: word('cookie'),
  idempotent: word('idempotent'),
};
/** Not about a person and kept as it is: the scan must find it, or it finds nothing at all. */
const plain = word('accountname');
const VISITOR_ADDRESS = '203.0.113.77';

interface Scanned {
  database: Buffer[];
  logs: Buffer[];
  redis: Buffer[];
}

const inner = (text: string, encoding: 'base64' | 'base64url', shift: number) => {
  const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString(encoding);
  // The characters at both ends depend on what stands around the word.
  return encoded.slice(Math.ceil((shift * 4) / 3), -4);
};

/** The ways a word may stand somewhere without being encrypted. */
const forms = (text: string): Buffer[] => {
  const utf16 = Buffer.from(text, 'utf16le');
  const hex = Buffer.from(text).toString('hex');
  const shifts = [0, 1, 2].flatMap((shift) => [inner(text, 'base64', shift), inner(text, 'base64url', shift)]);
  return [
    Buffer.from(text),
    Buffer.from(text.toUpperCase()),
    utf16,
    Buffer.from(utf16).swap16(),
    ...[hex, hex.toUpperCase(), ...shifts].map((form) => Buffer.from(form)),
  ];
};

/** A hash anybody can compute is no protection for a value that can be guessed. */
const plainHashes = (text: string): Buffer[] =>
  ['md5', 'sha1', 'sha256', 'sha512'].flatMap((algorithm) =>
    (['hex', 'base64', 'base64url'] as const).map((encoding) =>
      Buffer.from(createHash(algorithm).update(text).digest(encoding).replace(/=+$/, '')),
    ),
  );

const holds = (haystacks: Buffer[], needles: Buffer[]) => needles.some((needle) => haystacks.some((haystack) => haystack.includes(needle)));

const filesIn = (folder: string): Buffer[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name)));

/** Everything Redis is told, as it is told. */
async function listen(redis: PrivateRedis): Promise<{ heard: Buffer[]; end(): void }> {
  const { hostname, port, password } = new URL(redis.url);
  const heard: Buffer[] = [];
  const socket: Socket = createConnection({ host: hostname, port: Number(port) });
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      heard.push(chunk);
      if (Buffer.concat(heard).includes('+OK\r\n+OK')) resolve();
    });
    socket.write(`AUTH ${password}\r\nMONITOR\r\n`);
  });
  return { heard, end: () => socket.destroy() };
}

/** Each table's rows as text, which leaves nothing compressed. */
async function rowsOf(folder: string): Promise<Buffer[]> {
  const pglite = await PGlite.create({ dataDir: folder });
  const tables = await pglite.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')`,
  );
  const rows: Buffer[] = [];
  for (const { name } of tables.rows) {
    const found = await pglite.query<{ row: string }>(`select to_jsonb(t)::text as row from ${name} t`);
    rows.push(...found.rows.map(({ row }) => Buffer.from(row)));
  }
  await pglite.close();
  return rows;
}

async function dump(url: string): Promise<Buffer[]> {
  const program = path.join(postgresFolder() ?? '', 'pg_dump');
  const { stdout } = await promisify(execFile)(program, ['--dbname', url], { encoding: 'buffer', maxBuffer: 2 ** 28 });
  return [stdout];
}

async function live(sotto: RunningSotto): Promise<string> {
  const footprint = { 'user-agent': `Browser ${canaries.browser}`, 'x-forwarded-for': VISITOR_ADDRESS };
  const email = `${canaries.ownerEmail}@shop.test`;
  const call = (route: string, body: object, headers: Record<string, string> = {}) =>
    request(sotto.url)
      .post(route)
      .set({ ...footprint, ...headers })
      .send(body);
  const made = await call('/api/v1/setup', {
    code: sotto.setupCode,
    account: { name: plain },
    owner: { name: `Olga ${canaries.ownerName}`, email, password: canaries.password },
  });
  expect(made.status).toBe(201);
  const loggedIn = await call('/api/v1/auth/login', { email, password: canaries.password });
  const me = loggedIn.body as Me;
  const owner = new Member(sotto.url, String(loggedIn.headers['set-cookie']).split(';')[0] ?? '', me.member.id, me.account.id);
  const inbox = ((await owner.get('/api/v1/inboxes')).body as { items: InboxView[] }).items[0] as InboxView;

  await request(sotto.url)
    .get(`/widget/v1/loader.js?inbox=${inbox.key}`)
    .set('referer', `https://shop.test/${canaries.pagePath}?q=${canaries.pagePath}`);
  const consented = await call('/widget/v1/sessions', {
    inboxKey: inbox.key,
    consent: { policyId: inbox.policyId, policyVersion: inbox.policyVersion, purposes: ['support'] },
    contact: { name: `Vid ${canaries.visitorName}`, email: `${canaries.visitorEmail}@home.test` },
  });
  expect(consented.status).toBe(201);
  const visitor = new Visitor(sotto.url, consented.body as VisitorSessionView);
  const [chat, panel] = [await visitor.connects(), await owner.connects()];
  const { conversationId } = await starts(chat, `Hello ${canaries.firstMessage}`);
  await says(chat, conversationId, `Next ${canaries.message}`);
  await says(panel, conversationId, `Answer ${canaries.answer}`);
  await says(panel, conversationId, `Note ${canaries.note}`, 'note');
  const sent = { clientMessageId: newClientId(), body: `REST ${canaries.restAnswer}` };
  expect(
    (await owner.send('post', `/api/v1/conversations/${conversationId}/messages`, sent, { 'idempotency-key': newClientId() })).status,
  ).toBe(201);
  const repeated = { 'idempotency-key': canaries.idempotent };
  expect((await owner.send('post', '/api/v1/inboxes', { name: 'Second' }, repeated)).status).toBe(201);
  const renamed = { name: `Vida ${canaries.laterName}`, email: `${canaries.laterEmail}@home.test` };
  expect((await owner.patch(`/api/v1/contacts/${visitor.contactId}`, renamed)).status).toBe(200);
  expect((await owner.patch(`/api/v1/conversations/${conversationId}`, { assigneeId: owner.id })).status).toBe(200);

  // What is refused must not stay either.
  await call('/api/v1/auth/login', { email: `${canaries.wrongLogin}@shop.test`, password: canaries.wrongPassword });
  await owner.patch(`/api/v1/contacts/${visitor.contactId}`, { name: `\u0007${canaries.refusedBody}`, unknown: canaries.refusedBody });
  await chat.call('message.send', { conversationId, clientMessageId: canaries.refusedEvent, body: canaries.refusedEvent });
  await chat.call(canaries.refusedEvent, { body: canaries.refusedEvent });
  await owner.get(`/api/v1/conversations?q=${canaries.search}@home.test`);
  await owner.get(`/api/v1/${canaries.unknownPath}?a=${canaries.unknownPath}`);
  await request(sotto.url).get('/api/v1/me').set('cookie', `sotto_session=${canaries.cookie}`);
  for (const person of [visitor, owner]) person.close();
  return me.account.id;
}

describe('what people wrote and who they are', () => {
  let redis: PrivateRedis | null = null;
  let accountId: string;
  let scanned: Scanned;
  const data = temporaryFolder('canary');

  beforeAll(async () => {
    const fresh = await freshDatabase();
    if (databaseKind === 'postgres') redis = await startRedis();
    const monitor = redis ? await listen(redis) : null;
    const sotto = await startSotto({
      database: fresh?.url ?? 'pglite',
      redis: redis?.url ?? null,
      data,
      env: { SOTTO_LOG_LEVEL: 'trace', SOTTO_TRUSTED_PROXIES: '1', SOTTO_OVERDUE_SECONDS: '1' },
    });
    try {
      accountId = await live(sotto);
      // Until the job of the unanswered message has run, so that the queue's own tables are scanned with it done.
      await new Promise((resolve) => setTimeout(resolve, 4_000));
    } finally {
      await sotto.stop();
    }
    const files = filesIn(data);
    const rows = fresh ? await dump(fresh.url) : await rowsOf(path.join(data, 'database'));
    scanned = { database: [...rows, ...files], logs: [Buffer.from(sotto.output)], redis: monitor?.heard ?? [] };
    monitor?.end();
    await fresh?.drop();
  }, 180_000);
  afterAll(async () => {
    await redis?.stop();
    removeFolder(data);
  });

  it('are looked for by a scan that finds what is there in clear', () => {
    expect(holds(scanned.database, forms(plain))).toBe(true);
    expect(holds(scanned.database, [Buffer.from(accountId)])).toBe(true);
    expect(holds(scanned.logs, [Buffer.from('Sotto is ready')])).toBe(true);
    expect(holds(scanned.redis, [Buffer.from(accountId)])).toBe(databaseKind === 'postgres');
    for (const form of [
      plain,
      Buffer.from(plain).toString('base64'),
      `xx${Buffer.from(`y${plain}z`).toString('base64url')}`,
      Buffer.from(plain).toString('hex'),
    ])
      expect(holds([Buffer.from(form)], forms(plain))).toBe(true);
  });

  it.each(Object.keys(canaries) as (keyof typeof canaries)[])(
    'are not in clear in the database, its files, the logs or Redis: %s',
    (name) => {
      const found = (Object.keys(scanned) as (keyof Scanned)[]).filter((place) => holds(scanned[place], forms(canaries[name])));
      expect(found).toEqual([]);
    },
  );

  it('are not under a hash anybody can compute', () => {
    const guessable = [
      `${canaries.ownerEmail}@shop.test`,
      `${canaries.visitorEmail}@home.test`,
      `${canaries.laterEmail}@home.test`,
      `${canaries.wrongLogin}@shop.test`,
      `${canaries.search}@home.test`,
      canaries.password,
      canaries.firstMessage,
      VISITOR_ADDRESS,
      `${canaries.ownerEmail}@shop.test\n${VISITOR_ADDRESS}`,
    ];
    const everywhere = Object.values(scanned).flat() as Buffer[];
    expect(guessable.filter((text) => holds(everywhere, plainHashes(text)))).toEqual([]);
  });

  it('do not tell an address', () => {
    expect(holds([...scanned.logs, ...scanned.redis, ...scanned.database], [Buffer.from(VISITOR_ADDRESS)])).toBe(false);
  });
});
