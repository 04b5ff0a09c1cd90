import { Fragment, type ReactNode } from 'react';
import type { Mark } from './reasons';

const ADDRESS = /https?:\/\/[^\s<>"'`\u0000-\u001f\u007f\u200b-\u200f\u2028-\u202f\u2060-\u206f]+/giu;
const TRAILING = /[.,;:!?)\]}…»”’]+$/u;
const NO_MARKS: readonly Mark[] = [];

/**
 * Text as somebody wrote it. Only http and https addresses become links; everything else stays text. `marks` are stretches to
 * point at, in order.
 */
export function PlainText({ children, marks = NO_MARKS }: { children: string; marks?: readonly Mark[] | undefined }): ReactNode {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const found of children.matchAll(ADDRESS)) {
    const address = found[0].replace(TRAILING, '');
    if (!safe(address)) continue;
    const to = found.index + address.length;
    parts.push(...marked(children, from, found.index, marks));
    parts.push(
      <a key={found.index} href={address} target="_blank" rel="noopener noreferrer">
        {marked(children, found.index, to, marks).map((part, at) => (
          <Fragment key={at}>{part}</Fragment>
        ))}
      </a>,
    );
    from = to;
  }
  parts.push(...marked(children, from, children.length, marks));
  return parts.map((part, at) => <Fragment key={at}>{part}</Fragment>);
}

/** A stretch of the text, cut where marks begin and end. */
function marked(text: string, from: number, to: number, marks: readonly Mark[]): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = from;
  for (const mark of marks) {
    const start = Math.max(at, mark.from);
    const end = Math.min(to, mark.to);
    if (start >= end) continue;
    if (start > at) parts.push(text.slice(at, start));
    parts.push(<mark data-towards={mark.towards}>{text.slice(start, end)}</mark>);
    at = end;
  }
  if (at < to) parts.push(text.slice(at, to));
  return parts;
}

function safe(address: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}
