/**
 * `npm run screening:eval -- FILE.jsonl [--scores OUT] [--runs 3] [--in-order] [--prior] [--bogofilter]`: the spam
 * filter learning a file of `{ "text", "subject"?, "from"?, "headers"?, "label": "spam" | "ham" }` online: each
 * message is scored, then learned. Without the shipped prior unless `--prior` is given; beside Debian's bogofilter if
 * `--bogofilter` is.
 */
import { inRoot, projectNode } from './prepare/place.mjs';
import { run } from './prepare/run.mjs';

try {
  // Only where modules are missing: the figures go to standard output, alone.
  const { install } = await import('./prepare/install.mjs');
  await install(console.error);
  const { code } = await run(projectNode, [
    '--import',
    inRoot('test/bench/typescript.mjs'),
    inRoot('test/bench/screening.ts'),
    ...process.argv.slice(2),
  ]);
  process.exitCode = code ?? 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
