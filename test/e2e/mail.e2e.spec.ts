import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import request, { type Response } from 'supertest';
import { MembersService, SetupService } from '@sotto/accounts';
import { DevMailbox, Erasers, KeyRing, Outbox, type Notice, type NoticeData } from '@sotto/platform';
import type { MailSettings, Problem } from '@sotto/protocol';
import { PASSWORD, aDesk, type Desk } from '../support/desk.js';
import { linkIn, mailTo } from '../support/mail.js';
import { MailServer } from '../support/mail-server.js';
import type { Member } from '../support/people.js';

const IMAGE = '<img src=x onerror="alert(1)">';
const SETTINGS = '/api/v1/settings/mail';
const codeOf = ({ body }: Response) => (body as Problem).code;

let desk: Desk;
const servers: MailServer[] = [];
const trustedBefore = tls.getCACertificates('default');
beforeAll(async () => {
  desk = await aDesk({ env: { SOTTO_OUTBOUND_PRIVATE: '127.0.0.0/8' } });
});
afterAll(() => desk.close());
afterEach(async () => {
  tls.setDefaultCACertificates(trustedBefore);
  for (const server of servers.splice(0)) await server.stop();
});

async function mailServer(options: Parameters<typeof MailServer.start>[0]): Promise<MailServer> {
  const server = await MailServer.start(options);
  servers.push(server);
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), server.cert]);
  return server;
}

/** Puts a notice into the outbox, as whatever causes it does. */
const tell = <N extends Notice>(to: { id: string; accountId: string }, notice: N, data: NoticeData[N], on = desk) =>
  on.database.in(to.accountId, (tx) => on.app.get(Outbox).add(tx, { accountId: to.accountId, memberId: to.id }, notice, data));

/** A member made past every check of the doors. */
async function memberCalled(name: string, email: string, on = desk): Promise<{ id: string; accountId: string }> {
  const { accountId } = on.owner;
  const { id } = await on.database.in(accountId, (tx) =>
    on.app.get(MembersService).add(tx, { accountId, name, email, password: PASSWORD, role: 'agent' }),
  );
  return { id, accountId };
}

const waiting = (memberId: string, on = desk) => on.sql<{ id: string }>('select id from mail_outbox where member_id = $1', [memberId]);
const finished = (id: string, on = desk) =>
  on.sql("select id from pgboss.job where name = 'mail.send' and data->>'id' = $1 and state = 'completed'", [id]);

async function until<T>(look: () => Promise<T>, isDone: (found: T) => boolean): Promise<T> {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const found = await look();
    if (isDone(found)) return found;
  }
  throw new Error('What was waited for did not happen');
}
const isEmpty = (rows: unknown[]) => rows.length === 0;
const isThere = (rows: unknown[]) => rows.length > 0;

