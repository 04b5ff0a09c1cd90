import { CONFUSABLES, LEET } from './confusables.js';
import { READ_AT_MOST } from './message.js';

export interface PlainText {
  /** Well-formed, NFKC, without invisible characters and local parts of addresses; letters keep their case. */
  text: string;
  /** How many invisible characters were taken out. */
  invisible: number;
  /** How many marks that turn the direction of writing. */
  turned: number;
}

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
/** Parts of honest emoji. */
const JOINERS = new Set(['\u200d', '\ufe0f']);
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;
const STACKED_MARKS = /(\p{M})\p{M}{2,}/gu;
/** Bounded on the left: an unbounded local part is quadratic on 32 KiB of letters. */
const LOCAL_PART = /[\w.+%-]{1,64}@(?=[\w-]{1,63}\.)/g;
const ASCII = /^[\x00-\x7f]*$/;

export function plainText(raw: string): PlainText {
  const read = raw.length > READ_AT_MOST ? raw.slice(0, READ_AT_MOST) : raw;
  if (ASCII.test(read)) return { text: read.replace(LOCAL_PART, '@'), invisible: 0, turned: 0 };
  let invisible = 0;
  let turned = 0;
  let text = read
    .toWellFormed()
    .replace(TURNING, () => {
      turned++;
      return '';
    })
    .replace(INVISIBLE, (sign) => {
      if (!JOINERS.has(sign)) invisible++;
      return '';
    })
    .normalize('NFKC');
  // One sign may become eighteen.
  if (text.length > READ_AT_MOST) text = text.slice(0, READ_AT_MOST).toWellFormed();
  return { text: text.replace(STACKED_MARKS, '$1').replace(LOCAL_PART, '@'), invisible, turned };
}

const LETTER = /\p{L}/u;
const LATIN = /[a-z]/;

/**
 * The word a disguised one stands for, or null where nothing is disguised. `sure`: no honest spelling looks like this.
 * `word` is in lower case.
 */
export function undisguise(word: string): { word: string; sure: boolean } | null {
  let plain = '';
  let latin = 0;
  let foreign = 0;
  let leet = 0;
  let sure = false;
  let afterLetter = false;
  for (const char of word) {
    const isLatin = LATIN.test(char);
    const lookalike = isLatin ? undefined : CONFUSABLES.get(char);
    const sign = isLatin || lookalike ? undefined : LEET.get(char);
    if (isLatin) latin++;
    else if (lookalike) foreign++;
    else if (sign) leet++;
    else if (LETTER.test(char)) return null;
    if (sign && afterLetter) {
      const next = word[plain.length + 1];
      if (next !== undefined && LATIN.test(next)) sure = true;
    }
    afterLetter = isLatin || lookalike !== undefined;
    plain += isLatin ? char : (lookalike ?? sign ?? char);
  }
  if (latin === 0 || foreign + leet === 0) return null;
  return { word: plain, sure: foreign > 0 || (sure && latin >= leet) };
}

/** An alphabet's letters that all pass for Latin ones, for a word that stands among Latin words. */
export function lookalikeWord(word: string): string | null {
  let plain = '';
  for (const char of word) {
    const latin = CONFUSABLES.get(char);
    if (latin === undefined) return null;
    plain += latin;
  }
  return plain;
}
