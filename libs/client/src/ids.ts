let last = 0;

/**
 * A UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then random bits. Ids made in one page rise strictly:
 * within a millisecond, or when the clock steps back, the time part goes on by itself.
 */
export function uuidv7(now = Date.now()): string {
  last = Math.max(now, last + 1);
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let at = 5, rest = last; at >= 0; at--, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
