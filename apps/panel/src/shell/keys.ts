import { useEffect, useRef } from 'react';

/** Key, or two keys after one another ("g o"), to what happens. Undefined: the key is not taken here. */
export type Keys = Record<string, (() => void) | undefined>;

/** Longest time between the keys of a sequence. */
const SEQUENCE = 1_200;
let before: { key: string; at: number } | undefined;

/** Keys of the whole page, while nobody is typing and no dialog is open. */
export function useKeys(keys: Keys): void {
  const held = useRef(keys);
  held.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || behindDialog) return;
      const sequence = before && Date.now() - before.at < SEQUENCE ? `${before.key} ${event.key}` : undefined;
      const action = (sequence && held.current[sequence]) || (before?.key === 'g' && sequence ? undefined : held.current[event.key]);
      if (!action) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

/** Remembers the first key of a sequence, after every listener has seen the key. */
function remember(event: KeyboardEvent): void {
  if (!isTyping(event.target) && event.key.length === 1) before = { key: event.key, at: Date.now() };
}
window.addEventListener('keydown', remember);

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      (['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) && !(target instanceof HTMLInputElement && target.type === 'checkbox')) ||
      target.closest('[role="menu"], [role="listbox"]') !== null)
  );
}

let behindDialog = false;

/** Asked before anybody handles the key: the dialog that Escape closes is gone when the page's own keys have their turn. */
function look(): void {
  behindDialog = document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}
window.addEventListener('keydown', look, { capture: true });
