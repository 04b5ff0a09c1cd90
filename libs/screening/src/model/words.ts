import { lookalikeWord, undisguise } from './normalise.js';
import { isUnspaced } from './scripts.js';

/** A word as it stands and, where it is disguised, the words it may stand for. */
export interface Word {
  start: number;
  end: number;
  text: string;
  /** Every letter a capital, three letters at least. */
  shouted: boolean;
  plain: string[];
}

export interface Words {
  words: Word[];
  /** The text in lower case, disguises undone and accents on Latin letters left out. */
  folded: string;
  /** Where each word begins in the folded text. */
  starts: number[];
  /** How many words were surely disguised or spelled out letter by letter. */
  disguised: number;
}

const TOKEN = /[@$]?[\p{L}\p{M}\p{N}]+(?:[@$!|+'’][\p{L}\p{M}\p{N}]+)*/gu;
const PLAIN = /^[a-z]+$/;
const SHOUTED = /^[\p{Lu}\p{N}]*\p{Lu}{3}[\p{Lu}\p{N}]*$/u;
/** Longer ones are no words; their beginning says enough. */
const LONGEST_WORD = 40;
const SPELLED_AT_LEAST = 4;

/** Whether a letter goes on with the letters before it: one sign between, the same each time, or `f.r.e.e o.f.f.e.r` is one word. */
function continues(text: string, run: readonly Word[], start: number): boolean {
  const last = run.at(-1);
  if (last === undefined) return true;
  if (start - last.end !== 1) return false;
  const before = run.at(-2);
  return before === undefined || text[before.end] === text[last.end];
}

/** Reads at most `limit` words of well-formed text. `latin`: most letters of the message are Latin. */
export function wordsOf(text: string, limit: number, latin: boolean): Words {
  const words: Word[] = [];
  const starts: number[] = [];
  let folded = '';
  let copied = 0;
  let disguised = 0;
  let run: Word[] = [];
  const copy = (start: number, end: number, instead: string): void => {
    folded += text.slice(copied, start).toLowerCase() + instead;
    copied = end;
  };
  // The letters of a spelled word are taken back, or they would drown what they spell.
  const endRun = (): void => {
    if (run.length >= SPELLED_AT_LEAST) {
      const joined = run.map((letter) => letter.text).join('');
      const word = undisguise(joined)?.word ?? joined;
      words.splice(-run.length, run.length, { start: run[0]!.start, end: run.at(-1)!.end, text: word, shouted: false, plain: [] });
      starts.splice(-run.length + 1, run.length - 1);
      copy(run[0]!.start, run.at(-1)!.end, word);
      disguised++;
    }
    run = [];
  };
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match && words.length < limit; match = TOKEN.exec(text)) {
    const start = match.index;
    const end = start + match[0].length;
    const lower = (match[0].length > LONGEST_WORD ? match[0].slice(0, LONGEST_WORD).toWellFormed() : match[0]).toLowerCase();
    const word: Word = { start, end, text: lower, shouted: SHOUTED.test(match[0]), plain: [] };
    const single = lower.length === 1 && !isUnspaced(lower.charCodeAt(0));
    if (!single || !continues(text, run, start)) endRun();
    if (single) run.push(word);
    if (!PLAIN.test(lower) && match[0].length <= LONGEST_WORD) {
      const foreign = latin ? lookalikeWord(lower) : null;
      const found = foreign === null ? undisguise(lower) : { word: foreign, sure: foreign.length > 2 };
      const bare = found ? null : lower.normalize('NFD').replace(/\p{M}/gu, '');
      if (bare !== null && bare !== lower && PLAIN.test(bare)) {
        word.plain.push(bare);
        copy(start, end, bare);
      }
      if (found) {
        word.plain.push(found.word);
        if (/[1!|]/.test(lower)) word.plain.push(found.word.replaceAll('i', 'l'));
        if (found.sure) {
          disguised++;
          copy(start, end, found.word);
        }
      }
    }
    starts.push(folded.length + start - copied);
    words.push(word);
  }
  endRun();
  folded += text.slice(copied).toLowerCase();
  return { words, folded, starts, disguised };
}
