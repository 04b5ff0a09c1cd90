import { FeatureSet, type Features, type Trace } from './feature-set.js';
import { headerTokens } from './header-tokens.js';
import { visibleOf } from './html.js';
import { marksOf } from './marks.js';
import type { ScreenedMessage } from './message.js';
import { plainText } from './normalise.js';
import { isUnspaced, scriptsOf } from './scripts.js';
import { seedOf } from './seed.js';
import type { SipHash } from './siphash.js';
import { wordsOf, type Word, type Words } from './words.js';

/** Raised when the same message would give other buckets. Receipts of another version cannot be replayed together. */
export const FEATURE_VERSION = 3;

const DISGUISED_AT_MOST = 3;
const WORDS = 1_500;
const SUBJECT_WORDS = 60;
const TAG_WORDS = 600;
const GRAM = 5;
const GRAM_CHARACTERS = 3_000;
const RAW_GRAM = 4;
const RAW_CHARACTERS = 2_000;
const AT_MOST = 1_200;
const AT_MOST_OF_MAIL = 2_500;
/** Half of what a short message has: with 16, a hundred good words cost 27 points of recall on comments, with 10 eleven. */
const SEGMENT_WORDS = 10;
const SEGMENTS = 20;

/** The features of a message under an account's key. Time grows with the 32 KiB read, not with what is sent. */
export function featuresOf(message: ScreenedMessage, hasher: SipHash, trace?: Map<number, Trace>): Features {
  const set = new FeatureSet(hasher, trace);
  const whole = plainText(message.text);
  const visible = visibleOf(whole.text);
  const plain = { ...whole, text: visible.text };
  const scripts = scriptsOf(plain.text);
  const letters = [...scripts.values()].reduce((sum, count) => sum + count, 0);
  const latin = (scripts.get('latin') ?? 0) * 2 > letters;
  const words = wordsOf(plain.text, WORDS, latin);
  const marks = [...marksOf(message, plain, whole.text, words.words.length, scripts)];
  for (const mark of marks) set.mark(mark);
  const disguised = Math.min(DISGUISED_AT_MOST, words.disguised);
  if (disguised > 0) set.mark(`obf:${disguised}`);
  addWords(set, words);
  addGrams(set, words);
  if (visible.tags) addTags(set, visible.tags);
  if (message.subject !== undefined) addSubject(set, message.subject);
  if (message.headers !== undefined) addHeaders(set, message.headers, message.text);
  const limit = message.headers === undefined ? AT_MOST : AT_MOST_OF_MAIL;
  return { ...set.take(limit, words.words.length, SEGMENT_WORDS, SEGMENTS), seed: seedOf(words.words, marks, message), disguised };
}

const shapeOf = (word: string): string => word.replace(/\p{N}/gu, '9');

const readAs = ({ text, plain }: Word): string => plain[0] ?? text;

function addWords(set: FeatureSet, { words }: Words): void {
  const hashes: number[] = [];
  words.forEach((word, at) => {
    const { text } = word;
    if (isUnspaced(text.charCodeAt(0))) {
      for (let unit = 0; unit < text.length; unit++) {
        set.add('character', text, unit, unit + 1, at);
        if (unit + 2 <= text.length) set.add('character', text, unit, unit + 2, at);
      }
    }
    const hash = set.add('word', text, 0, text.length, at);
    const plain = word.plain.map((other) => set.add('word', other, 0, other.length, at));
    hashes.push(plain[0] ?? hash);
    if (/\p{N}/u.test(text)) {
      const shape = shapeOf(text);
      set.add('shape', shape, 0, shape.length, at);
    }
    if (word.shouted) set.add('shape', text, 0, text.length, at);
    for (let gap = 1; gap <= 2 && at >= gap; gap++) {
      set.addPair(hashes[at - gap]!, hashes[at]!, gap, at, () => `${readAs(words[at - gap]!)} ${gap === 2 ? '… ' : ''}${readAs(word)}`);
    }
  });
}

function addGrams(set: FeatureSet, { folded, starts }: Words): void {
  const text = ` ${folded.slice(0, GRAM_CHARACTERS).replace(/\s+/g, ' ')} `;
  let word = 0;
  for (let at = 0; at + GRAM <= text.length; at++) {
    while (word + 1 < starts.length && starts[word + 1]! <= at) word++;
    set.add('gram', text, at, at + GRAM, word);
  }
}

function addTags(set: FeatureSet, tags: string): void {
  for (const { text } of wordsOf(tags, TAG_WORDS, false).words) set.add('tag', text, 0, text.length, -1);
}

function addSubject(set: FeatureSet, subject: string): void {
  const { text } = plainText(subject.slice(0, 1_000));
  const { words } = wordsOf(text, SUBJECT_WORDS, true);
  let before = 0;
  for (const { text: word, plain } of words) {
    const hash = set.add('subject', word, 0, word.length, -1);
    for (const other of plain) set.add('subject', other, 0, other.length, -1);
    if (before) set.addPair(before, hash, 1, -1, () => word);
    before = hash;
  }
  if (text === text.toUpperCase() && words.length > 1) set.mark('subject:shouted');
  if (/!/.test(text)) set.mark('subject:!');
  if (/\s{4,}\S+$/.test(text)) set.mark('subject:tail');
  if (/^(re|fwd?|aw|sv|wg)\b/i.test(text)) set.mark('subject:reply');
  if (/[$£€%\d]/.test(text)) set.mark('subject:digits');
}

function addHeaders(set: FeatureSet, headers: string, body: string): void {
  for (const token of headerTokens(headers)) set.add('header', token, 0, token.length, -1);
  const raw = `${headers.slice(0, RAW_CHARACTERS)}\n\n${body.slice(0, RAW_CHARACTERS)}`.slice(0, RAW_CHARACTERS);
  for (let at = 0; at + RAW_GRAM <= raw.length; at++) set.add('raw', raw, at, at + RAW_GRAM, -1);
}
