import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CannotOpen, KEY_BYTES, open, seal, type Place } from './cipher.js';

const key = randomBytes(KEY_BYTES);
const place: Place = { accountId: 'a', table: 'message', row: '1', column: 'body' };

describe('a sealed value', () => {
  it('opens to what was sealed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) =>
        open(key, place, seal(key, place, Buffer.from(bytes))).equals(Buffer.from(bytes)),
      ),
    );
  });

  it('is another one every time', () => {
    expect(seal(key, place, Buffer.from('x')).equals(seal(key, place, Buffer.from('x')))).toBe(false);
  });

  it.each(['accountId', 'table', 'row', 'column'] as const)('does not open with another %s', (part) => {
    const sealed = seal(key, place, Buffer.from('x'));
    expect(() => open(key, { ...place, [part]: 'other' }, sealed)).toThrow(CannotOpen);
  });

  it('does not open with another key', () => {
    expect(() => open(randomBytes(KEY_BYTES), place, seal(key, place, Buffer.from('x')))).toThrow(CannotOpen);
  });

  it('does not open when any byte was changed, or when it was cut', () => {
    const sealed = seal(key, place, Buffer.from('some text'));
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(sealed);
        changed[at] = (changed[at] as number) ^ change;
        expect(() => open(key, place, changed)).toThrow(CannotOpen);
        expect(() => open(key, place, sealed.subarray(0, at))).toThrow(CannotOpen);
      }),
    );
  });
});
