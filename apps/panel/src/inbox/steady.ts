import { byNewest } from '@sotto/client';
import type { ConversationView } from '@sotto/protocol';
import { useRef } from 'react';

type Held = ReadonlyMap<string, string>;

export interface Steady {
  rows: readonly ConversationView[];
  /** Conversations that would stand further up if the list were not held. */
  fresh: number;
}

/**
 * The list as somebody looks at it. While it is held, rows keep their places: what is new waits, what has
 * gone goes, what is older is added below. Otherwise it is simply the newest first.
 */
export function useSteady(items: readonly ConversationView[], hold: boolean): Steady {
  const held = useRef<Held>(new Map());
  if (!hold || held.current.size === 0) {
    held.current = placesOf(items);
    return { rows: items, fresh: 0 };
  }
  const steady = heldList(items, held.current);
  held.current = steady.places;
  return steady;
}

const placesOf = (items: readonly ConversationView[]): Held => new Map(items.map(({ id, updatedAt }) => [id, updatedAt]));

/** What is shown while the list is held, and the places to hold next. */
export function heldList(items: readonly ConversationView[], places: Held): Steady & { places: Held } {
  const byId = new Map(items.map((item) => [item.id, item]));
  const next = new Map(places);
  const [lastId, lastAt] = [...places].at(-1) ?? ['', ''];
  let fresh = 0;
  for (const item of items) {
    const place = places.get(item.id);
    if (place === undefined && byNewest(item, { id: lastId, updatedAt: lastAt }) > 0) next.set(item.id, item.updatedAt);
    else if (place !== item.updatedAt && byId.get(item.id)?.unread !== 0) fresh += 1;
  }
  const rows = [...next.keys()].map((id) => byId.get(id)).filter((item) => item !== undefined);
  return { rows, fresh, places: next };
}
