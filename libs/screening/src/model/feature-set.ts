import { pairOf, type SipHash } from './siphash.js';

/** Buckets of the hashed features: 2^20, the upper bits of a 32-bit hash. */
export const BUCKETS = 2 ** 20;
/**
 * Runs of characters, shapes and tags have the upper half to themselves: only the regression reads it. They repeat each
 * other, which Bayes takes for proof: with all of them (1-ROCA)% of mail was 0.13, without 0.11.
 */
export const REPEATING_FROM = BUCKETS / 2;
const REPEATING: ReadonlySet<Kind> = new Set(['gram', 'raw', 'shape', 'tag']);
/** Kept before all others where there is no room for all: they say most. */
const FIRST: ReadonlySet<Kind> = new Set(['word', 'subject', 'header', 'mark']);

/** Kinds of tokens, hashed apart. The numbers are part of the feature version. */
export const KIND = { word: 1, subject: 2, shape: 3, gram: 4, pair: 5, mark: 6, header: 7, raw: 8, character: 9, tag: 10 } as const;
export type Kind = keyof typeof KIND;

/** What a bucket stands for, kept only while an explanation is made. */
export interface Trace {
  kind: Kind;
  text: string;
}

/** The features of one message: binary, so each bucket once, in rising order. */
export interface Features {
  buckets: Uint32Array;
  /** The features of stretches of a long text, for the guard against padding. Empty for a short one. */
  segments: Uint32Array[];
  /** Log odds by the shipped prior; 0 without one. */
  seed: number;
}

/** Room for the tokens of the longest message read. One message is read at a time, so one room serves all. */
const ROOM = 24_576;
/** Order where room is short, times 2^20, plus the bucket: exact in 52 bits, and sorted without a comparison function. */
const keys = new Float64Array(ROOM);
const buckets = new Uint32Array(ROOM);
const wordOf = new Int32Array(ROOM);

const BINS = 2_048;
const bins = new Uint32Array(BINS);
/** The upper eleven bits of a key's order. */
const binOf = (key: number): number => Math.floor(key / (BUCKETS * 2 ** 21));

/**
 * Collects hashed tokens with the word they stand at. Holds no text unless asked to trace. A second one begun before the
 * first is taken would write over it.
 */
export class FeatureSet {
  #size = 0;

  constructor(
    private readonly hasher: SipHash,
    private readonly trace?: Map<number, Trace>,
  ) {}

  /** A token found in text, at a word's number, or at -1. Returns its hash, for pairs. */
  add(kind: Kind, text: string, start: number, end: number, word: number): number {
    const hash = this.hasher.hash(text, start, end, KIND[kind]);
    const bucket = this.#keep(kind, hash, word);
    this.trace?.set(bucket, { kind, text: text.slice(start, end) });
    return hash;
  }

  addPair(first: number, second: number, gap: number, word: number, texts: () => string): void {
    const bucket = this.#keep('pair', pairOf(first, second, gap), word);
    this.trace?.set(bucket, { kind: 'pair', text: texts() });
  }

  /** A mark of the message as a whole. */
  mark(name: string): void {
    this.add('mark', name, 0, name.length, -1);
  }

  /**
   * At most `limit` buckets: marks and words, then of the rest those with the smallest hashes, so that the same ones are
   * kept in every message.
   */
  take(limit: number, words: number, segmentWords: number, segmentsAtMost: number): Omit<Features, 'seed'> {
    const kept = new Uint32Array(Math.min(limit, this.#size));
    let size = 0;
    if (this.#size <= limit) for (; size < this.#size; size++) kept[size] = buckets[size]!;
    else size = this.#keepSmallest(kept);
    return {
      buckets: distinct(kept.subarray(0, size)),
      segments: words > segmentWords ? this.#segments(words, segmentWords, segmentsAtMost) : [],
    };
  }

  /**
   * Fills `kept` with the buckets of the smallest keys, each key once. Sorts only the keys that come into question, which a
   * histogram of their upper bits finds: most messages have several times more keys than room.
   */
  #keepSmallest(kept: Uint32Array): number {
    bins.fill(0);
    for (let at = 0; at < this.#size; at++) bins[binOf(keys[at]!)]!++;
    let wanted = kept.length;
    for (;;) {
      let last = 0;
      let count = bins[0]!;
      while (count < wanted && last + 1 < BINS) count += bins[++last]!;
      const chosen = new Float64Array(count);
      for (let at = 0, next = 0; at < this.#size; at++) if (binOf(keys[at]!) <= last) chosen[next++] = keys[at]!;
      chosen.sort();
      let size = 0;
      for (let at = 0; at < count && size < kept.length; at++)
        if (at === 0 || chosen[at] !== chosen[at - 1]) kept[size++] = chosen[at]! % BUCKETS;
      // Words that stand there often took the room of others: look further.
      if (size === kept.length || count === this.#size) return size;
      wanted = Math.min(this.#size, count + kept.length);
    }
  }

  #segments(words: number, segmentWords: number, atMost: number): Uint32Array[] {
    const stride = Math.max(segmentWords, Math.ceil(words / atMost)) / 2;
    const count = Math.max(1, Math.ceil(words / stride) - 1);
    const ends = new Uint32Array(count + 1);
    for (let at = 0; at < this.#size; at++) {
      const last = Math.floor(wordOf[at]! / stride);
      if (last < 0) continue;
      if (last < count) ends[last + 1]!++;
      if (last > 0 && last <= count) ends[last]!++;
    }
    for (let list = 0; list < count; list++) ends[list + 1]! += ends[list]!;
    const all = new Uint32Array(ends[count]!);
    const next = ends.slice();
    for (let at = 0; at < this.#size; at++) {
      const last = Math.floor(wordOf[at]! / stride);
      if (last < 0) continue;
      if (last < count) all[next[last]!++] = buckets[at]!;
      if (last > 0 && last <= count) all[next[last - 1]!++] = buckets[at]!;
    }
    return Array.from({ length: count }, (_, list) => distinct(all.subarray(ends[list], ends[list + 1])));
  }

  #keep(kind: Kind, hash: number, word: number): number {
    const bucket = (hash >>> 13) + (REPEATING.has(kind) ? REPEATING_FROM : 0);
    if (this.#size < ROOM) {
      keys[this.#size] = ((FIRST.has(kind) ? 0 : 0x80000000) + (hash >>> 1)) * BUCKETS + bucket;
      buckets[this.#size] = bucket;
      wordOf[this.#size++] = word;
    }
    return bucket;
  }
}

/** Sorts in place; returns each value once. */
function distinct(values: Uint32Array): Uint32Array {
  values.sort();
  let size = 0;
  for (let at = 0; at < values.length; at++) if (size === 0 || values[at] !== values[size - 1]) values[size++] = values[at]!;
  return values.slice(0, size);
}
