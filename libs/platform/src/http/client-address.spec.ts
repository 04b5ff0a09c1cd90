import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../config.js';
import { canonicalAddress } from './canonical-address.js';
import { clientAddress } from './client-address.js';

const came = (peer: string | undefined, headers: IncomingHttpHeaders = {}) =>
  ({ socket: { remoteAddress: peer }, headers }) as IncomingMessage;
const behind = (SOTTO_TRUSTED_PROXIES?: string) => readConfig({ SOTTO_TRUSTED_PROXIES });
const forwardedFor = (list: string): IncomingHttpHeaders => ({ 'x-forwarded-for': list });

describe('The one spelling of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['::192.0.2.1', '::c000:201'],
    ['::c000:201', '::c000:201'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['::ffff:0:192.0.2.1', '::ffff:0:c000:201'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['::1', '::1'],
  ])('of %s is %s', (text, spelling) => {
    expect(canonicalAddress(text)).toBe(spelling);
  });

  const odd = [
    '',
    ' ',
    '167772161',
    '10.1',
    '10.0.1',
    '012.0.0.1',
    '010.0.0.1',
    '0xa.0.0.1',
    '0x0a000001',
    '10.0.0.256',
    '10.0.0.-1',
    '10.0.0.1.',
  ]
    .concat([
      ' 10.0.0.1',
      '10.0.0.1 ',
      '10.0.0.1\n',
      '10.0.0.1\0',
      '10.0.0.1:80',
      '[::1]',
      '[::1]:80',
      '::1:',
      ':::',
      '1::2::3',
      'fe80::1%eth0',
    ])
    .concat([
      '::ffff:10.0.0',
      '::ffff:012.0.0.1',
      '::ffff:10.0.0.256',
      '1:2:3:4:5:6:7:8:9',
      '12345::',
      'g::',
      '10.0.0.1/32',
      '::1/128',
      '10.0.0.*',
    ])
    .concat([
      '１０.0.0.1',
      '10。0。0。1',
      '٠.0.0.1',
      'localhost',
      'unknown',
      '_hidden',
      'null',
      'undefined',
      '::1, 10.0.0.1',
      '10.0.0.1, ::1',
      '1e1.0.0.1',
    ]);
  it.each(odd)('is not known of %p', (text) => {
    expect(canonicalAddress(text)).toBeNull();
  });
});

describe('The address of a caller', () => {
  const forged: IncomingHttpHeaders = {
    'x-forwarded-for': '10.0.0.1',
    forwarded: 'for=10.0.0.1',
    'x-real-ip': '10.0.0.1',
    'cf-connecting-ip': '10.0.0.1',
    'true-client-ip': '10.0.0.1',
    'x-client-ip': '10.0.0.1',
    'x-cluster-client-ip': '10.0.0.1',
    'fastly-client-ip': '10.0.0.1',
  };
  const { 'x-forwarded-for': _, ...others } = forged;

  it('is that of the connection, whatever the headers say', () => {
    expect(clientAddress(behind(), came('203.0.113.9', forged))).toBe('203.0.113.9');
    expect(clientAddress(behind('0'), came('203.0.113.9', forged))).toBe('203.0.113.9');
    expect(clientAddress(behind('192.0.2.0/24'), came('203.0.113.9', forged))).toBe('203.0.113.9');
  });

  it.each(['1', '10', '203.0.113.9', '203.0.113.0/24', 'loopback,203.0.113.9'])('behind %s is told by X-Forwarded-For only', (proxies) => {
    expect(clientAddress(behind(proxies), came('203.0.113.9', others))).toBe('203.0.113.9');
    expect(clientAddress(behind(proxies), came('203.0.113.9', forged))).toBe('10.0.0.1');
  });

  it('is the one the outermost of the proxies wrote', () => {
    const header = forwardedFor('6.6.6.6, 198.51.100.7, 192.0.2.2');
    expect(clientAddress(behind('1'), came('192.0.2.1', header))).toBe('192.0.2.2');
    expect(clientAddress(behind('2'), came('192.0.2.1', header))).toBe('198.51.100.7');
    expect(clientAddress(behind('192.0.2.0/24'), came('192.0.2.1', header))).toBe('198.51.100.7');
    expect(clientAddress(behind('192.0.2.1'), came('192.0.2.1', header))).toBe('192.0.2.2');
    expect(clientAddress(behind('192.0.2.1'), came('::ffff:192.0.2.1', header))).toBe('192.0.2.2');
  });

  it.each(['unknown', '10.0.0.1:443', '[2001:db8::1]', '167772161', '10.1', '012.0.0.1', 'fe80::1%eth0', '10.0.0.1\t6.6.6.6', '-', '%'])(
    'cannot be told from %p, and is not the proxy’s then',
    (entry) => {
      expect(clientAddress(behind('1'), came('127.0.0.1', forwardedFor(entry)))).toBe('');
      expect(clientAddress(behind('loopback'), came('127.0.0.1', forwardedFor(entry)))).toBe('');
    },
  );

  it('has one spelling', () => {
    expect(clientAddress(behind(), came('::ffff:203.0.113.9'))).toBe('203.0.113.9');
    expect(clientAddress(behind('1'), came('127.0.0.1', forwardedFor('::FFFF:CB00:7109')))).toBe('203.0.113.9');
    expect(clientAddress(behind('1'), came('127.0.0.1', forwardedFor('2001:DB8:0::1')))).toBe('2001:db8::1');
    expect(clientAddress(behind(), came('fe80::1%eth0'))).toBe('fe80::1');
  });

  it('is none once the connection is gone', () => {
    expect(clientAddress(behind(), came(undefined))).toBe('');
  });
});

describe('SOTTO_TRUSTED_PROXIES', () => {
  it.each(['', ' ', ',', '0', '1', '10', '127.0.0.1', '10.0.0.0/8, ::1', 'loopback', 'uniquelocal,linklocal', '2001:db8::/32'])(
    'takes %p',
    (value) => {
      expect(() => behind(value)).not.toThrow();
    },
  );

  it.each([
    '-1',
    '1.5',
    '11',
    '999',
    '1,2',
    '1e1',
    '0x1',
    'true',
    'all',
    '*',
    '10.1',
    '167772161',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '10.0.0.0/',
  ])('refuses %p', (value) => {
    expect(() => behind(value)).toThrow('SOTTO_TRUSTED_PROXIES');
  });
});
