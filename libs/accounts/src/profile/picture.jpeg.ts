const START = Buffer.from([0xff, 0xd8]);
const END = 0xd9;
const SCAN = 0xda;

/** Segments that hold pixels and how to read them (ITU-T T.81, table B.1): frames, tables, restarts, scans. */
const isOfPixels = (marker: number) =>
  (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8) || (marker >= SCAN && marker <= 0xdd) || marker === 0xdb;
/** Segments of applications and comments: where pictures tell where they were taken. */
const isOfOthers = (marker: number) => (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
/** Without it, colours of some files are read wrongly. It has no room for anything else. */
const isAdobe = (marker: number, segment: Buffer) =>
  marker === 0xee && segment.length === 16 && segment.toString('latin1', 4, 9) === 'Adobe';

/** Where the pixels of a scan end: at the next marker that is neither a stuffed 0xff nor a restart. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? END;
    if (next !== 0x00 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}

/** The JPEG in these bytes, up to its end and without what does not show; null when there is none. */
export function cleanJpeg(bytes: Buffer): Buffer | null {
  if (!bytes.subarray(0, START.length).equals(START)) return null;
  const kept: Buffer[] = [START];
  let scans = 0;
  for (let at = START.length; at + 2 <= bytes.length;) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff) return null;
    if (marker === END) return scans > 0 ? Buffer.concat([...kept, bytes.subarray(at, at + 2)]) : null;
    const end = at + 4 <= bytes.length ? at + 2 + bytes.readUInt16BE(at + 2) : Infinity;
    if (end > bytes.length || end < at + 4 || !(isOfPixels(marker) || isOfOthers(marker))) return null;
    const until = marker === SCAN ? endOfScan(bytes, end) : end;
    const segment = bytes.subarray(at, until);
    if (isOfPixels(marker) || isAdobe(marker, segment)) kept.push(segment);
    if (marker === SCAN) scans += 1;
    at = until;
  }
  return null;
}
