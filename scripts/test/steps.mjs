/** The steps of `npm test`, in the order they start. Imports nothing that has to be installed. */
import { existsSync } from 'node:fs';
import { inRoot } from '../prepare/place.mjs';

const tool = (...name) => inRoot('node_modules', ...name);

const types = (folder) => ({
  name: `types ${folder === '.' ? 'server' : folder}`,
  words: ['types'],
  exists: () => existsSync(inRoot(folder, 'tsconfig.json')),
  command: [
    tool('typescript', 'bin', 'tsc'),
    '-p',
    inRoot(folder, 'tsconfig.json'),
    '--noEmit',
    '--incremental',
    '--tsBuildInfoFile',
    tool('.cache', 'types', `${folder.replace(/\W/g, '-')}.json`),
  ],
});

const jest = (name, projects, { folders, database, needs, workers = 2, minutes }) => ({
  name: database ? `${name} on ${database === 'pglite' ? 'PGlite' : 'Postgres'}` : name,
  words: database ? [...projects, database] : projects,
  exists: () => folders.some((folder) => existsSync(inRoot(folder))),
  projects,
  database,
  needs,
  workers,
  minutes,
});

/** What two cores do at once: light checks, two at a time. */
export const checks = [
  {
    name: 'build',
    words: ['build'],
    // Whatever runs needs it, so it is not left out.
    always: true,
    command: [inRoot('scripts/build.mjs')],
  },
  { name: 'format', words: ['format'], command: [tool('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level=warn', '.'] },
  { name: 'lint', words: ['lint'], command: [tool('oxlint', 'bin', 'oxlint')] },
  {
    name: 'imports',
    words: ['imports'],
    command: [
      tool('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
      '--config',
      inRoot('.dependency-cruiser.cjs'),
      ...['apps', 'libs', 'widget', 'test'].filter((folder) => existsSync(inRoot(folder))),
    ],
  },
  ...['.', 'test', 'libs/client', 'apps/panel', 'apps/portal', 'widget'].map(types),
  { name: 'migrations', words: ['migrations'], after: 'build', command: [inRoot('scripts/mikro-orm.mjs'), 'migration:check'] },
];

const both = (name, folder, minutes) => [
  jest(name, [name], { folders: [folder], database: 'pglite', minutes }),
  jest(name, [name], { folders: [folder], database: 'postgres', needs: ['Postgres', 'Redis'], minutes }),
];

/** What fills the machine by itself, one at a time. */
export const suites = [
  jest('unit', ['unit', 'architecture'], { folders: ['libs', 'test/architecture'], minutes: 6 }),
  ...both('medium', 'test/medium', 8),
  ...both('e2e', 'test/e2e', 20),
  // A killed server must not be killed by its neighbours' load.
  jest('faults', ['faults'], { folders: ['test/faults'], database: 'postgres', needs: ['Postgres', 'Redis'], workers: 1, minutes: 12 }),
  jest('browser', ['browser'], { folders: ['test/browser'], needs: ['Chromium'], minutes: 15 }),
];

/**
 * The steps that all words allow: names of steps add up, `pglite` and `postgres` narrow them down.
 * @param {string[]} words
 * @returns {{ name: string, needs?: string[] }[]}
 */
export function choose(words) {
  const all = [...checks, ...suites].filter(({ exists = () => true }) => exists());
  const known = new Set([...checks, ...suites].flatMap((step) => step.words));
  const unknown = words.find((word) => !known.has(word));
  if (unknown) throw new Error(`There is no step "${unknown}". The steps are ${[...known].join(', ')}.`);
  const databases = words.filter((word) => word === 'pglite' || word === 'postgres');
  const names = words.filter((word) => !databases.includes(word));
  return all.filter(
    (step) =>
      step.always ||
      ((names.length === 0 || step.words.some((word) => names.includes(word))) &&
        (databases.length === 0 || !step.database || databases.includes(step.database))),
  );
}
