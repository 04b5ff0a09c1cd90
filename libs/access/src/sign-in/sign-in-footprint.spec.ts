import { describe, expect, it } from '@jest/globals';
import { deviceName, networkOf, placeOf } from './sign-in-footprint.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe('a device', () => {
  it.each([
    [FIREFOX, 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0',
      'Microsoft Edge on Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      'Safari on iOS',
    ],
    ['', 'Unknown browser'],
    ['<script>alert(1)</script>', 'Unknown browser'],
    ['\u0000', 'Unknown browser'],
  ])('that calls itself %j is %s', (userAgent, name) => {
    expect(deviceName(userAgent)).toBe(name);
  });
});

describe('a network', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:db8:1:ffff::1', '2001:db8:1::/48'],
    ['', ''],
    ['unknown', 'unknown'],
  ])('of %j is %j', (address, network) => {
    expect(networkOf(address, { v4: 24, v6: 48 })).toBe(network);
  });

  it('of a whole IPv4 address is that address, and IPv6 counts by 64 bits', () => {
    expect(networkOf('203.0.113.77', { v4: 32, v6: 64 })).toBe('203.0.113.77/32');
    expect(networkOf('2001:db8:1:2:3:4:5:6', { v4: 32, v6: 64 })).toBe('2001:db8:1:2::/64');
  });
});

describe('a place', () => {
  it('stays the same with the next version of the browser and a neighbour’s address', () => {
    const place = placeOf({ userAgent: FIREFOX, address: '203.0.113.7' });
    expect(placeOf({ userAgent: FIREFOX.replaceAll('140', '141'), address: '203.0.113.8' })).toBe(place);
    expect(placeOf({ userAgent: FIREFOX, address: '203.0.114.7' })).not.toBe(place);
    expect(placeOf({ userAgent: '', address: '203.0.113.7' })).not.toBe(place);
  });
});
