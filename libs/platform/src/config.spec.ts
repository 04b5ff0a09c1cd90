import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';

const SMTP = 'smtp://user:secret@mail.example.com';

describe('the sessions an inbox may see in a minute', () => {
  it.each([
    ['60 by default', {}, 60],
    ['three times what one place may open', { SOTTO_VISITOR_SESSIONS_PER_MINUTE: '100' }, 300],
    ['what is said', { SOTTO_ATTACK_SESSIONS_PER_MINUTE: '7', SOTTO_VISITOR_SESSIONS_PER_MINUTE: '100' }, 7],
  ])('are %s', (_, env, sessions) => expect(readConfig(env).limits.attackSessions).toBe(sessions));

  it('are one at least', () =>
    expect(() => readConfig({ SOTTO_ATTACK_SESSIONS_PER_MINUTE: '0' })).toThrow('\nSOTTO_ATTACK_SESSIONS_PER_MINUTE'));
});

describe('the settings of mail', () => {
  it('are a server and a sender', () => {
    const { mail } = readConfig({ SOTTO_SMTP_URL: SMTP, SOTTO_MAIL_FROM: 'Acme <help@acme.test>' });
    expect(mail).toEqual({
      server: { host: 'mail.example.com', port: 587, security: 'starttls', user: 'user', password: 'secret' },
      from: { name: 'Acme', address: 'help@acme.test' },
    });
  });

  it('may be missing', () => expect(readConfig({}).mail.server).toBeNull());

  it.each([
    ['a server without a sender', { SOTTO_SMTP_URL: SMTP }, 'SOTTO_MAIL_FROM'],
    [
      'no encryption to another machine',
      { SOTTO_SMTP_URL: SMTP, SOTTO_MAIL_FROM: 'a@b.test', SOTTO_SMTP_ALLOW_PLAIN: 'true' },
      'SOTTO_SMTP_ALLOW_PLAIN',
    ],
    ['another protocol', { SOTTO_SMTP_URL: 'http://user:secret@mail.example.com', SOTTO_MAIL_FROM: 'a@b.test' }, 'SOTTO_SMTP_URL'],
    ['no host', { SOTTO_SMTP_URL: 'smtp://', SOTTO_MAIL_FROM: 'a@b.test' }, 'SOTTO_SMTP_URL'],
    [
      'a password that cannot be read',
      { SOTTO_SMTP_URL: 'smtp://user:secret%@mail.example.com', SOTTO_MAIL_FROM: 'a@b.test' },
      'SOTTO_SMTP_URL',
    ],
    ['a sender without an address', { SOTTO_SMTP_URL: SMTP, SOTTO_MAIL_FROM: 'Acme' }, 'SOTTO_MAIL_FROM'],
    ['a network with bits beyond its length', { SOTTO_OUTBOUND_PRIVATE: '10.0.0.1/8' }, 'SOTTO_OUTBOUND_PRIVATE'],
    ['a network without a length', { SOTTO_OUTBOUND_PRIVATE: '10.0.0.1' }, 'SOTTO_OUTBOUND_PRIVATE'],
  ])('may not be %s', (_, env, name) => {
    const read = () => readConfig(env);
    expect(read).toThrow(`\n${name}`);
    expect(read).not.toThrow(/secret/);
  });

  it('name networks that are not public', () =>
    expect(readConfig({ SOTTO_OUTBOUND_PRIVATE: '10.0.0.0/8, fd00::/8' }).outboundPrivate).toEqual(['10.0.0.0/8', 'fd00::/8']));
});
