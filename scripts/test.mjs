/**
 * `npm test`: everything that says whether Sotto is right. `npm test -- unit e2e` runs only some steps. Needs only node:
 * modules until installed; then it goes on under the project's own Node.
 */
import { spawn } from 'node:child_process';
import { install } from './prepare/install.mjs';
import { provideParts } from './prepare/parts.mjs';
import { inRoot, projectNode } from './prepare/place.mjs';
import { choose } from './test/steps.mjs';

const say = (line) => console.log(line);

async function test() {
  const chosen = choose(process.argv.slice(2));
  provideParts([...new Set(chosen.flatMap(({ needs = [] }) => needs))], say);
  await install(say);
  const child = spawn(projectNode, [inRoot('scripts/test/run.mjs'), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

test().catch((error) => {
  console.log(error.message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
});
