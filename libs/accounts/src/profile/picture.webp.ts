/** Chunks that hold pixels (RFC 9649, 2.7); no EXIF, no XMP, no colour profile, no further frames. */
const KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH']);
const HEAD = 12;
const CHUNK_HEAD = 8;
/** The one flag of VP8X that may stay: there is transparency. */
const ALPHA = 0x10;

function head(length: number): Buffer {
  const bytes = Buffer.from('RIFF    WEBP', 'latin1');
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

/** VP8X announces what else is in the file; what was left behind must not be announced. */
function announcing(chunk: Buffer): Buffer {
  const copy = Buffer.from(chunk);
  copy[CHUNK_HEAD] = (copy[CHUNK_HEAD] ?? 0) & ALPHA;
  return copy;
}

/** The WebP in these bytes, up to its end and without what does not show; null when there is none. */
export function cleanWebp(bytes: Buffer): Buffer | null {
  if (bytes.length < HEAD || bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, HEAD) !== 'WEBP') return null;
  const end = Math.min(bytes.length, 8 + bytes.readUInt32LE(4));
  const kept: Buffer[] = [];
  let pixels = 0;
  for (let at = HEAD; at + CHUNK_HEAD <= end;) {
    const type = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const next = at + CHUNK_HEAD + size + (size % 2);
    if (next > end) return null;
    if (type === 'VP8 ' || type === 'VP8L') pixels += 1;
    const chunk = bytes.subarray(at, next);
    if (KEPT.has(type)) kept.push(type === 'VP8X' ? announcing(chunk) : chunk);
    at = next;
  }
  const body = Buffer.concat(kept);
  return pixels === 1 ? Buffer.concat([head(4 + body.length), body]) : null;
}
