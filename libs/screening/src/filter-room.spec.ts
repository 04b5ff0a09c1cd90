import { describe, expect, it } from '@jest/globals';
import { FilterRoom, type StoredLesson } from './filter-room.js';
import { featuresOf } from './model/features.js';
import { packFeatures } from './model/receipts.js';
import { SipHash } from './model/siphash.js';

const key = new Uint8Array(16).fill(5);
const lesson = (seq: number, text: string, label: 'spam' | 'ham'): StoredLesson => ({
  seq,
  label,
  features: packFeatures(featuresOf({ text }, new SipHash(key))),
});
const LESSONS = [lesson(1, 'buy cheap pills now', 'spam'), lesson(2, 'where is my parcel', 'ham'), lesson(3, 'cheap watches', 'spam')];
const score = (room: FilterRoom, accountId: string) =>
  room.answer({ type: 'score', accountId, message: { text: 'cheap pills' }, keepFeatures: false });

describe('a room of filters', () => {
  it('gives up the filter used longest ago where there is no room, and takes it back from its lessons', () => {
    const room = new FilterRoom(1);
    room.answer({ type: 'load', accountId: 'a', key, snapshot: null, lessons: LESSONS });
    const first = score(room, 'a');
    room.answer({ type: 'load', accountId: 'b', key, snapshot: null, lessons: [] });
    expect(score(room, 'a')).toEqual({ missing: true });
    expect(room.answer({ type: 'learn', accountId: 'a', lessons: LESSONS })).toEqual({ missing: true });
    room.answer({ type: 'load', accountId: 'a', key, snapshot: null, lessons: LESSONS });
    expect(score(room, 'a')).toEqual(first);
  });

  it('goes on from a snapshot to the same filter, and says when it cannot read one', () => {
    const room = new FilterRoom();
    room.answer({ type: 'load', accountId: 'a', key, snapshot: null, lessons: LESSONS });
    room.answer({ type: 'load', accountId: 'b', key, snapshot: null, lessons: LESSONS.slice(0, 2) });
    const saved = room.answer({ type: 'snapshot', accountId: 'b', seq: 2 });
    if (!('bytes' in saved)) throw new Error('It was not there');
    const { bytes: snapshot } = saved;
    expect(room.answer({ type: 'load', accountId: 'c', key, snapshot, lessons: LESSONS.slice(2) })).toEqual({ ok: true, restored: true });
    expect(score(room, 'c')).toEqual(score(room, 'a'));
    expect(room.answer({ type: 'load', accountId: 'd', key, snapshot: snapshot.slice(1), lessons: [] })).toEqual({
      ok: true,
      restored: false,
    });
    expect(score(room, 'd')).toEqual({ missing: true });
  });

  it('keeps accounts apart that were taught the opposite', () => {
    const room = new FilterRoom();
    const opposite = LESSONS.map((one): StoredLesson => ({ ...one, label: one.label === 'spam' ? 'ham' : 'spam' }));
    room.answer({ type: 'load', accountId: 'a', key, snapshot: null, lessons: LESSONS });
    room.answer({ type: 'load', accountId: 'b', key, snapshot: null, lessons: opposite });
    const [a, b] = [score(room, 'a'), score(room, 'b')];
    if (!('z' in a) || !('z' in b)) throw new Error('It was not there');
    expect(a.z).toBeGreaterThan(0);
    expect(b.z).toBeLessThan(0);
  });
});
