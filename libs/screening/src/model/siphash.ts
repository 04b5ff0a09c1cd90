/** A 64-bit SipHash-2-4 key: two words of 64 bits, each as two of 32, low half first. */
const KEY_BYTES = 16;

/**
 * Keyed hashing of text, so that a bucket says nothing about a word to whoever lacks the account's key
 * (SipHash-2-4, Aumasson and Bernstein 2012; HMAC for each token was 50 times dearer).
 */
export class SipHash {
  readonly #key: Int32Array;

  constructor(key: Uint8Array) {
    if (key.length !== KEY_BYTES) throw new RangeError(`A SipHash key has ${KEY_BYTES} bytes, not ${key.length}.`);
    const view = new DataView(key.buffer, key.byteOffset, KEY_BYTES);
    this.#key = Int32Array.from({ length: 4 }, (_, word) => view.getInt32(word * 4, true));
  }

  /**
   * The low 32 bits of the hash of the UTF-16LE text from `start` to before `end`, after one code unit `tag` that keeps
   * kinds of tokens apart; without a tag, of the text alone.
   */
  hash(text: string, start = 0, end = text.length, tag = -1): number {
    const k0l = this.#key[0]!;
    const k0h = this.#key[1]!;
    const k1l = this.#key[2]!;
    const k1h = this.#key[3]!;
    let v0l = k0l ^ 0x70736575;
    let v0h = k0h ^ 0x736f6d65;
    let v1l = k1l ^ 0x6e646f6d;
    let v1h = k1h ^ 0x646f7261;
    let v2l = k0l ^ 0x6e657261;
    let v2h = k0h ^ 0x6c796765;
    let v3l = k1l ^ 0x79746573;
    let v3h = k1h ^ 0x74656462;
    const lead = tag < 0 ? 0 : 1;
    const units = end - start + lead;
    const blocks = units >> 2;
    for (let block = 0; block <= blocks + 1; block++) {
      let ml = 0;
      let mh = 0;
      const closing = block > blocks;
      const at = start + block * 4 - lead;
      if (block <= blocks) {
        if (at >= start) {
          if (at < end) ml = text.charCodeAt(at);
        } else if (units > 0) ml = tag;
        if (at + 1 < end) ml |= text.charCodeAt(at + 1) << 16;
        if (at + 2 < end) mh = text.charCodeAt(at + 2);
        if (block < blocks) mh |= text.charCodeAt(at + 3) << 16;
        else mh |= units << 25;
      } else v2l ^= 0xff;
      v3l ^= ml;
      v3h ^= mh;
      for (let round = closing ? 4 : 2; round > 0; round--) {
        v0l = (v0l + v1l) | 0;
        v0h = (v0h + v1h + (v0l >>> 0 < v1l >>> 0 ? 1 : 0)) | 0;
        let turned = (v1l << 13) | (v1h >>> 19);
        v1h = ((v1h << 13) | (v1l >>> 19)) ^ v0h;
        v1l = turned ^ v0l;
        turned = v0l;
        v0l = v0h;
        v0h = turned;
        v2l = (v2l + v3l) | 0;
        v2h = (v2h + v3h + (v2l >>> 0 < v3l >>> 0 ? 1 : 0)) | 0;
        turned = (v3l << 16) | (v3h >>> 16);
        v3h = ((v3h << 16) | (v3l >>> 16)) ^ v2h;
        v3l = turned ^ v2l;
        v0l = (v0l + v3l) | 0;
        v0h = (v0h + v3h + (v0l >>> 0 < v3l >>> 0 ? 1 : 0)) | 0;
        turned = (v3l << 21) | (v3h >>> 11);
        v3h = ((v3h << 21) | (v3l >>> 11)) ^ v0h;
        v3l = turned ^ v0l;
        v2l = (v2l + v1l) | 0;
        v2h = (v2h + v1h + (v2l >>> 0 < v1l >>> 0 ? 1 : 0)) | 0;
        turned = (v1l << 17) | (v1h >>> 15);
        v1h = ((v1h << 17) | (v1l >>> 15)) ^ v2h;
        v1l = turned ^ v2l;
        turned = v2l;
        v2l = v2h;
        v2h = turned;
      }
      v0l ^= ml;
      v0h ^= mh;
    }
    return (v0l ^ v1l ^ v2l ^ v3l) >>> 0;
  }
}

/** One number for two hashes of the same key, in order. Not keyed again: without the key neither half can be known. */
export function pairOf(first: number, second: number, gap: number): number {
  let mixed = Math.imul(first, 0x85ebca6b) ^ Math.imul((second << 15) | (second >>> 17), 0xc2b2ae35) ^ Math.imul(gap, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
