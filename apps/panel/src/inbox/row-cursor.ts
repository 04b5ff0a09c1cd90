import { useEffect, useRef, type RefObject } from 'react';

interface Options {
  rows: readonly { id: string }[];
  chosen: string | undefined;
  list: RefObject<HTMLElement | null>;
  /** Brings a row into sight, and with it into the document. */
  show: (place: number) => void;
}

/** Where the keys j and k are in the list. It moves at once, however fast they are pressed; the focus follows. */
export function useRowCursor({ rows, chosen, list, show }: Options) {
  const cursor = useRef<{ id: string | undefined; place: number }>({ id: chosen, place: -1 });
  useEffect(() => {
    if (chosen) cursor.current.id = chosen;
  }, [chosen]);
  useEffect(() => {
    const place = rows.findIndex(({ id }) => id === cursor.current.id);
    if (place >= 0) cursor.current.place = place;
  });

  const focus = (): boolean => {
    const { id } = cursor.current;
    const row = id === undefined ? null : list.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`);
    row?.focus({ preventScroll: true });
    return row !== null && row !== undefined;
  };
  const move = (step: 1 | -1) => {
    const held = rows.findIndex(({ id }) => id === cursor.current.id);
    // A row that was resolved is gone, and the next one stands in its place.
    const gone = step === 1 ? cursor.current.place - 1 : cursor.current.place;
    const place = Math.max(0, Math.min(rows.length - 1, (held >= 0 ? held : gone) + step));
    const row = rows[place];
    if (!row) return;
    cursor.current = { id: row.id, place };
    show(place);
    // A row far away is drawn only after the list has scrolled.
    if (!focus()) requestAnimationFrame(() => requestAnimationFrame(focus));
  };
  useEffect(() => {
    const element = list.current;
    const follow = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement && target.dataset['id']) cursor.current.id = target.dataset['id'];
    };
    element?.addEventListener('focusin', follow);
    return () => element?.removeEventListener('focusin', follow);
  }, [list]);
  return { move, focus, current: () => cursor.current.id };
}
