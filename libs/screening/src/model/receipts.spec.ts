import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FEATURE_VERSION, featuresOf } from './features.js';
import type { SpamModel } from './model.js';
import { fold, packFeatures, rollBack, unlearn, unpackFeatures, type Receipt } from './receipts.js';
import { SipHash } from './siphash.js';
import { restoreSnapshot, takeSnapshot } from './snapshot.js';

const hasher = new SipHash(new Uint8Array(16).fill(3));
const WORDS = ['free', 'prize', 'lunch', 'tomorrow', 'call', 'now', '__proto__', 'constructor', 'geld', 'бесплатно', '免费'];

const history = fc.array(
  fc.record({
    text: fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 45 }),
    label: fc.constantFrom('spam' as const, 'ham' as const),
    memberId: fc.constantFrom('ana', 'bor', '__proto__'),
  }),
  { minLength: 1, maxLength: 12 },
);

const receiptsOf = (lessons: { text: string[]; label: 'spam' | 'ham'; memberId: string }[]): Receipt[] =>
  lessons.map(({ text, label, memberId }, at) => ({
    seq: at + 1,
    messageId: `m${at}`,
    memberId,
    label,
    version: FEATURE_VERSION,
    features: featuresOf({ text: text.join(' ') }, hasher),
  }));

/** Every bit the model holds. */
const bits = (model: SpamModel): string => Buffer.from(takeSnapshot(model, 0)).toString('base64');

describe('receipts', () => {
  it('unlearn messages bit for bit as if they had never been seen, in 1,000 histories', () => {
    fc.assert(
      fc.property(history, fc.nat(), (lessons, pick) => {
        const receipts = receiptsOf(lessons);
        const gone = receipts[pick % receipts.length]!.messageId;
        const never = receipts.filter(({ messageId }) => messageId !== gone);
        expect(bits(unlearn(receipts, new Set([gone])))).toBe(bits(fold(never)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('roll a member back exactly, and give one model in whatever order they are read', () => {
    fc.assert(
      fc.property(history, (lessons) => {
        const receipts = receiptsOf(lessons);
        expect(bits(rollBack(receipts, 'ana'))).toBe(bits(fold(receipts.filter(({ memberId }) => memberId !== 'ana'))));
        expect(bits(fold(receipts.toReversed()))).toBe(bits(fold(receipts)));
      }),
      { numRuns: 100 },
    );
  });

  it('can be caught up with from a snapshot: the same bits as from the beginning', () => {
    fc.assert(
      fc.property(history, fc.nat(), (lessons, pick) => {
        const receipts = receiptsOf(lessons);
        const seq = pick % receipts.length;
        const snapshot = takeSnapshot(fold(receipts.slice(0, seq)), seq);
        const restored = restoreSnapshot(snapshot)!;
        const { model } = restored;
        fold(
          receipts.filter((receipt) => receipt.seq > restored.seq),
          model,
        );
        expect(bits(model)).toBe(bits(fold(receipts)));
      }),
      { numRuns: 100 },
    );
  });

  it('are left out when made by another version of the features', () => {
    const [receipt] = receiptsOf([{ text: ['free'], label: 'spam', memberId: 'ana' }]);
    expect(fold([{ ...receipt!, version: 0 }]).spamTotal).toBe(0);
  });

  it('keep their features through storage', () => {
    const features = featuresOf({ text: 'free prize call now '.repeat(60) }, hasher);
    expect(features.segments.length).toBeGreaterThan(2);
    expect(unpackFeatures(packFeatures(features))).toEqual(features);
  });
});

describe('a snapshot', () => {
  it('is refused when damaged, cut short or of another version', () => {
    const whole = takeSnapshot(fold(receiptsOf([{ text: ['free', 'prize'], label: 'spam', memberId: 'ana' }])), 1);
    expect(restoreSnapshot(whole)).not.toBeNull();
    expect(restoreSnapshot(whole.slice(0, -1))).toBeNull();
    expect(restoreSnapshot(whole.slice(0, 30))).toBeNull();
    expect(restoreSnapshot(Uint8Array.of(99, ...whole.slice(1)))).toBeNull();
    expect(restoreSnapshot(new Uint8Array())).toBeNull();
  });

  it('holds no word of a message', () => {
    const snapshot = Buffer.from(takeSnapshot(fold(receiptsOf([{ text: ['prize', 'geld'], label: 'spam', memberId: 'ana' }])), 1));
    for (const encoding of ['utf8', 'utf16le'] as const) {
      expect(snapshot.includes(Buffer.from('prize', encoding))).toBe(false);
      expect(snapshot.includes(Buffer.from('geld', encoding))).toBe(false);
    }
  });
});
