import type { Reason } from './model/explanation.js';

/** Places shown of one reason. */
const PLACES = 5;
const SEPARATOR = ' … ';
const SYNTAX = /[\\^$.*+?()[\]{}|]/g;

/**
 * Where a reason's words stand in a text as they are, as offsets in UTF-16 code units: whole words, whatever their case. A word
 * whose disguise was undone stands nowhere.
 */
export function spansOf({ kind, text }: Reason, within: string): [number, number][] {
  if (kind !== 'words' || text === '') return [];
  const words = text.split(SEPARATOR).flatMap((part) => part.split(' '));
  const between = text.includes(SEPARATOR) ? String.raw`[^\p{L}\p{N}]+[\p{L}\p{N}]+[^\p{L}\p{N}]+` : String.raw`[^\p{L}\p{N}]+`;
  const pattern = words.map((word) => word.replace(SYNTAX, String.raw`\$&`)).join(between);
  const spans: [number, number][] = [];
  for (const match of within.matchAll(new RegExp(String.raw`(?<![\p{L}\p{N}])${pattern}(?![\p{L}\p{N}])`, 'giu'))) {
    spans.push([match.index, match.index + match[0].length]);
    if (spans.length === PLACES) break;
  }
  return spans;
}
