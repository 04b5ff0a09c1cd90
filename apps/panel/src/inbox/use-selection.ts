import { useCallback, useMemo, useState } from 'react';
import type { ViewName } from '../live/views';
import { useMay } from '../session/session';

export interface Selection {
  /** Whether rows show boxes. */
  readonly on: boolean;
  readonly ids: ReadonlySet<string>;
  readonly setOn: (on: boolean) => void;
  /** Chooses a row or lets it go; with `through`, the rows from the last one chosen to this one. */
  readonly toggle: (id: string, through?: readonly string[]) => void;
  readonly all: (ids: readonly string[]) => void;
  readonly clear: () => void;
  /** Lets go of what is not in the list any more. */
  readonly keep: (ids: ReadonlySet<string>) => void;
}

const NONE: ReadonlySet<string> = new Set();

/** The rows from one to another, whichever stands first; only the last where the first is not there. */
export function between(rows: readonly string[], from: string | null, to: string): readonly string[] {
  const [a, b] = [from === null ? -1 : rows.indexOf(from), rows.indexOf(to)];
  return a < 0 || b < 0 ? [to] : rows.slice(Math.min(a, b), Math.max(a, b) + 1);
}

/** Rows chosen together. In quarantine one works through many, so boxes are there from the start. */
export function useSelection(view: ViewName): Selection {
  const may = useMay('screening.teach');
  const [state, setState] = useState({ view, on: false, ids: NONE, last: null as string | null });
  const fresh = { view, on: false, ids: NONE, last: null };
  const { on, ids } = state.view === view ? state : fresh;
  // What was chosen in one view is not chosen in another.
  if (state.view !== view) setState(fresh);

  const setOn = useCallback((next: boolean) => setState((was) => ({ ...was, on: next, ids: NONE, last: null })), []);
  const toggle = useCallback(
    (id: string, through?: readonly string[]) =>
      setState((was) => {
        const next = new Set(was.ids);
        if (through) for (const one of between(through, was.last, id)) next.add(one);
        else if (!next.delete(id)) next.add(id);
        return { ...was, on: true, ids: next, last: id };
      }),
    [],
  );
  const all = useCallback((every: readonly string[]) => setState((was) => ({ ...was, on: true, ids: new Set(every) })), []);
  const clear = useCallback(() => setState((was) => ({ ...was, ids: NONE, last: null })), []);
  const keep = useCallback(
    (there: ReadonlySet<string>) =>
      setState((was) =>
        [...was.ids].every((id) => there.has(id)) ? was : { ...was, ids: new Set([...was.ids].filter((id) => there.has(id))) },
      ),
    [],
  );
  return useMemo(
    () => ({ on: may && (on || view === 'spam'), ids, setOn, toggle, all, clear, keep }),
    [may, on, view, ids, setOn, toggle, all, clear, keep],
  );
}
