import type { DataClass, Store, TableRecord } from '@sotto/platform';

const CLASSES: Record<DataClass, string> = {
  personal: 'Personal',
  pseudonym: 'Pseudonym',
  none: 'Not about a person',
};

const INTRODUCTION = `# Data map

What every table holds about people, why, and for how long. It is made from the stores by \`npm run data-map\`; a test fails when it is out of date, and the server does not start with a column that is not classified.

- **Personal**: about a person, readable or encrypted.
- **Pseudonym**: an id that leads to a person only together with other rows.
- **Not about a person**: everything else.`;

const columnName = (property: string) => property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A Markdown table, its columns of even width as the formatter of this repository writes them. */
function table(rows: readonly (readonly [string, string])[]): string {
  const [first = 0, second = 0] = [0, 1].map((column) => Math.max(...rows.map((row) => row[column as 0 | 1].length)));
  const line = ([left, right]: readonly [string, string]) => `| ${left.padEnd(first)} | ${right.padEnd(second)} |`;
  const [head = ['', ''] as const, ...body] = rows;
  return [line(head), line(['-'.repeat(first), '-'.repeat(second)]), ...body.map(line)].join('\n');
}

/** A store with personal data has one, or the server does not start. */
const hasEraser = (store: Store) => Object.values(store.dataMap).some((record) => Object.values(record.columns).includes('personal'));

function section(name: string, store: Store, record: TableRecord): string {
  const leadsToSomebody = Object.values(record.columns).some((kind) => kind !== 'none');
  const facts: [string, string][] = [
    ['', ''],
    ['Purpose', record.purpose],
    ['Retention', record.retention],
    ...(record.protection ? [['Protection', record.protection] as [string, string]] : []),
    ['Kept by', store.name],
    ...(leadsToSomebody && hasEraser(store) ? [['Erased by', `the eraser of ${store.name}`] as [string, string]] : []),
  ];
  const classes = (Object.keys(CLASSES) as DataClass[]).flatMap((kind): [string, string][] => {
    const columns = Object.keys(record.columns).filter((property) => record.columns[property] === kind);
    return columns.length === 0 ? [] : [[CLASSES[kind], columns.map((property) => `\`${columnName(property)}\``).join(', ')]];
  });
  return `## ${name}\n\n${table([...facts, ...classes])}`;
}

/** The record of processing, in Markdown: every table in the order of its name. */
export function dataMap(stores: readonly Store[]): string {
  const sections = stores
    .flatMap((store) => Object.entries(store.dataMap).map(([name, record]) => ({ name, store, record })))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, store, record }) => section(name, store, record));
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`;
}
