import { describe, expect, it } from '@jest/globals';
import { pairOf, SipHash } from './siphash.js';

const REFERENCE_KEY = Uint8Array.from({ length: 16 }, (_, byte) => byte);

/** Bytes 0, 1, 2, … as UTF-16LE text. */
const counting = (bytes: number): string =>
  Array.from({ length: bytes / 2 }, (_, unit) => String.fromCharCode((unit * 2) | ((unit * 2 + 1) << 8))).join('');

describe('SipHash', () => {
  // Low halves of the vectors in the reference implementation (github.com/veorq/SipHash, vectors.h).
  it.each([
    [0, 0xdd0e0e31],
    [2, 0xd9a94f5a],
    [8, 0x9a932462],
  ])('agrees with the reference for %i bytes', (bytes, low) => {
    expect(new SipHash(REFERENCE_KEY).hash(counting(bytes))).toBe(low);
  });

  it('reads a tag as the first code unit, and a stretch of text as that text', () => {
    const hasher = new SipHash(REFERENCE_KEY);
    expect(hasher.hash(`--${counting(8).slice(1)}--`, 2, 5, counting(8).charCodeAt(0))).toBe(0x9a932462);
  });

  it('gives another hash under another key', () => {
    expect(new SipHash(new Uint8Array(16)).hash('word')).not.toBe(new SipHash(REFERENCE_KEY).hash('word'));
  });

  it('refuses a key of another length', () => {
    expect(() => new SipHash(new Uint8Array(8))).toThrow(RangeError);
  });

  it('keeps the order and the gap of a pair', () => {
    expect(new Set([pairOf(1, 2, 1), pairOf(2, 1, 1), pairOf(1, 2, 2)]).size).toBe(3);
  });
});
