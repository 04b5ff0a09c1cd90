import { describe, expect, it } from '@jest/globals';
import type { ConversationView } from '@sotto/protocol';
import { heldList } from './steady';

const row = (id: string, updatedAt: string, unread = 1) => ({ id, updatedAt, unread }) as ConversationView;
const places = (...all: ConversationView[]) => new Map(all.map(({ id, updatedAt }) => [id, updatedAt]));
const ids = (rows: readonly ConversationView[]) => rows.map(({ id }) => id);

describe('a held list', () => {
  const a = row('a', '3');
  const b = row('b', '2');
  const c = row('c', '1');

  it('lets what is new wait and counts it', () => {
    const held = heldList([row('n', '4'), a, b, c], places(a, b, c));
    expect(ids(held.rows)).toEqual(['a', 'b', 'c']);
    expect(held.fresh).toBe(1);
  });

  it('leaves a row in its place that has moved up, with its new content', () => {
    const moved = row('c', '5');
    const held = heldList([moved, a, b], places(a, b, c));
    expect(ids(held.rows)).toEqual(['a', 'b', 'c']);
    expect(held.rows[2]).toBe(moved);
    expect(held.fresh).toBe(1);
  });

  it('does not count a row that moved because the agent answered', () => {
    expect(heldList([row('c', '5', 0), a, b], places(a, b, c)).fresh).toBe(0);
  });

  it('drops what has left the view', () => {
    expect(ids(heldList([a, c], places(a, b, c)).rows)).toEqual(['a', 'c']);
  });

  it('adds older pages below', () => {
    const held = heldList([a, b, c, row('d', '0')], places(a, b, c));
    expect(ids(held.rows)).toEqual(['a', 'b', 'c', 'd']);
    expect(held.fresh).toBe(0);
    expect([...held.places.keys()]).toEqual(['a', 'b', 'c', 'd']);
  });
});
