import type { PerformanceDay } from '@sotto/protocol';

/** What the chart tells apart, from the bottom of a bar to its top. */
export const SERIES = ['caught', 'missed', 'wronglyQuarantined', 'unsure'] as const;
export type Series = (typeof SERIES)[number];

/** A bar for each day; over a long time one for seven days, or they were too thin to see. */
export interface Bars {
  unit: 'day' | 'week';
  bars: readonly PerformanceDay[];
}

const DAYS_AT_MOST = 31;
const WEEK = 7;

export function barsOf(days: readonly PerformanceDay[]): Bars {
  if (days.length <= DAYS_AT_MOST) return { unit: 'day', bars: days };
  const bars: PerformanceDay[] = [];
  // Counted back from today, so that the newest bar is a whole one.
  for (let end = days.length; end > 0; end -= WEEK) bars.unshift(sumOf(days.slice(Math.max(0, end - WEEK), end)));
  return { unit: 'week', bars };
}

/** The sums of some days, under the name of the first. */
export function sumOf(days: readonly PerformanceDay[]): PerformanceDay {
  const sum = { day: days[0]?.day ?? '', screened: 0, caught: 0, missed: 0, wronglyQuarantined: 0, unsure: 0 };
  for (const day of days) for (const name of ['screened', ...SERIES] as const) sum[name] += day[name];
  return sum;
}

export const heightOf = (bar: PerformanceDay): number => SERIES.reduce((sum, name) => sum + bar[name], 0);

/** Round steps of an axis from 0 to at least `most`: at most five of them. */
export function ticksOf(most: number): number[] {
  const rough = Math.max(1, most) / 4;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((times) => times * size).find((one) => one >= rough) ?? rough);
  const ticks = [0];
  while ((ticks.at(-1) ?? 0) < Math.max(1, most)) ticks.push((ticks.at(-1) ?? 0) + step);
  return ticks;
}

/** The days as a table for other programs; numbers and dates only, so nothing in it can be taken for a formula. */
export function csvOf(days: readonly PerformanceDay[], names: Readonly<Record<'day' | 'screened' | Series, string>>): string {
  const columns = ['day', 'screened', ...SERIES] as const;
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  return [columns.map((name) => quoted(names[name])).join(','), ...days.map((day) => columns.map((name) => day[name]).join(','))].join(
    '\r\n',
  );
}
