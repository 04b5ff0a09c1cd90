import type { ScreeningReason } from '@sotto/protocol';
import type { TFunction } from 'i18next';
import { localeOf } from './time';

/** A stretch of a message that spoke for spam or against it, as offsets in UTF-16 code units. */
export interface Mark {
  from: number;
  to: number;
  towards: 'spam' | 'ham';
}

export const towards = ({ weight }: Pick<ScreeningReason, 'weight'>): 'spam' | 'ham' => (weight > 0 ? 'spam' : 'ham');

/** Where the reasons stand in the message, in order; where two meet, the stronger one stays. */
export function marksIn(reasons: readonly ScreeningReason[]): Mark[] {
  const marks: Mark[] = [];
  for (const reason of reasons.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight)))
    for (const [from, to] of reason.spans)
      if (from < to && marks.every((mark) => to <= mark.from || from >= mark.to)) marks.push({ from, to, towards: towards(reason) });
  return marks.sort((a, b) => a.from - b.from);
}

/** Beginnings of addresses: every link has them. */
const OF_ADDRESSES = /^(https?|www)\b/i;

/** A few reasons that say something each: not the parts of a link one by one, and no word twice. */
export function atAGlance(reasons: readonly ScreeningReason[], atMost: number): ScreeningReason[] {
  const counted = reasons.some(({ kind, text }) => kind === 'mark' && text.startsWith('links:'));
  const chosen: ScreeningReason[] = [];
  for (const reason of reasons) {
    const { kind, text } = reason;
    if (chosen.length === atMost) break;
    if (kind === 'prior') continue;
    if (kind === 'mark' ? counted && /^(link$|tld:)/.test(text) : OF_ADDRESSES.test(text)) continue;
    if (!chosen.some((other) => other.text.includes(text) || text.includes(other.text))) chosen.push(reason);
  }
  return chosen;
}

/** A reason in plain words. */
export function reasonText(t: TFunction, { kind, text }: Pick<ScreeningReason, 'kind' | 'text'>, language: string): string {
  if (kind === 'words') return t('why.word', { text });
  if (kind === 'prior') return t('why.prior');
  if (kind === 'subject') return t('why.subject', { text });
  return kind === 'header' ? t('why.header', { text }) : markText(t, text, language);
}

const PLAIN = {
  link: 'marks.link',
  'link:number': 'marks.linkNumber',
  'sent-at-once': 'marks.sentAtOnce',
  'sent-fast': 'marks.sentFast',
  turned: 'marks.turned',
  'subject:shouted': 'marks.subjectShouted',
  'channel:web': 'marks.channelWeb',
  'channel:api': 'marks.channelApi',
  'channel:email': 'marks.channelMail',
  'from:~free': 'marks.fromFree',
  'address:~free': 'marks.addressFree',
} as const;
const NAMED = { from: 'marks.from', 'from-tld': 'marks.fromTld', host: 'marks.host', tld: 'marks.tld', address: 'marks.address' } as const;
const WHATEVER = { html: 'marks.html', obf: 'marks.obf', invisible: 'marks.invisible' } as const;

/** Counts come in steps: 0, 1, 2, 3 to 4, 5 to 8 and so on; the last step of some is open. */
const LAST_STEP: Readonly<Record<string, number>> = { shouts: 6, asks: 4 };

/** What a message looks like as a whole: the filter's own name for it, such as `links:2`, in words. */
function markText(t: TFunction, mark: string, language: string): string {
  if (mark in PLAIN) return t(PLAIN[mark as keyof typeof PLAIN]);
  const colon = mark.indexOf(':');
  // A bare word is one of the markup's own.
  if (colon < 0) return t('marks.markup', { text: mark });
  const name = mark.slice(0, colon);
  const value = mark.slice(colon + 1);
  if (name in NAMED) return t(NAMED[name as keyof typeof NAMED], { text: value });
  if (name in WHATEVER) return t(WHATEVER[name as keyof typeof WHATEVER]);
  if (name === 'script') return scriptText(t, value, language);
  if (name === 'tag') return t('marks.markup', { text: value });
  return countText(t, name, value) ?? t('marks.other', { text: mark });
}

function countText(t: TFunction, name: string, value: string): string | null {
  if (name === 'capitals' && value === 'none') return t('marks.capitalsNone');
  const step = Number(value);
  if (!Number.isInteger(step) || step < 0) return null;
  const size = (['none', 'one', 'two'] as const)[step] ?? 'many';
  const range = size === 'many' ? rangeOf(t, name, step) : '';
  switch (name) {
    case 'capitals':
      return t(step <= 1 ? 'marks.capitalsFew' : step <= 4 ? 'marks.capitalsSome' : 'marks.capitalsMany');
    case 'digits':
      return t(step <= 1 ? 'marks.digitsFew' : 'marks.digitsMany');
    case 'length':
      return t(step <= 7 ? 'marks.short' : step >= 14 ? 'marks.long' : 'marks.length');
    case 'digit-count':
      return t(`marks.digitCount.${size}`, { range });
    case 'links':
    case 'shouts':
    case 'asks':
    case 'words':
      return t(`marks.${name}.${size}`, { range });
    case 'addresses':
    case 'phones':
    case 'money':
      return size === 'none' ? null : t(`marks.${name}.${size}`, { range });
    default:
      return null;
  }
}

function rangeOf(t: TFunction, name: string, step: number): string {
  const from = 2 ** (step - 2) + 1;
  return step === LAST_STEP[name] ? t('marks.orMore', { from }) : `${from}–${2 ** (step - 1)}`;
}

const SCRIPTS: Readonly<Record<string, string>> = {
  latin: 'Latn',
  greek: 'Grek',
  cyrillic: 'Cyrl',
  armenian: 'Armn',
  hebrew: 'Hebr',
  arabic: 'Arab',
  devanagari: 'Deva',
  thai: 'Thai',
  lao: 'Laoo',
  burmese: 'Mymr',
  georgian: 'Geor',
  khmer: 'Khmr',
  han: 'Hani',
  hangul: 'Hang',
  emoji: 'Zsye',
};

function scriptText(t: TFunction, value: string, language: string): string {
  const [script = '', amount] = value.split(':');
  const code = SCRIPTS[script];
  const text = (code && new Intl.DisplayNames(localeOf(language), { type: 'script' }).of(code)) ?? script;
  return t(amount === 'much' ? 'marks.scriptMuch' : 'marks.scriptSome', { text });
}

export type Certainty = 'spamVery' | 'spam' | 'unsure' | 'ham' | 'hamVery';
/** Log odds beyond the threshold, and against spam, from which on a word such as "very" is honest: 20 to 1, 400 to 1. */
const CLEARLY = { above: 3, below: -6 };

/** How sure the filter is, without a number. */
export function certaintyOf({
  verdict,
  score,
  threshold,
}: {
  verdict: 'ham' | 'unsure' | 'spam';
  score: number;
  threshold: number;
}): Certainty {
  if (verdict === 'spam') return score >= threshold + CLEARLY.above ? 'spamVery' : 'spam';
  if (verdict === 'unsure') return 'unsure';
  return score <= CLEARLY.below ? 'hamVery' : 'ham';
}
