import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { generateSync } from 'otplib';
import { newTotpSecret, timeStepOf, totpUri } from './totp.js';

/** RFC 6238, appendix B: seconds and the code of eight digits, for SHA-1. */
const VECTORS: [seconds: number, code: string][] = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
];
const RFC_KEY = new TextEncoder().encode('12345678901234567890');
/** The same key in base 32. */
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

const at = (seconds: number) => new Date(seconds * 1_000);
const codeAt = (secret: string, seconds: number) => generateSync({ secret, epoch: seconds });

describe('a code of six digits', () => {
  // The code is a number cut to so many digits, so six are the last of the eight.
  it.each(VECTORS)('is right at %d s as RFC 6238 has it: %s', (seconds, code) => {
    expect(timeStepOf(RFC_SECRET, code.slice(2), at(seconds))).toBe(Math.floor(seconds / 30));
    expect(generateSync({ secret: RFC_KEY, epoch: seconds, digits: 8 })).toBe(code);
  });

  it('is taken one step early and one late, at every second of a step, and no further', () => {
    const start = 1_795_309_860;
    const step = start / 30;
    for (let second = 0; second < 30; second += 1) {
      const found = [-2, -1, 0, 1, 2].map((away) => timeStepOf(RFC_SECRET, codeAt(RFC_SECRET, start + away * 30), at(start + second)));
      expect(found).toEqual([null, step - 1, step, step + 1, null]);
    }
  });

  it('is of one secret only', () => {
    const now = 1_795_309_860;
    const code = codeAt(RFC_SECRET, now);
    const others = Array.from({ length: 20 }, () => timeStepOf(newTotpSecret(), code, at(now)));
    expect(others.filter((step) => step !== null).length).toBeLessThan(2);
  });
});

describe('what is no code', () => {
  const now = at(1_795_309_860);

  it.each([
    '',
    ' ',
    '12345',
    '1234567',
    '12 345',
    '-12345',
    '+12345',
    '1e1234',
    '0x1234',
    '12345\n',
    '\0'.repeat(6),
    '１２３４５６',
    '٠١٢٣٤٥',
  ])('is refused: %p', (code) => {
    expect(timeStepOf(RFC_SECRET, code, now)).toBeNull();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        expect([null, expect.any(Number)]).toContainEqual(timeStepOf(RFC_SECRET, text, now));
      }),
    );
  });
});

describe('a secret', () => {
  it('has 160 bits and is another each time', () => {
    const secrets = new Set(Array.from({ length: 100 }, newTotpSecret));
    expect(secrets.size).toBe(100);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  });

  it('is handed over with the account and the address, whatever they hold', () => {
    const uri = new URL(totpUri('Müller: Söhne & Co?', 'a+b@acme.test', RFC_SECRET));
    expect([uri.protocol, uri.host]).toEqual(['otpauth:', 'totp']);
    expect(decodeURIComponent(uri.pathname)).toBe('/Sotto:Müller  Söhne & Co? a+b@acme.test');
    expect(Object.fromEntries(uri.searchParams)).toEqual({ secret: RFC_SECRET, issuer: 'Sotto' });
  });
});
