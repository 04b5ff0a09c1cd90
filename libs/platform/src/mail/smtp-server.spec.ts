import { describe, expect, it } from '@jest/globals';
import { Sender, readSmtpUrl } from './smtp-server.js';

describe('the address of a mail server', () => {
  it.each([
    ['smtp://mail.example.com', 'mail.example.com', 587, 'starttls'],
    ['smtps://mail.example.com', 'mail.example.com', 465, 'tls'],
    ['smtp://mail.example.com:2525', 'mail.example.com', 2525, 'starttls'],
    ['smtp://127.0.0.1:25', '127.0.0.1', 25, 'plain'],
    ['smtp://localhost:25', 'localhost', 25, 'plain'],
    ['smtp://[::1]:25', '::1', 25, 'plain'],
    ['smtps://localhost', 'localhost', 465, 'tls'],
    ['smtp://localhost.example.com', 'localhost.example.com', 587, 'starttls'],
    ['smtp://10.0.0.1', '10.0.0.1', 587, 'starttls'],
  ])('%s means its encryption, or none where that is allowed and stays inside this machine', (url, host, port, security) => {
    expect(readSmtpUrl(url, true)).toEqual({ host, port, security, user: '', password: '' });
    expect(readSmtpUrl(url, false).security).not.toBe('plain');
  });

  it('holds user and password in the spelling of addresses', () => {
    expect(readSmtpUrl('smtp://us%40er:p%3Ass%2F@mail.example.com', false)).toMatchObject({ user: 'us@er', password: 'p:ss/' });
  });
});

describe('a sender', () => {
  it.each([
    ['help@example.com', { name: 'Sotto', address: 'help@example.com' }],
    ['Help of Acme <Help@Example.com>', { name: 'Help of Acme', address: 'help@example.com' }],
    ['a <b> c <help@example.com> ', { name: 'a <b> c', address: 'help@example.com' }],
  ])('is %s', (text, mailbox) => expect(Sender.parse(text)).toEqual(mailbox));
  it.each(['', 'Acme', 'Acme <>', 'Acme\r\nBcc: x@y.z <help@example.com>', 'Acme <help@exa\nmple.com>'])('is not %j', (text) =>
    expect(Sender.safeParse(text).success).toBe(false),
  );
});
