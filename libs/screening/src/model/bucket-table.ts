const SMALLEST = 2 ** 10;
/** Above this share of full slots, runs of them grow long. */
const FULL = 0.65;
/** Small steps: growing is one walk through memory, and half-empty tables of a thousand accounts are dear. */
const GROWTH = 1.3;
/** Odd, so that it maps a power of two onto itself. */
const SPREAD = 0x9e3779b1;
/** Where a count of 16 bits stops. */
const COUNT_AT_MOST = 65_535;

/**
 * Numbers for the buckets that were ever used, from 0 to before `range`: a weight and a gradient, and where it `counts`, how
 * often the bucket was seen in spam and in ham. Open addressing; a bucket is part of a keyed hash, so nobody without the key
 * can aim at one slot. Grown to the full range, a power of two, every bucket has a slot of its own.
 */
export class BucketTable {
  size = 0;
  /** `stride` for each slot: weight, gradient, and where it counts, room for the two counts. */
  weights: Float32Array;
  /** Over the same memory: spam and ham of the slot at `at` are at `2 * at + 4` and `2 * at + 5`. */
  counts: Uint16Array;
  readonly #stride: number;
  /** The bucket in each slot, plus one; 0 where there is none. */
  #keys: Uint32Array;
  #scale: number;

  constructor(
    private readonly range: number,
    readonly counting: boolean,
    slots = Math.min(SMALLEST, range),
  ) {
    this.#stride = counting ? 3 : 2;
    this.#keys = new Uint32Array(slots);
    this.weights = new Float32Array(slots * this.#stride);
    this.counts = new Uint16Array(this.weights.buffer);
    this.#scale = slots / range;
  }

  /** Where in `weights` the bucket's numbers begin, or -1 where it was never used. */
  find(bucket: number): number {
    const slot = this.#slotOf(bucket);
    return this.#keys[slot] === 0 ? -1 : slot * this.#stride;
  }

  /** The same, and from now on it is used. May put new arrays in the place of `weights` and `counts`. */
  claim(bucket: number): number {
    let slot = this.#slotOf(bucket);
    if (this.#keys[slot] === 0) {
      if (this.size >= this.#keys.length * FULL && this.#keys.length < this.range) {
        this.#grow();
        slot = this.#slotOf(bucket);
      }
      this.#keys[slot] = bucket + 1;
      this.size++;
    }
    return slot * this.#stride;
  }

  /** Counts one lesson more for the slot at `at`. */
  count(at: number, spam: boolean): void {
    const place = 2 * at + (spam ? 4 : 5);
    if (this.counts[place]! < COUNT_AT_MOST) this.counts[place]!++;
  }

  /** The buckets in use, rising. */
  buckets(): Uint32Array {
    return this.#keys
      .filter((key) => key > 0)
      .map((key) => key - 1)
      .sort();
  }

  /** Memory held. */
  get bytes(): number {
    return this.#keys.byteLength + this.weights.byteLength;
  }

  copy(): BucketTable {
    const copy = new BucketTable(this.range, this.counting, this.#keys.length);
    copy.size = this.size;
    copy.weights.set(this.weights);
    copy.#keys.set(this.#keys);
    return copy;
  }

  /**
   * The bucket's slot, or the free one where it would be. Low buckets are more often used than high ones (the smallest hashes
   * are kept), so they are spread first, one to one.
   */
  #slotOf(bucket: number): number {
    const keys = this.#keys;
    let slot = ((Math.imul(bucket, SPREAD) & (this.range - 1)) * this.#scale) | 0;
    for (let key = keys[slot]!; key !== 0 && key !== bucket + 1; key = keys[slot]!) slot = slot + 1 === keys.length ? 0 : slot + 1;
    return slot;
  }

  #grow(): void {
    const { weights } = this;
    const keys = this.#keys;
    const larger = new BucketTable(this.range, this.counting, Math.min(this.range, Math.ceil(keys.length * GROWTH)));
    for (let slot = 0; slot < keys.length; slot++) {
      if (keys[slot] === 0) continue;
      const free = larger.#slotOf(keys[slot]! - 1);
      const to = free * this.#stride;
      larger.#keys[free] = keys[slot]!;
      for (let at = 0; at < this.#stride; at++) larger.weights[to + at] = weights[slot * this.#stride + at]!;
    }
    this.#keys = larger.#keys;
    this.#scale = larger.#scale;
    this.weights = larger.weights;
    this.counts = larger.counts;
  }
}
