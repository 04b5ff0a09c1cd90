/**
 * SHA-256 (FIPS 180-4) of one text with ever another number behind it. `crypto.subtle` is ten times slower at this (330,000 a
 * second against 3.5 million, Chromium 150, November 2026), and is not there on pages without TLS.
 */

const NONCE_DIGITS = 10;
const BLOCK = 64;

/** The first 32 bits of the fractional parts of the roots of the first primes. */
function constants(count: number, root: (n: number) => number): Int32Array {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime)) primes.push(n);
  return Int32Array.from(primes, (prime) => ((root(prime) % 1) * 2 ** 32) | 0);
}
const K = constants(64, Math.cbrt);
const START = constants(8, Math.sqrt);
const w = new Int32Array(BLOCK);

/** Mixes the block that begins at `from` into `state`. */
function compress(state: Int32Array, bytes: DataView, from: number): void {
  for (let i = 0; i < 16; i++) w[i] = bytes.getInt32(from + 4 * i);
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    const small0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const small1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16]! + small0 + w[i - 7]! + small1) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const big1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t = (h + big1 + ((e & f) ^ (~e & g)) + K[i]! + w[i]!) | 0;
    const big0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const u = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t) | 0;
    d = c;
    c = b;
    b = a;
    a = (t + u) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}

/**
 * Looks for a nonce with which the SHA-256 of `ticket.nonce` begins with `difficulty` zero bits, 32 at most. Each call of what
 * it answers makes so many tries, and answers the nonce once it is found.
 */
export function search(ticket: string, difficulty: number): (tries: number) => string | undefined {
  const text = new TextEncoder().encode(`${ticket}.${'0'.repeat(NONCE_DIGITS)}`);
  const bytes = new Uint8Array(Math.ceil((text.length + 9) / BLOCK) * BLOCK);
  bytes.set(text);
  bytes[text.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 4, text.length * 8);
  // What stays the same from try to try is mixed once.
  const fixed = Math.floor((text.length - NONCE_DIGITS) / BLOCK) * BLOCK;
  const before = START.slice();
  for (let from = 0; from < fixed; from += BLOCK) compress(before, view, from);
  const state = new Int32Array(8);

  return (tries) => {
    while (tries-- > 0) {
      state.set(before);
      for (let from = fixed; from < bytes.length; from += BLOCK) compress(state, view, from);
      if (Math.clz32(state[0]!) >= difficulty) return new TextDecoder().decode(bytes.subarray(text.length - NONCE_DIGITS, text.length));
      count(bytes, text.length - 1);
    }
    return undefined;
  };
}

/** Adds one to the decimal number that ends at `last`. */
function count(bytes: Uint8Array, last: number): void {
  while (bytes[last] === 0x39) bytes[last--] = 0x30;
  bytes[last]!++;
}
