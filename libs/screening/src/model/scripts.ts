/** Writing systems told apart by ranges of code units, enough to see which a message is written in. */
const RANGES: readonly (readonly [from: number, to: number, name: string])[] = [
  [0x41, 0x24f, 'latin'],
  [0x370, 0x3ff, 'greek'],
  [0x400, 0x52f, 'cyrillic'],
  [0x530, 0x58f, 'armenian'],
  [0x590, 0x5ff, 'hebrew'],
  [0x600, 0x77f, 'arabic'],
  [0x900, 0x97f, 'devanagari'],
  [0x980, 0xdff, 'indic'],
  [0xe00, 0xe7f, 'thai'],
  [0xe80, 0xeff, 'lao'],
  [0x1000, 0x109f, 'burmese'],
  [0x10a0, 0x10ff, 'georgian'],
  [0x1780, 0x17ff, 'khmer'],
  [0x1e00, 0x1eff, 'latin'],
  [0x3040, 0x30ff, 'kana'],
  [0x3400, 0x9fff, 'han'],
  [0xac00, 0xd7af, 'hangul'],
  [0xd83c, 0xd83e, 'emoji'],
];

const NAMES = [...new Set(RANGES.map(([, , name]) => name))];
/** Which script each code unit belongs to, plus one; 0 for none. */
const SCRIPT_OF = new Uint8Array(0x10000);
for (const [from, to, name] of RANGES) SCRIPT_OF.fill(NAMES.indexOf(name) + 1, from, to + 1);
for (let unit = 0x5b; unit < 0x61; unit++) SCRIPT_OF[unit] = 0;
for (let unit = 0x7b; unit < 0xc0; unit++) SCRIPT_OF[unit] = 0;

/** Written without spaces between words: read in pairs of characters. */
const UNSPACED = new Uint8Array(NAMES.length + 1);
for (const name of ['thai', 'lao', 'burmese', 'khmer', 'kana', 'han']) UNSPACED[NAMES.indexOf(name) + 1] = 1;

export const isUnspaced = (unit: number): boolean => UNSPACED[SCRIPT_OF[unit] ?? 0] === 1;

/** How many code units of each script the text has. */
export function scriptsOf(text: string): Map<string, number> {
  const counts = new Uint32Array(NAMES.length + 1);
  for (let at = 0; at < text.length; at++) counts[SCRIPT_OF[text.charCodeAt(at)] ?? 0]!++;
  return new Map(NAMES.map((name, index) => [name, counts[index + 1]!] as const).filter(([, count]) => count > 0));
}
