import { describe, expect, it } from '@jest/globals';
import { BUCKETS, type Trace } from './feature-set.js';
import { featuresOf } from './features.js';
import { readMail } from './mail.js';
import type { ScreenedMessage } from './message.js';
import { SipHash } from './siphash.js';

const hasher = new SipHash(new Uint8Array(16).fill(1));

const tokensOf = (message: ScreenedMessage): string[] => {
  const trace = new Map<number, Trace>();
  featuresOf(message, hasher, trace);
  return [...trace.values()].map(({ kind, text }) => `${kind} ${text}`);
};

const HOSTILE: [name: string, text: string][] = [
  ['a megabyte without a space', 'a'.repeat(1_000_000)],
  ['100,000 different words', Array.from({ length: 100_000 }, (_, n) => `w${n.toString(36)}`).join(' ')],
  ['lone surrogates', '\ud800 \udc00'.repeat(50_000)],
  ['marks that turn the direction', '\u202eabc\u202c'.repeat(50_000)],
  ['names of the prototype', '__proto__ constructor hasOwnProperty toString '.repeat(20_000)],
  ['ligatures that grow eighteenfold', '\ufdfa'.repeat(100_000)],
  ['stacked accents', `e${'\u0301'.repeat(100_000)}`],
  ['tags that never end', '<a '.repeat(300_000)],
  ['comments that never end', '<!--'.repeat(250_000)],
  ['dots and at signs', 'a.@'.repeat(300_000)],
  ['digits and blanks', '1 -'.repeat(300_000)],
  ['letters apart', 'v i a g r a '.repeat(80_000)],
  ['entities', '<b>&amp;</b>'.repeat(80_000)],
  ['Han characters', '免费'.repeat(200_000)],
];

describe('featuresOf', () => {
  it.each(HOSTILE)('reads no more of %s than it has to', (_, text) => {
    const message = { text, subject: text, from: text, headers: text };
    const { buckets } = featuresOf(message, hasher);
    expect(buckets.length).toBeLessThanOrEqual(2_500);
    expect(buckets.every((bucket, at) => bucket < BUCKETS && (at === 0 || bucket > buckets[at - 1]!))).toBe(true);
  });

  it.each(HOSTILE)('reads a mail of %s', (_, text) => {
    const mail = `From: a@b.example\nTo: c@d.example\nSubject: ${text.slice(0, 500)}\nContent-Type: multipart/mixed; boundary=a\n\n${text}`;
    expect(readMail(mail).text.length).toBeLessThanOrEqual(mail.length);
  });

  it('sees the same word behind every disguise', () => {
    for (const disguised of [
      'vi\u200bagra',
      'v1agra',
      'vіаgrа',
      'v i a g r a',
      'V.I.A.G.R.A',
      'ｖｉａｇｒａ',
      'vi<!-- x -->agra<b></b>',
      'v\u00adiagra',
    ]) {
      expect(tokensOf({ text: `buy ${disguised} now` })).toContain('word viagra');
    }
  });

  it('tells spelled words apart where other signs stand between them than between their letters', () => {
    const tokens = tokensOf({ text: 'get f.r.e.e m.o.n.e.y today' });
    expect(tokens).toEqual(expect.arrayContaining(['word free', 'word money', 'pair free money']));
  });

  it('reads Latin letters with and without accents as the same words, pairs and runs', () => {
    const tokens = tokensOf({ text: 'frée móney todáy' });
    expect(tokens).toEqual(expect.arrayContaining(['word free', 'pair free money', 'gram e mon']));
  });

  it('marks what no honest spelling looks like', () => {
    expect(tokensOf({ text: 'buy v1agra now' })).toContain('mark obf:1');
    expect(tokensOf({ text: 'see you on the 4th at 10am, room 12b' }).filter((token) => token.startsWith('mark obf'))).toEqual([]);
    expect(tokensOf({ text: 'Привет, как дела? Сок на столе.' }).filter((token) => token.startsWith('mark obf'))).toEqual([]);
  });

  it('never reads the local part of an address', () => {
    const tokens = tokensOf({
      text: 'write to jane.roe@gmail.com or jane.roe@shop.example',
      from: 'jane.roe@shop.example',
      headers: 'From: jane.roe@shop.example\nTo: jane.roe@desk.example',
    });
    const read = tokens.filter((token) => !token.startsWith('raw'));
    expect(read.filter((token) => /roe|jane/.test(token))).toEqual([]);
    expect(read).toEqual(expect.arrayContaining(['mark from:shop.example', 'mark address:~free', 'mark address:shop.example']));
  });

  it('reads scripts without spaces in pairs of characters', () => {
    expect(tokensOf({ text: '免费领取' })).toEqual(expect.arrayContaining(['character 免费', 'character 费领', 'character 领取']));
  });

  it('gives an account buckets that another account does not have', () => {
    const text = { text: 'one and the same message' };
    const other = new Set(featuresOf(text, new SipHash(new Uint8Array(16).fill(2))).buckets);
    const shared = [...featuresOf(text, hasher).buckets].filter((bucket) => other.has(bucket));
    expect(shared.length).toBeLessThan(3);
  });
});
