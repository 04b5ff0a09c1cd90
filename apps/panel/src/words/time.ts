import { useEffect, useState } from 'react';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Re-renders at the given pace, so that "3 min ago" stays true. */
export function useNow(every = 30_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** The browser's own variant of the panel's language, so that dates and hours are written as its user is used to. */
export function localeOf(language: string): string {
  return navigator.languages.find((one) => one === language || one.startsWith(`${language}-`)) ?? language;
}

const startOfDay = (time: number) => new Date(time).setHours(0, 0, 0, 0);

/** Whole days of the calendar between two moments. */
export const daysBetween = (earlier: number, later: number): number => Math.round((startOfDay(later) - startOfDay(earlier)) / DAY);

/** "now", "3m ago", "2h ago", "Tue", "12 Nov": short enough for a list. */
export function shortTime(at: string, now: number, language: string): string {
  const time = Date.parse(at);
  const ago = Math.max(0, now - time);
  const relative = new Intl.RelativeTimeFormat(localeOf(language), { style: 'narrow', numeric: 'auto' });
  if (ago < MINUTE) return relative.format(0, 'second');
  if (ago < HOUR) return relative.format(-Math.floor(ago / MINUTE), 'minute');
  if (daysBetween(time, now) === 0) return relative.format(-Math.floor(ago / HOUR), 'hour');
  if (daysBetween(time, now) < 7) return new Intl.DateTimeFormat(localeOf(language), { weekday: 'short' }).format(time);
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(localeOf(language), { day: 'numeric', month: 'short', year: sameYear ? undefined : 'numeric' }).format(
    time,
  );
}

/** "3 seconds ago", for a sentence. */
export function ago(at: string, now: number, language: string): string {
  const relative = new Intl.RelativeTimeFormat(localeOf(language), { numeric: 'auto' });
  const past = Math.max(0, now - Date.parse(at));
  if (past < MINUTE) return relative.format(-Math.floor(past / 1_000), 'second');
  if (past < HOUR) return relative.format(-Math.floor(past / MINUTE), 'minute');
  if (past < DAY) return relative.format(-Math.floor(past / HOUR), 'hour');
  return relative.format(-Math.floor(past / DAY), 'day');
}

const unitOf = (value: number, unit: string, language: string): string =>
  new Intl.NumberFormat(localeOf(language), { style: 'unit', unit, unitDisplay: 'narrow' }).format(Math.floor(value));

/** "12m", "3h", "2d": how long something has lasted. */
export function lasting(since: string, now: number, language: string): string {
  const past = Math.max(0, now - Date.parse(since));
  if (past < MINUTE) return `<${unitOf(1, 'minute', language)}`;
  if (past < HOUR) return unitOf(past / MINUTE, 'minute', language);
  return past < DAY ? unitOf(past / HOUR, 'hour', language) : unitOf(past / DAY, 'day', language);
}

export const clock = (at: string, language: string): string =>
  new Intl.DateTimeFormat(localeOf(language), { hour: '2-digit', minute: '2-digit' }).format(Date.parse(at));

export const day = (at: string, language: string): string =>
  new Intl.DateTimeFormat(localeOf(language), { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(Date.parse(at));

export const dateOf = (at: string, language: string): string =>
  new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'medium' }).format(Date.parse(at));

export const moment = (at: string, language: string): string =>
  new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'medium', timeStyle: 'short' }).format(Date.parse(at));
