import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { difficultyOf } from './attack-watch.js';
import { zeroBits } from './proof.js';

describe('The zero bits a text begins with, hashed', () => {
  it.each(Array.from({ length: 300 }, (_, n) => `ticket.${n}`))('of %s are counted', (text) => {
    const bits = [...createHash('sha256').update(text).digest()].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    expect(zeroBits(text)).toBe(bits.indexOf('1'));
  });
});

describe('The work asked of a visitor', () => {
  it.each([
    [0, 0],
    [60, 0],
    [61, 16],
    [119, 16],
    [120, 17],
    [240, 18],
    [480, 19],
    [960, 20],
    [1_000_000, 20],
  ])('at %i sessions a minute where 60 are usual is %i bits', (sessions, bits) => {
    expect(difficultyOf(sessions, 60)).toBe(bits);
  });
});
