import { describe, expect, it } from '@jest/globals';
import { originOf } from './checks';

describe('the origin of what somebody typed', () => {
  it.each([
    ['https://www.example.com', 'https://www.example.com'],
    ['www.example.com/shop?x=1', 'https://www.example.com'],
    ['  HTTP://Example.com:8080/ ', 'http://example.com:8080'],
    ['http://localhost:5000', 'http://localhost:5000'],
    ['http://[::1]:80/x', 'http://[::1]'],
  ])('%s is %s', (typed, origin) => expect(originOf(typed)).toBe(origin));

  it.each(['', 'shop', 'two words.com', 'ftp://example.com', 'javascript:alert(1)', 'https://'])('refuses %j', (typed) =>
    expect(originOf(typed)).toBeNull(),
  );
});
