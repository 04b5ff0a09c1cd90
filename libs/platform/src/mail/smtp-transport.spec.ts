import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { MailServer, type MailServerOptions } from '../../../../test/support/mail-server.js';
import { Outbound } from '../outbound/outbound.js';
import { DevMailbox } from './dev-mailbox.js';
import type { Mail } from './mail-transport.js';
import type { SmtpServer } from './smtp-server.js';
import { SmtpTransport, trusted, type Route } from './smtp-transport.js';

const MAIL: Mail = {
  to: { name: 'Ana Žnidaršič, "the" <boss>', address: 'ana@example.com' },
  from: { name: 'Acme', address: 'help@acme.test' },
  subject: 'Grüße',
  text: 'Plain words',
  html: '<p>Marked words</p>',
  messageId: '0198-1@acme.test',
  headers: { 'Auto-Submitted': 'auto-generated' },
};

const trustedBefore = tls.getCACertificates('default');
let server: MailServer | undefined;
let raw: Server | undefined;
const held = new Set<Socket>();
afterEach(async () => {
  tls.setDefaultCACertificates(trustedBefore);
  await server?.stop();
  for (const socket of held) socket.destroy();
  raw?.close();
  server = raw = undefined;
});

async function started(options?: MailServerOptions, isKnown = true): Promise<MailServer> {
  server = await MailServer.start(options);
  if (isKnown) tls.setDefaultCACertificates([...trustedBefore, server.cert]);
  return server;
}
const through = (port: number, more: Partial<SmtpServer> = {}, route: Route = trusted) =>
  new SmtpTransport({ host: '127.0.0.1', port, security: 'starttls', user: '', password: '', ...more }, route, 'desk.acme.test');

describe('a mail', () => {
  it.each(['starttls', 'tls'] as const)('leaves by %s after signing in', async (security) => {
    const login = { user: 'acme', password: 'p@ss wörd' };
    const { port, mails } = await started({ security, login });
    await through(port, { security, ...login }).send(MAIL);
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ from: 'help@acme.test', to: ['ana@example.com'], user: 'acme', secure: true });
  });

  it('has its own id and both parts, and does not name the program that made it', async () => {
    const { port, mails } = await started();
    await through(port).send(MAIL);
    const sent = mails[0]?.raw ?? '';
    const head = sent.slice(0, sent.indexOf('\r\n\r\n'));
    expect(head).toContain('Message-ID: <0198-1@acme.test>');
    expect(head).toContain('Auto-Submitted: auto-generated');
    expect(head).not.toMatch(/nodemailer|x-mailer/i);
    expect(sent).toContain('Plain words');
    expect(sent).toContain('<p>Marked words</p>');
  });

  it('is for one recipient whatever their name looks like', async () => {
    const { port, mails } = await started();
    await through(port).send({ ...MAIL, to: { name: 'x <eve@evil.test>, eve@evil.test', address: 'ana@example.com' } });
    expect(mails[0]?.to).toEqual(['ana@example.com']);
  });

  it('does not leave where the server offers no encryption', async () => {
    const { port, mails } = await started({ security: 'none' });
    await expect(through(port).send(MAIL)).rejects.toThrow('no secure connection');
    expect(mails).toEqual([]);
  });

  it.each(['starttls', 'tls'] as const)('does not leave by %s to a server whose certificate nobody vouches for', async (security) => {
    const { port, mails } = await started({ security }, false);
    await expect(through(port, { security }).send(MAIL)).rejects.toThrow('no secure connection');
    expect(mails).toEqual([]);
  });

  it.each(['starttls', 'tls'] as const)('does not leave by %s to a server with the certificate of another', async (security) => {
    const { port, mails } = await started({ security, names: ['other.test'] });
    await expect(through(port, { security }).send(MAIL)).rejects.toThrow('no secure connection');
    expect(mails).toEqual([]);
  });

  it('goes to the address that was checked, and asks for the certificate of the name', async () => {
    const { port, mails } = await started({ names: ['smtp.acme.test'] });
    const names: string[] = [];
    const outbound = new Outbound(['127.0.0.0/8'], (host) =>
      Promise.resolve([{ address: names.push(host) === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }]),
    );
    await through(port, { host: 'smtp.acme.test' }, ({ host }) => outbound.connectTo(host, port)).send(MAIL);
    expect([mails.length, names]).toEqual([1, ['smtp.acme.test']]);
  });

  it('says what went wrong without naming anybody', async () => {
    const { port } = await started({ refuse: () => [550, 'No such user ana@example.com at 10.0.0.7 or fd00::17,'] });
    const failure = through(port).send(MAIL);
    await expect(failure).rejects.toThrow(/^The mail server refused the sender or the recipient \(550\)$/);
    await expect(failure).rejects.toMatchObject({ answer: '550 No such user … at … or …, …' });
  });

  it('says that signing in did not work', async () => {
    const { port } = await started({ login: { user: 'acme', password: 'right' } });
    await expect(through(port, { user: 'acme', password: 'wrong' }).send(MAIL)).rejects.toThrow(/user name and the password \(535\)$/);
  });

  it('says that nobody is there', async () => {
    const { port } = await started();
    await server?.stop();
    server = undefined;
    await expect(through(port).send(MAIL)).rejects.toThrow(/^The mail server could not be reached$/);
  });

  it('takes no word said before encryption for one said after', async () => {
    raw = createServer((socket) => {
      held.add(socket);
      socket.on('error', () => undefined);
      socket.write('220 hello\r\n');
      socket.on('data', (data) => socket.write(data.toString().startsWith('EHLO') ? '250 fine\r\n' : '454 not now\r\n'));
    });
    await new Promise<void>((done) => raw?.listen(0, '127.0.0.1', done));
    await expect(through((raw.address() as AddressInfo).port, { user: 'acme', password: 'secret' }).send(MAIL)).rejects.toThrow(
      'no secure connection',
    );
  });
});

