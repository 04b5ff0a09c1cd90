/** `npm run data-map` writes docs/data-map.md from what the stores say about their tables. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { build } from './build.mjs';
import { install } from './prepare/install.mjs';
import { inRoot, projectNode } from './prepare/place.mjs';

if (Number(process.versions.node.split('.')[0]) < 24) {
  await install(console.log);
  process.exitCode = spawnSync(projectNode, process.argv.slice(1), { stdio: 'inherit' }).status ?? 1;
} else {
  await build(['server']);
  const { dataMap } = await import(inRoot('dist/apps/api/src/data-map.js'));
  const { stores } = await import(inRoot('dist/apps/api/src/stores.js'));
  writeFileSync(inRoot('docs/data-map.md'), dataMap(stores));
  console.log('Wrote docs/data-map.md');
}
