import type { Language } from '@sotto/protocol';
import type { Texts } from './texts/en';

/** Each language is a file of its own: a visitor loads the one they read. */
const TEXTS: Record<Language, () => Promise<Texts>> = {
  en: async () => (await import('./texts/en')).en,
  de: async () => (await import('./texts/de')).de,
  sl: async () => (await import('./texts/sl')).sl,
  zh: async () => (await import('./texts/zh')).zh,
  ar: async () => (await import('./texts/ar')).ar,
};

/** What each language calls itself. */
export const OWN_NAMES: Record<Language, string> = { en: 'English', de: 'Deutsch', sl: 'Slovenščina', zh: '中文', ar: 'العربية' };

let spoken: Language = 'en';
let texts: Texts;

export const language = (): Language => spoken;

export const isLanguage = (tag: string | undefined): tag is Language => tag !== undefined && Object.hasOwn(TEXTS, tag);

/** Throws when the language cannot be loaded; the one spoken before stays. */
export async function speak(to: Language): Promise<void> {
  texts = await TEXTS[to]();
  spoken = to;
  document.documentElement.lang = to;
  document.documentElement.dir = to === 'ar' ? 'rtl' : 'ltr';
}

/** A text of the chat in the present language, with its places filled in. */
export function say(text: keyof Texts, values: Record<string, string | number> = {}): string {
  return texts[text].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

/** The visitor's own region decides how times look, where it speaks the language. */
const region = () => navigator.languages.find((tag) => tag.startsWith(spoken)) ?? spoken;
const format = (at: string, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(region(), options).format(new Date(at));

export const timeOf = (at: string): string => format(at, { hour: 'numeric', minute: '2-digit' });
export const dateOf = (at: string): string => format(at, { dateStyle: 'long' });

/** When to come back, such as "in 3 minutes". */
export function whenIn(seconds: number): string {
  const words = new Intl.RelativeTimeFormat(spoken);
  return seconds > 90 ? words.format(Math.ceil(seconds / 60), 'minute') : words.format(Math.ceil(seconds), 'second');
}

/** The day as people say it: today, yesterday, or its date. */
export function dayOf(at: string, now = new Date()): string {
  const day = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000;
  const ago = day(new Date(at)) - day(now);
  return ago > -2 && ago <= 0
    ? new Intl.RelativeTimeFormat(spoken, { numeric: 'auto' }).format(ago, 'day')
    : format(at, { weekday: 'long', day: 'numeric', month: 'long' });
}
