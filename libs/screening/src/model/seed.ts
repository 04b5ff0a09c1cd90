// @ts-expect-error Its types are for its index, which loads clients of three databases.
import porter from 'natural/lib/natural/stemmers/porter_stemmer.js';
import { ByteReader } from './bytes.js';
import type { ScreenedMessage } from './message.js';
import { SEED_WEIGHTS } from './seed-weights.js';
import { SipHash } from './siphash.js';
import type { Word } from './words.js';

/**
 * A read-only prior for the first lessons, trained on public collections of short messages (seed-weights.md). Longer texts
 * and mails get none: on mail it made the first fifty lessons worse.
 */
const WORDS_AT_MOST = 100;
const SEED_BUCKETS = 2 ** 15;
/** Public: the seed knows nobody's words. */
const hasher = new SipHash(new Uint8Array(16));
/** Marks that mean the same everywhere. */
const MARKS = /^(link|(links|money|phones|shouts|asks|capitals):.*)$/;
const { stem } = porter as { stem: (word: string) => string };
const STEMMED = /^[a-z]{3,24}$/;
/** Weighed by the stacker's 0.3, it stays far below 4, where quarantine starts: the seed alone quarantines nothing. */
const SEED_AT_MOST = 4;
const SCALE = 1.5;
/** Sum over n^0.75: with n^0.5 long texts looked like spam. */
const LENGTH_POWER = 0.75;
const OFFSET = 0.5;
/** A stored weight of 1 is so much. */
export const SEED_STEP = 1 / 32;

/** Which seed buckets a message has: stems of its words, kinds of numbers, and marks; each once. */
export function seedTokens(words: readonly Word[], marks: readonly string[]): Set<number> {
  const tokens = new Set<number>();
  const add = (token: string): void => {
    tokens.add(hasher.hash(token) & (SEED_BUCKETS - 1));
  };
  for (const { text, plain } of words) {
    if (/^\d+$/.test(text)) add(`#${Math.min(6, text.length)}`);
    else for (const word of [text, ...plain]) add(STEMMED.test(word) ? stem(word) : word);
  }
  for (const mark of marks) if (MARKS.test(mark)) add(`~${mark}`);
  return tokens;
}

export const isSeeded = (words: readonly Word[], { headers, subject }: ScreenedMessage): boolean =>
  headers === undefined && subject === undefined && words.length > 0 && words.length <= WORDS_AT_MOST;

/** Log odds by weights of the buckets, between -4 and 4. */
export function seedBy(weights: Int8Array, tokens: ReadonlySet<number>): number {
  let sum = 0;
  for (const token of tokens) sum += weights[token]! * SEED_STEP;
  const z = (SCALE * sum) / Math.max(1, tokens.size) ** LENGTH_POWER - OFFSET;
  return Math.max(-SEED_AT_MOST, Math.min(SEED_AT_MOST, z));
}

/** Pairs of a bucket, by its difference from the last, and a weight plus 128. */
export function unpackWeights(packed: string): Int8Array {
  const reader = new ByteReader(Buffer.from(packed, 'base64'));
  const weights = new Int8Array(SEED_BUCKETS);
  let bucket = 0;
  while (!reader.ended) {
    bucket += reader.count();
    weights[bucket] = reader.count() - 128;
  }
  return weights;
}

const shipped = unpackWeights(SEED_WEIGHTS);

/** What the shipped prior makes of a message; 0 where it has nothing to say. */
export const seedOf = (words: readonly Word[], marks: readonly string[], message: ScreenedMessage): number =>
  isSeeded(words, message) ? seedBy(shipped, seedTokens(words, marks)) : 0;
