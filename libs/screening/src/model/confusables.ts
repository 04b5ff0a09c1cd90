/** Letters of other alphabets, and Latin letters with strokes or hooks, that pass for a plain Latin one, in lower case. */
const LOOKALIKES: Record<string, string> = {
  a: 'аαɑᴀаⲁ',
  b: 'ьвβʙƅ',
  c: 'сϲᴄⲥ',
  d: 'ԁɗᴅժ',
  e: 'еεҽєᴇ℮ɛ',
  f: 'ƒꜰϝք',
  g: 'ɡցɢց',
  h: 'һнʜհ',
  i: 'іιıɩɪι',
  j: 'јϳᴊյ',
  k: 'кκᴋⲕ',
  l: 'ӏⅼʟլ',
  m: 'ммᴍⲙ',
  n: 'пηɴոп',
  o: 'оοσᴏօ०੦',
  p: 'рρᴘⲣ',
  q: 'ԛզգ',
  r: 'гʀⲅɾ',
  s: 'ѕꜱʂ',
  t: 'тτᴛⲧ',
  u: 'υսᴜʋц',
  v: 'ѵνᴠ',
  w: 'ԝωᴡшա',
  x: 'хχⲭ',
  y: 'уγʏүყ',
  z: 'ᴢʐ',
};

/** From a foreign code unit to the Latin letter it passes for. */
export const CONFUSABLES: ReadonlyMap<string, string> = new Map(
  Object.entries(LOOKALIKES).flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const)),
);

/** Signs put in a letter's place. `1`, `!` and `|` may also stand for l. */
export const LEET: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '0': 'o',
    '1': 'i',
    '!': 'i',
    '|': 'i',
    '3': 'e',
    '4': 'a',
    '@': 'a',
    '5': 's',
    $: 's',
    '7': 't',
    '+': 't',
    '8': 'b',
    '9': 'g',
  }),
);
