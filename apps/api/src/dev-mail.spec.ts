import type { IncomingMessage } from 'node:http';
import { expect, it } from '@jest/globals';
import { readConfig } from '@sotto/platform';
import { isFromHere } from './dev-mail.controller.js';

const from = (remoteAddress: string, host = 'localhost:3000', headers: Record<string, string> = {}) =>
  ({ socket: { remoteAddress }, headers: { host, ...headers } }) as unknown as IncomingMessage;
const HERE = from('127.0.0.1');

it.each([
  [{}],
  [{ SOTTO_HOST: 'localhost' }],
  [{ SOTTO_HOST: '::1' }],
  [{ SOTTO_PUBLIC_URL: 'http://localhost:3000' }],
  [{ SOTTO_PUBLIC_URL: 'http://127.0.0.1:3000' }],
])('The mailbox is open to this machine with %j.', (env) => expect(isFromHere(readConfig(env), HERE)).toBe(true));

it.each([
  [{ SOTTO_HOST: '0.0.0.0' }],
  [{ SOTTO_HOST: '::' }],
  [{ SOTTO_HOST: '192.168.1.5' }],
  [{ SOTTO_PUBLIC_URL: 'https://help.example.com' }],
  [{ SOTTO_PUBLIC_URL: 'https://localhost.example.com' }],
  [{ SOTTO_PUBLIC_URL: 'http://192.168.1.5:3000' }],
  [{ SOTTO_TRUSTED_PROXIES: '1' }],
  [{ SOTTO_SMTP_URL: 'smtp://mail.example.com', SOTTO_MAIL_FROM: 'a@b.test' }],
])('The mailbox is closed to everybody with %j.', (env) => expect(isFromHere(readConfig(env), HERE)).toBe(false));

it.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])('A caller at %s is here.', (address) =>
  expect(isFromHere(readConfig({}), from(address))).toBe(true),
);

it.each(['192.168.1.5', '8.8.8.8', '::ffff:192.168.1.5', 'fe80::1%lo', ''])('A caller at %j is not.', (address) =>
  expect(isFromHere(readConfig({}), from(address))).toBe(false),
);

it.each(['127.0.0.1:3000', '[::1]:3000', 'localhost'])('A page at %s is here.', (host) =>
  expect(isFromHere(readConfig({}), from('127.0.0.1', host))).toBe(true),
);

it.each(['evil.test', 'localhost.evil.test', 'evil.test:3000', '192.168.1.5', 'x@evil.test', ''])('A page at %j is not.', (host) =>
  expect(isFromHere(readConfig({}), from('127.0.0.1', host))).toBe(false),
);

it.each(['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-anything', 'forwarded', 'via', 'x-real-ip', 'cf-ray'])(
  'A request with %s came through a proxy.',
  (name) => expect(isFromHere(readConfig({}), from('127.0.0.1', 'localhost', { [name]: 'x' }))).toBe(false),
);
