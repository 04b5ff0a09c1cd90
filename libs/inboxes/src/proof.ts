import { createHash } from 'node:crypto';

/** Zero bits at the beginning of the SHA-256 of a text. Each one more takes twice the tries to find. */
export function zeroBits(text: string): number {
  const digest = createHash('sha256').update(text).digest();
  const first = digest.findIndex((byte) => byte !== 0);
  return first < 0 ? digest.length * 8 : first * 8 + Math.clz32(digest[first]!) - 24;
}