describe('a notice', () => {
  it('welcomes the owner of a new account, and leaves nothing behind', async () => {
    const mail = await mailTo(desk, 'owner@acme.test', /ready/);
    expect(mail.to).toEqual({ name: 'Owner of Acme', address: 'owner@acme.test' });
    expect(mail.text).toContain('Acme is set up');
    expect(mail.html).toContain('Acme is set up');
    await until(() => waiting(desk.owner.id), isEmpty);
  });

  it('links to the configured address, whatever host the cause named', async () => {
    const code = await desk.app.get(SetupService).issueCode();
    const owner = { name: 'Olga', email: 'olga@host.test', password: PASSWORD };
    const answer = await request(desk.url)
      .post('/api/v1/setup')
      .set('host', 'evil.test')
      .send({ code, account: { name: 'Host' }, owner });
    expect(answer.status).toBe(201);
    const mail = await mailTo(desk, 'olga@host.test');
    expect(linkIn(mail).origin).toBe(desk.url);
    expect(mail.text + mail.html).not.toContain('evil.test');
  });

  it('shows names as text', async () => {
    const { owner } = await desk.makeAccount(IMAGE, 'image@acme.test');
    const mail = await mailTo(desk, 'image@acme.test');
    expect(mail.html).not.toMatch(/<img/i);
    expect(mail.html).toContain('&#60;img src&#61;x');
    await tell(owner, 'invitation', { token: IMAGE, by: IMAGE, account: IMAGE });
    await tell(owner, 'new-device', { device: IMAGE, address: IMAGE, at: new Date().toISOString() });
    await tell(owner, 'role-changed', { role: IMAGE });
    for (const about of [/Invitation/, /sign-in/, /role/]) expect((await mailTo(desk, 'image@acme.test', about)).html).not.toMatch(/<img/i);
  });

  it('makes no link of a name', async () => {
    const bait = 'You won, see https://evil.test/prize or www.evil.test';
    await tell(desk.owner, 'invitation', { token: 't', by: bait, account: bait });
    const mail = await mailTo(desk, 'owner@acme.test', /Invitation/);
    for (const part of [mail.text, mail.html, mail.subject]) expect(part).not.toMatch(/evil\.test|https:\/\/evil/);
  });

  it('speaks the language of its reader', async () => {
    const member = await memberCalled('Änne', 'aenne@acme.test');
    await desk.sql("update member set language = 'de' where id = $1", [member.id]);
    await tell(member, 'password-changed', {});
    const mail = await mailTo(desk, 'aenne@acme.test');
    expect([mail.subject, mail.headers['Content-Language']]).toEqual(['Ihr Passwort wurde geändert', 'de']);
    expect(mail.text).toContain('Guten Tag Änne');
  });

  it('does not leave when what caused it is undone', async () => {
    const member = await memberCalled('Nobody', 'nobody@acme.test');
    await expect(
      desk.database.in(member.accountId, async (tx) => {
        await desk.app.get(Outbox).add(tx, { accountId: member.accountId, memberId: member.id }, 'password-changed', {});
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    await tell(member, 'mail-test', {});
    await mailTo(desk, 'nobody@acme.test', /Test/);
    expect(
      desk.app
        .get(DevMailbox)
        .list()
        .filter(({ to }) => to.address === 'nobody@acme.test'),
    ).toHaveLength(1);
  });

  it('to somebody whose stored name holds a line end is dropped', async () => {
    const member = await memberCalled('Eve\r\nBcc: eve@evil.test', 'eve@acme.test');
    await tell(member, 'password-changed', {});
    await until(() => waiting(member.id), isEmpty);
    expect(
      desk.app
        .get(DevMailbox)
        .list()
        .filter(({ to }) => to.address === 'eve@acme.test'),
    ).toEqual([]);
  });

  it('that nobody could deliver is removed after 7 days', async () => {
    const [old, young] = [await memberCalled('Old', 'old@acme.test'), await memberCalled('Young', 'young@acme.test')];
    const row = (member: { id: string; accountId: string }, age: string) =>
      desk.sql(
        `insert into mail_outbox (id, account_id, member_id, notice, data_sealed, created_at, expires_at)
         values (gen_random_uuid(), $1, $2, 'mail-test', '', now(), now() + $3::interval)`,
        [member.accountId, member.id, age],
      );
    await row(old, '-1 minute');
    await row(young, '1 hour');
    await desk.app.get(Outbox).sweep();
    expect([await waiting(old.id), (await waiting(young.id)).length]).toEqual([[], 1]);
  });
});

describe('through a mail server that is not always there', () => {
  let refusal: [number, string] | undefined;
  let server: MailServer;
  let away: Desk;
  beforeAll(async () => {
    server = await MailServer.start({ security: 'none', refuse: () => refusal });
    away = await aDesk({
      env: {
        SOTTO_SMTP_URL: `smtp://127.0.0.1:${server.port}`,
        SOTTO_SMTP_ALLOW_PLAIN: 'true',
        SOTTO_MAIL_FROM: 'Acme Sotto <sotto@acme.test>',
      },
    });
  });
  afterAll(async () => {
    await away.close();
    await server.stop();
  });
  const isTo = (address: string) => (mail: { to: string[] }) => mail.to.includes(address);

  it('a notice waits, sealed, and leaves once', async () => {
    const member = await memberCalled('Canary Kanarienvogel', 'canary@acme.test', away);
    refusal = [451, 'Come back later'];
    const asked = server.asked;
    await tell(member, 'invitation', { token: 'canary-token', by: 'Canary Kanarienvogel', account: 'Acme' }, away);
    await until(
      () => Promise.resolve(server.asked),
      (now) => now > asked,
    );
    const [row] = await waiting(member.id, away);
    const stored = JSON.stringify([
      await away.sql("select id, notice, encode(data_sealed, 'escape') as data from mail_outbox"),
      await away.sql('select * from pgboss.job'),
    ]);
    expect(stored).toContain(row?.id);
    expect(stored).not.toMatch(/canary/i);
    refusal = undefined;
    const mail = await server.until(isTo('canary@acme.test'));
    expect(mail.from).toBe('sotto@acme.test');
    expect(mail.raw).toContain(`Message-ID: <${row?.id}@localhost>`);
    expect(mail.raw).toContain('canary-token');
    await until(() => waiting(member.id, away), isEmpty);
    expect(server.mails.filter(isTo('canary@acme.test'))).toHaveLength(1);
  });

  it('a notice to somebody who was erased meanwhile does not leave', async () => {
    const member = await memberCalled('Gone', 'gone@acme.test', away);
    refusal = [451, 'Come back later'];
    const asked = server.asked;
    await tell(member, 'password-changed', {}, away);
    await until(
      () => Promise.resolve(server.asked),
      (now) => now > asked,
    );
    const [row] = await waiting(member.id, away);
    const subject = { accountId: member.accountId, kind: 'member', id: member.id } as const;
    await away.database.in(member.accountId, async (tx) => {
      for (const eraser of away.app.get(Erasers).all()) await eraser.erase(tx, subject);
    });
    expect(await waiting(member.id, away)).toEqual([]);
    refusal = undefined;
    await until(() => finished(row?.id ?? '', away), isThere);
    expect(server.mails.filter(isTo('gone@acme.test'))).toEqual([]);
  });

  it('a notice to somebody whose key alone is gone does not leave, and its row goes', async () => {
    const member = await memberCalled('Locked', 'locked@acme.test', away);
    refusal = [451, 'Come back later'];
    const asked = server.asked;
    await tell(member, 'password-changed', {}, away);
    await until(
      () => Promise.resolve(server.asked),
      (now) => now > asked,
    );
    await away.sql('delete from vault.subject_key where subject_id = $1', [member.id]);
    away.app.get(KeyRing).forget(member.id);
    refusal = undefined;
    await until(() => waiting(member.id, away), isEmpty);
    expect(server.mails.filter(isTo('locked@acme.test'))).toEqual([]);
  });

  it('there is no mailbox to look into', async () => {
    for (const path of ['/dev/mail', '/dev/mail.json', '/dev/mail/1', '/dev/mail/1/html']) {
      expect([path, (await request(away.url).get(path)).status]).toEqual([path, 404]);
    }
    expect(away.app.get(DevMailbox).list()).toEqual([]);
  });

  it.each([
    '169.254.169.254',
    '10.0.0.1',
    '127.0.0.1',
    '0.0.0.0',
    '::1',
    '::ffff:127.0.0.1',
    '2130706433',
    '0x7f.1',
    '127.1',
    'localhost',
    'no-such-host.invalid',
  ])('an account may not name %s as its own', async (host) => {
    const body = { host, port: 25, security: 'starttls', user: '', fromName: 'Acme', fromAddress: 'help@acme.test' };
    const answer = await away.owner.send('put', SETTINGS, body);
    expect([answer.status, codeOf(answer)]).toEqual([422, 'outbound.refused']);
  });

  it('the account learns whose server sends', async () => {
    expect((await away.owner.get(SETTINGS)).body).toEqual({ source: 'installation', server: null });
  });
});

describe('an account’s own mail server', () => {
  const login = { user: 'acme', password: 'sealed-secret-word' };
  const input = (port: number, more: object = {}) => ({
    host: '127.0.0.1',
    port,
    security: 'starttls',
    ...login,
    fromName: 'Acme help',
    fromAddress: 'help@acme.test',
    ...more,
  });
  const put = (by: Member, body: object) => by.send('put', SETTINGS, body);
  afterEach(() => desk.owner.send('delete', SETTINGS));

  it('sends for this account and for no other', async () => {
    const { port, mails } = await mailServer({ login });
    const other = await desk.makeAccount('Other', `other${port}@acme.test`);
    expect((await put(desk.owner, input(port))).status).toBe(200);
    expect((await desk.owner.post(`${SETTINGS}/test`)).body).toEqual({ ok: true });
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ from: 'help@acme.test', to: ['owner@acme.test'], user: 'acme', secure: true });
    expect(mails[0]?.raw).toContain('From: Acme help <help@acme.test>');
    expect((await other.owner.post(`${SETTINGS}/test`)).body).toEqual({ ok: true });
    await mailTo(desk, `other${port}@acme.test`, /Test/);
    expect(mails).toHaveLength(1);
  });

  it('keeps its password to itself, in answers and at rest', async () => {
    const { port } = await mailServer({ login });
    const { password: _, ...shown } = input(port);
    const view = { source: 'account', server: { ...shown, hasPassword: true } };
    expect((await put(desk.owner, input(port))).body).toEqual(view);
    expect((await desk.owner.get(SETTINGS)).body).toEqual(view);
    const rows = await desk.sql("select encode(settings_sealed, 'escape') as settings from account_mail");
    expect(JSON.stringify(rows)).not.toMatch(/sealed-secret-word|127\.0\.0\.1|acme/);
  });

  it('keeps its password while nothing but the sender changes', async () => {
    const { port, mails } = await mailServer({ login });
    await put(desk.owner, input(port));
    const { password: _, ...rest } = input(port, { fromName: 'Another name' });
    expect(((await put(desk.owner, rest)).body as MailSettings).server?.hasPassword).toBe(true);
    expect((await desk.owner.post(`${SETTINGS}/test`)).status).toBe(200);
    expect(mails[0]?.raw).toContain('Another name');
  });

  it.each([{ host: '127.0.0.2' }, { port: 1 }, { security: 'tls' }, { user: 'eve' }])(
    'does not hand its password to another server or user: %j',
    async (change) => {
      await put(desk.owner, input(2525));
      const { password: _, ...rest } = input(2525, change);
      const answer = await put(desk.owner, rest);
      expect([answer.status, (answer.body as Problem).errors?.[0]?.path]).toEqual([400, 'password']);
      expect(((await desk.owner.get(SETTINGS)).body as MailSettings).server).toMatchObject({ host: '127.0.0.1', port: 2525, user: 'acme' });
    },
  );

  it('says why a mail did not leave, without naming anybody', async () => {
    const { port } = await mailServer({ login, refuse: () => [550, 'Nobody here is called'] });
    await put(desk.owner, input(port));
    const refused = await desk.owner.post(`${SETTINGS}/test`);
    expect([refused.status, codeOf(refused)]).toEqual([502, 'mail.failed']);
    expect((refused.body as Problem).detail).toBe(
      'The mail server refused the sender or the recipient (550). It said: 550 Nobody here is called …',
    );
    await put(desk.owner, input(port, { password: 'wrong' }));
    expect(((await desk.owner.post(`${SETTINGS}/test`)).body as Problem).detail).toContain('did not accept the user name and the password');
  });

  it.each([
    ['host', 'mail.example.com\r\nx'],
    ['user', 'acme\r\nRCPT TO:<eve@evil.test>'],
    ['password', 'x\r\nRSET'],
    ['fromName', 'Acme\r\nBcc: eve@evil.test'],
    ['fromName', 'Acme\nBcc: eve@evil.test'],
    ['fromName', 'Acme\u2028Bcc: eve@evil.test'],
    ['fromAddress', 'help@acme.test\r\nBcc: eve@evil.test'],
    ['fromAddress', 'help@acme.test,eve@evil.test'],
    ['fromAddress', 'Acme <help@acme.test>'],
    ['security', 'plain'],
    ['port', 70_000],
    ['accountId', '0198b6c0-0000-7000-8000-000000000000'],
  ])('refuses %s %j', async (field, value) => {
    const answer = await put(desk.owner, input(25, { [field]: value }));
    expect([answer.status, codeOf(answer)]).toEqual([400, 'input.invalid']);
    expect((await desk.owner.get(SETTINGS)).body).toMatchObject({ source: 'mailbox' });
  });

  it('is not an agent’s business', async () => {
    await memberCalled('Agent', 'mail-agent@acme.test');
    const agent = await desk.logsIn('mail-agent@acme.test');
    const answers = [
      await agent.get(SETTINGS),
      await put(agent, input(25)),
      await agent.send('delete', SETTINGS),
      await agent.post(`${SETTINGS}/test`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  });

  it('changes only for somebody who lately proved who they are', async () => {
    desk.clock.advance(11 * 60_000);
    const answers = [await put(desk.owner, input(2525)), await desk.owner.send('delete', SETTINGS)];
    desk.clock.advance(-11 * 60_000);
    expect(answers.map(codeOf)).toEqual(['step-up.required', 'step-up.required']);
    expect((await desk.owner.get(SETTINGS)).body).toMatchObject({ source: 'mailbox' });
  });

  it('is written down when it changes', async () => {
    const acts = () =>
      desk.sql<{ data: string }>("select data from audit_entry where action = 'mail.changed' and account_id = $1 order by seq", [
        desk.owner.accountId,
      ]);
    const before = (await acts()).length;
    await put(desk.owner, input(2525));
    await desk.owner.send('delete', SETTINGS);
    await desk.owner.send('delete', SETTINGS);
    expect((await acts()).slice(before).map(({ data }) => JSON.parse(data) as unknown)).toEqual([
      { source: 'account' },
      { source: 'installation' },
    ]);
  });
});

describe('the mailbox', () => {
  const get = (path: string, headers: Record<string, string> = {}) => request(desk.url).get(path).set(headers);

  it('shows mails to whoever sits at this machine', async () => {
    const { number, subject } = await mailTo(desk, 'owner@acme.test', /ready/);
    const list = await get('/dev/mail');
    expect([list.status, list.text.includes(`/dev/mail/${number}"`), list.headers['cache-control']]).toEqual([200, true, 'no-store']);
    expect((await get(`/dev/mail/${number}`)).text).toContain(`href="${desk.url}/"`);
    const { items } = (await get('/dev/mail.json')).body as { items: { number: number; subject: string }[] };
    expect(items).toContainEqual(expect.objectContaining({ number, subject }));
  });

  it('shows nothing that runs, loads or leads out', async () => {
    await desk.makeAccount(IMAGE, 'boxed@acme.test');
    const { number } = await mailTo(desk, 'boxed@acme.test');
    for (const path of ['/dev/mail', `/dev/mail/${number}`]) {
      const { text, headers } = await get(path);
      expect(text).not.toMatch(/<img|<script|javascript:/i);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
      expect(headers['content-security-policy']).not.toContain('unsafe-inline');
    }
    const body = await get(`/dev/mail/${number}/html`);
    const policy = String(body.headers['content-security-policy']).split('; ');
    expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", 'sandbox', "form-action 'none'"]));
    expect((await get(`/dev/mail/${number}`)).text).toContain('<iframe sandbox ');
  });

  it.each([
    [{ host: 'evil.test' }],
    [{ host: 'localhost.evil.test' }],
    [{ host: '127.0.0.1.evil.test' }],
    [{ host: '' }],
    [{ 'x-forwarded-for': '127.0.0.1' }],
    [{ 'x-forwarded-host': 'localhost' }],
    [{ forwarded: 'for=127.0.0.1' }],
    [{ 'x-real-ip': '127.0.0.1' }],
    [{ via: '1.1 proxy' }],
    [{ 'cf-connecting-ip': '127.0.0.1' }],
  ])('is not there for a request with %j', async (headers) => {
    for (const path of ['/dev/mail', '/dev/mail.json', '/dev/mail/1', '/dev/mail/1/html']) {
      const answer = await get(path, headers as Record<string, string>);
      expect([path, answer.status]).toEqual([path, 404]);
    }
  });

  it.each(['/dev/mail/0', '/dev/mail/x', '/dev/mail/99999', '/dev/mail/99999/html', '/dev/mail/1.5', '/dev', '/dev/other'])(
    'has no %s',
    async (path) => {
      expect([400, 404]).toContain((await get(path)).status);
    },
  );
});
