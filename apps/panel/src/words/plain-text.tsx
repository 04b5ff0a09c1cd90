import { Fragment, type ReactNode } from 'react';

const ADDRESS = /https?:\/\/[^\s<>"'`\u0000-\u001f\u007f\u200b-\u200f\u2028-\u202f\u2060-\u206f]+/giu;
const TRAILING = /[.,;:!?)\]}…»”’]+$/u;

/** Text as somebody wrote it. Only http and https addresses become links; everything else stays text. */
export function PlainText({ children }: { children: string }): ReactNode {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const found of children.matchAll(ADDRESS)) {
    const address = found[0].replace(TRAILING, '');
    if (!safe(address)) continue;
    parts.push(children.slice(from, found.index));
    parts.push(
      <a key={found.index} href={address} target="_blank" rel="noopener noreferrer">
        {address}
      </a>,
    );
    from = found.index + address.length;
  }
  parts.push(children.slice(from));
  return parts.map((part, at) => <Fragment key={at}>{part}</Fragment>);
}

function safe(address: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}
