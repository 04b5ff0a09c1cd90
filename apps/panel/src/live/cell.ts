import { useCallback, useRef, useSyncExternalStore } from 'react';

/** A value somebody outside React changes and components watch. */
export class Cell<T> {
  private readonly watchers = new Set<() => void>();

  constructor(private held: T) {}

  get value(): T {
    return this.held;
  }

  set(next: T): void {
    if (Object.is(next, this.held)) return;
    this.held = next;
    for (const watcher of this.watchers) watcher();
  }

  update(change: (value: T) => T): void {
    this.set(change(this.held));
  }

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };
}

export function useCell<T>(cell: Cell<T>): T {
  return useSyncExternalStore(cell.subscribe, () => cell.value);
}

/** A part of a cell; the component renders again only when that part is another one. */
export function useCellPart<T, P>(cell: Cell<T>, part: (value: T) => P): P {
  const chosen = useRef(part);
  chosen.current = part;
  const read = useCallback(() => chosen.current(cell.value), [cell]);
  return useSyncExternalStore(cell.subscribe, read);
}
