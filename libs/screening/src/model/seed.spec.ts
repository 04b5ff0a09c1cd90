import { describe, expect, it } from '@jest/globals';
import { featuresOf } from './features.js';
import type { ScreenedMessage } from './message.js';
import { SpamModel } from './model.js';
import { SipHash } from './siphash.js';
import { thresholdOf } from './verdict.js';

const hasher = new SipHash(new Uint8Array(16).fill(5));
const seedOf = (message: ScreenedMessage): number => featuresOf(message, hasher).seed;
const zAtFirst = (text: string): number => new SpamModel().score(featuresOf({ text }, hasher)).z;

const SPAM = [
  'URGENT! You have WON a guaranteed £1000 prize, call 09061701461 now to claim',
  'Check out my channel and subscribe!!! http://videos.example',
  'Free entry in a weekly draw, text WIN to 80086, 150p a week',
];
const HAM = ['when will my parcel arrive?', 'thanks, see you tomorrow at lunch', 'I love this song, it makes me think of home'];

describe('the shipped prior', () => {
  it('ranks plain spam above plain ham before any lesson', () => {
    const ham = HAM.map((text) => seedOf({ text }));
    const spam = SPAM.map((text) => seedOf({ text }));
    expect(Math.min(...spam)).toBeGreaterThan(Math.max(...ham));
  });

  it('quarantines nothing by itself', () => {
    const loud = [
      ...SPAM,
      SPAM.join(' '),
      'FREE WIN PRIZE CLAIM CALL NOW £1000 http://a.example '.repeat(8),
      '__proto__',
      'txt '.repeat(99),
    ];
    expect(loud.filter((text) => zAtFirst(text) >= thresholdOf(new SpamModel()) / 2)).toEqual([]);
  });

  it('says nothing of mail and of long texts: it has seen none', () => {
    const [text] = SPAM as [string];
    expect(seedOf({ text })).not.toBe(0);
    expect(seedOf({ text, subject: 'prize' })).toBe(0);
    expect(seedOf({ text, headers: 'From: a@b.example' })).toBe(0);
    expect(seedOf({ text: text.repeat(20) })).toBe(0);
    expect(seedOf({ text: '' })).toBe(0);
  });

  it('sees one word in its forms', () => {
    expect(seedOf({ text: 'winning prizes' })).toBe(seedOf({ text: 'wins prize' }));
  });

  it('is the same under every account’s key', () => {
    const [text] = SPAM as [string];
    expect(featuresOf({ text }, new SipHash(new Uint8Array(16).fill(6))).seed).toBe(seedOf({ text }));
  });
});
