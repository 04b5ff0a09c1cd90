import { NAMES, type Name } from './subjects.js';

const ROWS = {
  beginNode: { label: 'node CPU ms to begin a conversation', digits: 2 },
  beginPostgres: { label: 'Postgres CPU ms to begin one', digits: 2 },
  saturation: { label: 'messages/s at saturation', digits: 0 },
  node: { label: 'node CPU s per 1,000', digits: 3 },
  postgres: { label: 'Postgres CPU s per 1,000', digits: 3 },
  ack50: { label: 'ack p50, ms', digits: 1 },
  ack99: { label: 'ack p99, ms', digits: 1 },
  delivery50: { label: 'delivery p50, ms', digits: 1 },
  delivery99: { label: 'delivery p99, ms', digits: 1 },
  socket: { label: 'KiB per idle socket', digits: 1 },
} as const;
type Row = keyof typeof ROWS;

/** What was measured, by row and server, a number for each round. */
export class Figures {
  private readonly measured = new Map<string, number[]>();

  add(row: Row, name: Name, value: number): void {
    const key = `${row} ${name}`;
    this.measured.set(key, [...(this.measured.get(key) ?? []), value]);
  }

  median(row: Row, name: Name): number {
    const sorted = [...(this.measured.get(`${row} ${name}`) ?? [])].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  }

  /** Sotto's figure as a multiple of the limit's. */
  ratio(row: Row, limit: Exclude<Name, 'Sotto'>): number {
    return this.median(row, 'Sotto') / this.median(row, limit);
  }

  get rows(): Row[] {
    return (Object.keys(ROWS) as Row[]).filter((row) => NAMES.some((name) => !Number.isNaN(this.median(row, name))));
  }
}

export function table(figures: Figures): string {
  const head = ['', 'Sotto', 'one statement', 'ratio', 'group commit', 'ratio'];
  const lines = figures.rows.map((row) => {
    const { label, digits } = ROWS[row];
    const value = (name: Name) => figures.median(row, name).toFixed(digits);
    const ratio = (limit: Exclude<Name, 'Sotto'>) => figures.ratio(row, limit).toFixed(2);
    return [label, value('Sotto'), value(NAMES[1]), ratio(NAMES[1]), value(NAMES[2]), ratio(NAMES[2])];
  });
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => (line[column] ?? '').length)));
  const print = (line: string[]) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ');
  return [head, ...lines].map(print).join('\n');
}

interface Goal {
  row: Row;
  text: string;
  met: (figures: Figures) => boolean;
}

const STATEMENT = 'limit, one statement';
const GROUP = 'limit, group commit';

const GOALS: Goal[] = [
  { row: 'saturation', text: 'at least 60 % of the one-statement limit', met: (f) => f.ratio('saturation', STATEMENT) >= 0.6 },
  { row: 'saturation', text: 'at least 40 % of the group-commit limit', met: (f) => f.ratio('saturation', GROUP) >= 0.4 },
  { row: 'node', text: 'at most 1.5 times the group-commit limit', met: (f) => f.ratio('node', GROUP) <= 1.5 },
  { row: 'postgres', text: 'at most 1.5 times the group-commit limit', met: (f) => f.ratio('postgres', GROUP) <= 1.5 },
  { row: 'ack50', text: 'at most 2 times the one-statement limit', met: (f) => f.ratio('ack50', STATEMENT) <= 2 },
  { row: 'ack99', text: 'at most 2.5 times the one-statement limit', met: (f) => f.ratio('ack99', STATEMENT) <= 2.5 },
  {
    row: 'delivery50',
    text: 'at most 2 times the one-statement limit, and 20 ms',
    met: (f) => f.ratio('delivery50', STATEMENT) <= 2 && f.median('delivery50', 'Sotto') <= 20,
  },
  { row: 'delivery99', text: 'at most 2.5 times the one-statement limit', met: (f) => f.ratio('delivery99', STATEMENT) <= 2.5 },
  { row: 'socket', text: 'at most 1.5 times the limit', met: (f) => f.ratio('socket', STATEMENT) <= 1.5 },
];

export function goals(figures: Figures): string {
  const due = GOALS.filter((goal) => figures.rows.includes(goal.row));
  return due.map((goal) => `${goal.met(figures) ? 'met    ' : 'not met'}  ${ROWS[goal.row].label}: ${goal.text}`).join('\n');
}
