import { describe, expect, it } from '@jest/globals';
import type { PerformanceDay } from '@sotto/protocol';
import { barsOf, csvOf, heightOf, sumOf, ticksOf } from './result-bars';

const day = (at: number, caught = 0): PerformanceDay => ({
  day: new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10),
  screened: caught + 1,
  caught,
  missed: 0,
  wronglyQuarantined: 0,
  unsure: 1,
});
const days = (count: number) => Array.from({ length: count }, (_, at) => day(at, at % 3));

describe('the bars of the results', () => {
  it('are days for a month and weeks for longer, the newest a whole one', () => {
    expect(barsOf(days(30))).toEqual({ unit: 'day', bars: days(30) });
    const { unit, bars } = barsOf(days(90));
    expect([unit, bars.length]).toEqual(['week', 13]);
    expect(bars.at(-1)).toEqual(sumOf(days(90).slice(83)));
    expect(sumOf(bars)).toEqual(sumOf(days(90)));
  });

  it('are as high as what they tell apart', () => {
    expect(heightOf(day(0, 4))).toBe(5);
  });

  it.each([
    [0, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 2, 4, 6, 8]],
    [86, [0, 50, 100]],
    [400, [0, 100, 200, 300, 400]],
  ])('have an axis of few round steps for %i', (most, ticks) => {
    expect(ticksOf(most)).toEqual(ticks);
  });

  it('can be taken away as CSV', () => {
    const names = {
      day: 'Day',
      screened: 'All',
      caught: 'Caught',
      missed: 'Missed',
      wronglyQuarantined: 'Wrongly "held"',
      unsure: 'Unsure',
    };
    expect(csvOf([day(0, 2)], names)).toBe('"Day","All","Caught","Missed","Wrongly ""held""","Unsure"\r\n2026-01-01,3,2,0,0,1');
  });
});
