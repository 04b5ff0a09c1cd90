export interface DiffLine {
  change: 'same' | 'added' | 'removed';
  text: string;
}

/** Beyond this many pairs of lines the texts are shown as replaced: a policy is never that long. */
const TOO_MANY = 4_000_000;

/** Differences of two texts by line: the longest lines in common stay, the rest was removed or added. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const a = before === '' ? [] : before.split('\n');
  const b = after === '' ? [] : after.split('\n');
  if (a.length * b.length > TOO_MANY) {
    return [...a.map((text) => ({ change: 'removed', text }) as const), ...b.map((text) => ({ change: 'added', text }) as const)];
  }
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ change: 'same', text: a[i]! });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) lines.push({ change: 'removed', text: a[i++]! });
    else lines.push({ change: 'added', text: b[j++]! });
  }
  return lines;
}
