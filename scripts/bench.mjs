/** `npm run bench`, `npm run bench -- messages`: compares the built server with the bare limit. Always exits 0 with figures. */
import { build } from './build.mjs';
import { install } from './prepare/install.mjs';
import { inRoot, projectNode } from './prepare/place.mjs';
import { run } from './prepare/run.mjs';

try {
  await install(console.log);
  await build(['server']);
  const { code } = await run(projectNode, [
    '--import',
    inRoot('test/bench/typescript.mjs'),
    inRoot('test/bench/bench.ts'),
    ...process.argv.slice(2),
  ]);
  process.exitCode = code ?? 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
