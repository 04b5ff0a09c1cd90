import { describe, expect, it } from '@jest/globals';
import { AppError } from '@sotto/kernel';
import { Allowlist } from './allowlist.js';

const listOf = (...ranges: string[]) => Allowlist.of(ranges.map((range) => ({ range, label: '' })));
const wrongLines = (...ranges: string[]): string[] => {
  try {
    listOf(...ranges);
    return [];
  } catch (error) {
    return error instanceof AppError ? (error.extra.errors ?? []).map(({ path }) => path) : [String(error)];
  }
};

describe('A list of ranges', () => {
  it('lets everybody in while it is empty, whoever they are', () => {
    expect([listOf().lets('10.0.0.1'), listOf().lets(''), listOf().rangeOf('10.0.0.1')]).toEqual([true, true, null]);
  });

  it('lets in whoever is in one of its ranges, and tells which', () => {
    const list = listOf('10.0.0.0/8', '10.1.*.*', '2001:db8::/32');
    expect(list.rangeOf('10.1.2.3')).toBe('10.0.0.0/8');
    expect(list.rangeOf('2001:db8::1')).toBe('2001:db8::/32');
    expect(['11.0.0.1', '2001:db9::1', '', 'unknown', '10.1'].map((address) => list.lets(address))).toEqual(Array(5).fill(false));
  });

  it('gives the same answer again', () => {
    const list = listOf('10.0.0.0/8');
    for (let turn = 0; turn < 3; turn += 1) expect([list.lets('10.0.0.1'), list.lets('11.0.0.1')]).toEqual([true, false]);
  });

  it.each([
    ['10.1.0.0/16', '10.1.*.*'],
    ['10.0.0.1', '::ffff:10.0.0.1'],
    ['10.0.0.1', '10.0.0.1-10.0.0.1'],
    ['10.0.0.0-10.0.0.255', '10.0.0.0/24'],
    ['2001:db8::/128', '2001:DB8:0::0'],
  ])('takes %s and %s for the same', (one, other) => {
    expect(wrongLines(one, '192.0.2.1', other)).toEqual(['ipAllowlist.2.range']);
  });

  it('does not grow so long that looking through it would be felt', () => {
    const odd = (part: number) => `2001:db8:${part.toString(16)}::1-2001:db8:${part.toString(16)}:ffff:ffff:ffff:ffff:fffe`;
    const few = Array.from({ length: 25 }, (_, part) => odd(part));
    expect(wrongLines(...few)).toEqual([]);
    expect(wrongLines(...few, odd(25), '10.0.0.1')).toEqual(['ipAllowlist.25.range']);
    expect(wrongLines(...Array.from({ length: 200 }, (_, part) => `10.0.${part}.5-10.0.${part}.20`))).toEqual([]);
  });
});
