import { describe, expect, it } from '@jest/globals';
import { pointAt, trustOf } from './curve';

const points = [1, 1.5, 2].map((threshold, at) => ({ threshold, caught: 9 - at, wronglyQuarantined: 3 - at }));

describe('a threshold on the curve', () => {
  it('is read where it was counted, and between two never as more than the lower one held back', () => {
    expect(pointAt(points, 1.5)).toBe(points[1]);
    expect(pointAt(points, 1.2)).toBe(points[1]);
    expect(pointAt(points, 7)).toBe(points[2]);
    expect(pointAt([], 4)).toBeUndefined();
  });

  it.each([
    [{ spam: 19, ham: 900 }, 'none'],
    [{ spam: 20, ham: 99 }, 'hint'],
    [{ spam: 100, ham: 100 }, 'good'],
  ] as const)('is worth of %j lessons: %s', (counts, trust) => {
    expect(trustOf(counts)).toBe(trust);
  });
});