describe('a mail with a line of its own in', () => {
  const LINE = 'x\r\nBcc: eve@evil.test';
  const unsafe: [string, Partial<Mail>][] = [
    ['the recipient’s name', { to: { name: LINE, address: 'ana@example.com' } }],
    ['the recipient’s address', { to: { name: '', address: `ana@example.com\r\nBcc: eve@evil.test` } }],
    ['the recipient’s address, as a second one', { to: { name: '', address: 'ana@example.com,eve@evil.test' } }],
    ['the sender’s name', { from: { name: LINE, address: 'help@acme.test' } }],
    ['the sender’s address', { from: { name: '', address: 'help@acme.test>\nRCPT TO:<eve@evil.test' } }],
    ['the subject', { subject: LINE }],
    ['the subject, by a bare line feed', { subject: 'x\nBcc: eve@evil.test' }],
    ['the subject, by a bare carriage return', { subject: 'x\rBcc: eve@evil.test' }],
    ['the subject, by a Unicode separator', { subject: 'x\u2028Bcc: eve@evil.test' }],
    ['the message id', { messageId: 'x@y\r\nBcc: eve@evil.test' }],
    ['a header’s value', { headers: { 'X-Test': LINE } }],
    ['a header’s name', { headers: { 'X-Test: y\r\nBcc': 'eve@evil.test' } }],
  ];

  it.each(unsafe)('%s leaves nowhere', async (_, part) => {
    const { port, mails } = await started({ security: 'none' });
    const mailbox = new DevMailbox({ now: () => new Date() });
    const mail = { ...MAIL, ...part };
    await expect(through(port, { security: 'plain' }).send(mail)).rejects.toThrow('holds what it must not');
    await expect(mailbox.send(mail)).rejects.toThrow('holds what it must not');
    expect([mails, mailbox.list()]).toEqual([[], []]);
  });
});

describe('the mailbox', () => {
  it('keeps the newest hundred, the newest first', async () => {
    const mailbox = new DevMailbox({ now: () => new Date() });
    for (let turn = 1; turn <= 103; turn += 1) await mailbox.send({ ...MAIL, subject: `${turn}` });
    expect([mailbox.list().length, mailbox.list()[0]?.subject, mailbox.find(103)?.subject, mailbox.find(3)]).toEqual([
      100,
      '103',
      '103',
      undefined,
    ]);
  });
});
