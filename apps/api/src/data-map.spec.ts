import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { dataMap } from './data-map.js';
import { stores } from './stores.js';

const FILE = new URL('../../../docs/data-map.md', import.meta.url);

it('The data map in docs is current. `npm run data-map` writes it anew.', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(dataMap(stores));
});

it('The data map names every table, and every column under what it holds.', () => {
  const text = dataMap(stores);
  for (const [name, { columns }] of stores.flatMap((store) => Object.entries(store.dataMap))) {
    const section = text.split(`\n## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
    const named = [...section.matchAll(/`(\w+)`/g)].map(([, column]) => column);
    expect([name, named.length]).toEqual([name, Object.keys(columns).length]);
  }
});
