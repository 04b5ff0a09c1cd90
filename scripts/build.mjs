/** Builds what is stale: `npm run build`, `npm run build -- server`, `npm run build -- --force`. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compressFiles } from './prepare/compress.mjs';
import { digestOf, isFresh, markFresh, markStale } from './prepare/freshness.mjs';
import { install } from './prepare/install.mjs';
import { alone } from './prepare/lock.mjs';
import { inRoot, projectNode } from './prepare/place.mjs';
import { run } from './prepare/run.mjs';

const everywhere = ['package-lock.json', 'tsconfig.json', 'scripts/build.mjs'];

const bin = (name) => inRoot('node_modules', ...name);
const vite = (...args) => [bin(['vite', 'bin', 'vite.js']), 'build', ...args];

const parts = {
  server: {
    sources: ['apps/api', 'libs', 'nest-cli.json', ...everywhere],
    exists: () => existsSync(inRoot('apps/api/src/main.ts')),
    commands: () => [[bin(['@nestjs', 'cli', 'bin', 'nest.js']), 'build', 'api']],
    finish: finishServer,
  },
  panel: {
    sources: ['apps/panel', 'libs/client', 'libs/protocol', ...everywhere],
    exists: () => existsSync(inRoot('apps/panel/index.html')) && existsSync(inRoot('apps/panel/vite.config.ts')),
    commands: () => [vite('apps/panel', '--outDir', inRoot('dist/panel'), '--emptyOutDir')],
    finish: () => compressFiles(inRoot('dist/panel/assets')),
  },
  widget: {
    sources: ['widget', 'libs/client', 'libs/protocol', ...everywhere],
    exists: () => existsSync(inRoot('widget/build.mjs')) || existsSync(inRoot('widget/vite.config.ts')),
    commands: () => (existsSync(inRoot('widget/build.mjs')) ? [[inRoot('widget/build.mjs')]] : [vite('--config', 'widget/vite.config.ts')]),
    finish: () => compressFiles(inRoot('dist/widget/assets')),
  },
};

function* filesIn(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const child = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(child);
    else yield child;
  }
}

/**
 * Removes what was compiled from sources that are gone (a deleted migration would still run), and refuses imports that
 * the Nest compiler leaves as they are: it rewrites `from '@sotto/x'`, not `import('@sotto/x')`.
 */
function finishServer() {
  for (const folder of ['apps', 'libs']) {
    for (const file of filesIn(inRoot('dist', folder))) {
      const source = path.relative(inRoot('dist'), file).replace(/\.js(\.map)?$/, '.ts');
      if (!existsSync(inRoot(source))) rmSync(file);
      else if (file.endsWith('.js') && /\bimport\(\s*['"]@sotto\//.test(readFileSync(file, 'utf8'))) {
        throw new Error(`${source} imports one of our libraries with import(). Use a static import.`);
      }
    }
  }
}

async function buildPart(name, { force, say }) {
  const part = parts[name];
  if (!part.exists()) return;
  const digest = digestOf(part.sources);
  if (!force && isFresh(name, digest)) return;
  say(`Building the ${name}…`);
  markStale(name);
  for (const command of part.commands()) {
    const { code, output } = await run(projectNode, command, { quiet: true, env: { ...process.env, NODE_ENV: 'production' } });
    if (code !== 0) throw new Error(`Building the ${name} failed.\n${output}`);
  }
  part.finish?.();
  markFresh(name, digest);
}

/** Builds the named parts (all by default) that changed since they were last built. */
export function build(names = Object.keys(parts), { force = false, say = console.log } = {}) {
  return alone(inRoot('dist', '.stamps', 'lock'), async () => {
    for (const name of names) await buildPart(name, { force, say });
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const words = process.argv.slice(2);
  const names = words.filter((word) => !word.startsWith('--'));
  const unknown = names.find((name) => !Object.hasOwn(parts, name));
  try {
    if (unknown) throw new Error(`There is no part "${unknown}". The parts are ${Object.keys(parts).join(', ')}.`);
    await install(console.log);
    await build(names.length > 0 ? names : undefined, { force: words.includes('--force') });
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
