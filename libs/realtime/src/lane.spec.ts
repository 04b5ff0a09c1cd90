import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Lane } from './lane.js';

interface Event {
  seq: number;
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 60));

/** A lane over a database that holds `stored` events, and what it let through. */
function aLane(stored: () => number, fails: () => boolean = () => false) {
  const delivered: number[] = [];
  let reads = 0;
  const lane = new Lane<Event>(0, {
    after: (seq, limit) => {
      reads += 1;
      if (fails()) return Promise.reject(new Error('no database'));
      return Promise.resolve(
        Array.from({ length: Math.min(limit, Math.max(0, stored() - seq)) }, (_, index) => ({ seq: seq + index + 1 })),
      );
    },
    deliver: (event) => {
      delivered.push(event.seq);
      return Promise.resolve();
    },
    failed: () => undefined,
  });
  return { lane, delivered, reads: () => reads };
}

describe('Lane', () => {
  it('delivers each event once and in order, however the hints arrive', async () => {
    const hint = fc.record({ seq: fc.integer({ min: 1, max: 12 }), withEvent: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(hint, { minLength: 1, maxLength: 40 }), async (hints) => {
        const { lane, delivered } = aLane(() => 12);
        for (const { seq, withEvent } of hints) lane.take(seq, withEvent ? { seq } : undefined);
        await settled();
        const newest = Math.max(...hints.map(({ seq }) => seq));
        const inOrder = Array.from({ length: delivered.length }, (_, index) => index + 1);
        expect(delivered).toEqual(inOrder);
        expect(delivered.length).toBeGreaterThanOrEqual(newest);
      }),
      { numRuns: 60 },
    );
  });

  it('asks the database for nothing while events come in order', async () => {
    const { lane, delivered, reads } = aLane(() => 3);
    for (const seq of [1, 2, 3]) lane.take(seq, { seq });
    await settled();
    expect([delivered, reads()]).toEqual([[1, 2, 3], 0]);
  });

  it('goes on with the next hint after the database could not be read', async () => {
    let failing = true;
    const { lane, delivered } = aLane(
      () => 3,
      () => failing,
    );
    lane.take(2);
    await settled();
    expect(delivered).toEqual([]);
    failing = false;
    lane.take(3);
    await settled();
    expect(delivered).toEqual([1, 2, 3]);
  });
});
