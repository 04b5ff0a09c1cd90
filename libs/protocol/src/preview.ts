/** Longest preview in a list, in UTF-16 code units. */
export const PREVIEW = 140;

/** The beginning of a message on one line, never with half a surrogate pair. Server and clients must agree on it. */
export function previewOf(body: string): string {
  const line = body.replace(/\s+/gu, ' ').trim();
  if (line.length <= PREVIEW) return line;
  const last = line.charCodeAt(PREVIEW - 1);
  return line.slice(0, last >= 0xd800 && last <= 0xdbff ? PREVIEW - 1 : PREVIEW);
}
