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

/** The order of the others begins here. */
const REST = 0x80000000;

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
  /** How many words were surely disguised, at most 3. */
  disguised: number;
}

/** Room for the tokens of the longest message read. One message is read at a time, so one room serves all. */
const ROOM = 24_576;
/** Order where room is short. */
const orders = new Uint32Array(ROOM);
const buckets = new Uint32Array(ROOM);
const wordOf = new Int32Array(ROOM);
/** Keys: the order, times 2^20, plus the bucket: exact in 52 bits. */
const sorted = new Float64Array(ROOM);

const BIN_SHIFT = 20;
const BINS = 2 ** (32 - BIN_SHIFT);
const bins = new Uint32Array(BINS);
const starts = new Uint32Array(BINS);

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
  take(limit: number, words: number, segmentWords: number, segmentsAtMost: number): Pick<Features, 'buckets' | 'segments'> {
    const kept = this.#size > limit ? this.#smallest(limit) : distinct(buckets.slice(0, this.#size));
    return {
      buckets: kept,
      segments: words > segmentWords ? this.#segments(words, segmentWords, segmentsAtMost) : [],
    };
  }

  /**
   * The buckets of the smallest keys, each key once. Keys are parts of hashes, so a count by their upper bits puts each nearly
   * where it belongs; only those that come into question are put there, as there are often several times more than room.
   */
  #smallest(limit: number): Uint32Array {
    bins.fill(0);
    for (let at = 0; at < this.#size; at++) bins[orders[at]! >>> BIN_SHIFT]!++;
    for (let wanted = limit; ; wanted += limit) {
      let end = 0;
      let count = 0;
      for (; count < wanted && end < BINS; end++) {
        starts[end] = count;
        count += bins[end]!;
      }
      for (let at = 0; at < this.#size; at++) {
        const bin = orders[at]! >>> BIN_SHIFT;
        if (bin < end) sorted[starts[bin]!++] = orders[at]! * BUCKETS + buckets[at]!;
      }
      insertionSort(sorted, count);
      let size = 0;
      for (let at = 0; at < count && size < limit; at++) if (size === 0 || sorted[at] !== sorted[size - 1]) sorted[size++] = sorted[at]!;
      // Words that are often repeated took the room of others: look further.
      if (size === limit || end === BINS) return rising(sorted, size);
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
      orders[this.#size] = (FIRST.has(kind) ? 0 : REST) + (hash >>> 1);
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

/** For what is nearly sorted. */
function insertionSort(values: Float64Array, size: number): void {
  for (let at = 1; at < size; at++) {
    const value = values[at]!;
    let to = at;
    for (; to > 0 && values[to - 1]! > value; to--) values[to] = values[to - 1]!;
    values[to] = value;
  }
}

/** The remainder, many times faster than by `%`. */
const bucketOf = (key: number): number => key - Math.floor(key / BUCKETS) * BUCKETS;

/**
 * The buckets of sorted keys, rising, each once. Order and bucket come from one hash, so three runs rise already: those kept
 * first, which are all in the lower half, and the others of each half.
 */
function rising(keys: Float64Array, size: number): Uint32Array {
  const result = new Uint32Array(size);
  let others = 0;
  while (others < size && keys[others]! < REST * BUCKETS) others++;
  let length = 0;
  const append = (bucket: number): void => {
    if (length === 0 || result[length - 1] !== bucket) result[length++] = bucket;
  };
  let first = 0;
  for (let at = others; at < size; at++) {
    const bucket = bucketOf(keys[at]!);
    if (bucket >= REPEATING_FROM) continue;
    while (first < others && bucketOf(keys[first]!) < bucket) append(bucketOf(keys[first++]!));
    append(bucket);
  }
  while (first < others) append(bucketOf(keys[first++]!));
  for (let at = others; at < size; at++) if (bucketOf(keys[at]!) >= REPEATING_FROM) append(bucketOf(keys[at]!));
  return result.slice(0, length);
}
