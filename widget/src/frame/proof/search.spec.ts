import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { search } from './search.js';

/** Zero bits at the beginning, as Node counts them. */
const bitsOf = (text: string) => {
  const bits = [...createHash('sha256').update(text).digest()].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.indexOf('1');
};

describe('The search for a nonce', () => {
  // Around the ends of blocks, where padding takes another one.
  it.each([0, 1, 40, 43, 44, 45, 52, 53, 54, 55, 63, 64, 67, 107, 108, 109, 180])('finds one for a ticket of %i characters', (length) => {
    const ticket = 'k3X_-'.repeat(40).slice(0, length);
    const nonce = search(ticket, 9)(1_000_000);
    expect(nonce).toMatch(/^\d{10}$/);
    expect(bitsOf(`${ticket}.${nonce}`)).toBeGreaterThanOrEqual(9);
    // The first there is: none was taken for less than it is.
    for (let earlier = 0; earlier < Number(nonce); earlier++)
      expect(bitsOf(`${ticket}.${String(earlier).padStart(10, '0')}`)).toBeLessThan(9);
  });

  it('goes on where it stopped', () => {
    const whole = search('ticket', 10)(1_000_000);
    const step = search('ticket', 10);
    let found: string | undefined;
    while (!found) found = step(7);
    expect(found).toBe(whole);
  });
});
