import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BucketTable } from './bucket-table.js';

const RANGE = 2 ** 14;
/** Near each other as well as far apart, the last bucket too: runs that wrap round. */
const buckets = fc.array(fc.oneof(fc.nat(RANGE - 1), fc.integer({ min: RANGE - 40, max: RANGE - 1 }), fc.nat(40)), {
  maxLength: 3_000,
  size: 'max',
});

describe('a table of buckets', () => {
  it('keeps for each bucket what a map would keep, in whatever order they come', () => {
    fc.assert(
      fc.property(buckets, (order) => {
        const table = new BucketTable(RANGE, true);
        const map = new Map<number, number>();
        for (const bucket of order) {
          table.count(table.claim(bucket), true);
          map.set(bucket, (map.get(bucket) ?? 0) + 1);
        }
        const rising = [...map.keys()].sort((a, b) => a - b);
        expect([...table.buckets()]).toEqual(rising);
        expect(rising.map((bucket) => table.counts[2 * table.find(bucket) + 4])).toEqual(rising.map((bucket) => map.get(bucket)));
        expect(table.size).toBe(map.size);
        const unused = Array.from({ length: 50 }, (_, at) => at * 300).filter((bucket) => !map.has(bucket));
        expect(unused.filter((bucket) => table.find(bucket) !== -1)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('holds every bucket there is, each in its own slot', () => {
    const table = new BucketTable(2 ** 11, false);
    for (let bucket = 2 ** 11 - 1; bucket >= 0; bucket--) {
      const at = table.claim(bucket);
      table.weights[at] = bucket;
    }
    const all = Array.from({ length: 2 ** 11 }, (_, bucket) => bucket);
    expect(all.map((bucket) => table.weights[table.find(bucket)])).toEqual(all);
    expect(table.bytes).toBe(2 ** 11 * 12);
  });

  it('stops counting where the count has no more room', () => {
    const table = new BucketTable(RANGE, true);
    const at = table.claim(3);
    for (let lesson = 0; lesson < 70_000; lesson++) table.count(at, false);
    expect([...table.counts.slice(2 * at + 4, 2 * at + 6)]).toEqual([0, 65_535]);
  });

  it('learns apart from its copy', () => {
    const table = new BucketTable(RANGE, true);
    table.count(table.claim(7), true);
    const copy = table.copy();
    copy.count(copy.claim(7), true);
    copy.claim(8);
    expect([table.counts[2 * table.find(7) + 4], table.find(8), copy.size]).toEqual([1, -1, 2]);
  });
});
