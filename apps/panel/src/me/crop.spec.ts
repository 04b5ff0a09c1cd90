import { describe, expect, it } from '@jest/globals';
import { inside, sideOf, whole } from './crop';

const wide = { width: 400, height: 200 };

describe('a crop', () => {
  it('begins as the largest square in the middle', () => {
    expect(whole(wide)).toEqual({ x: 200, y: 100, zoom: 1 });
    expect(sideOf(wide, whole(wide))).toBe(200);
  });

  it('never leaves the picture', () => {
    expect(inside(wide, { x: -50, y: 500, zoom: 1 })).toEqual({ x: 100, y: 100, zoom: 1 });
    expect(inside(wide, { x: 1_000, y: 0, zoom: 2 })).toEqual({ x: 350, y: 50, zoom: 2 });
  });

  it('is no larger than the picture and no smaller than a quarter of it', () => {
    expect(inside(wide, { x: 200, y: 100, zoom: 0.2 }).zoom).toBe(1);
    expect(inside(wide, { x: 200, y: 100, zoom: 99 }).zoom).toBe(4);
  });
});
