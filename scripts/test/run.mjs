/** Runs the chosen steps under the project's Node, shows what failed, and ends with one line of counts. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import '../prepare/typescript.mjs';
import { inRoot, projectNode } from '../prepare/place.mjs';
import { run } from '../prepare/run.mjs';
import { countsOf } from './counts.mjs';
import { checks, choose, suites } from './steps.mjs';

const chosen = choose(process.argv.slice(2));
const total = { passed: 0, failed: 0 };
const children = new Set();
let interrupted = false;

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true;
    for (const child of children) child.kill('SIGTERM');
  });
}

function report(step, started, { passed, failed, notes = [] }, output) {
  total.passed += passed;
  total.failed += failed;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const counts = step.projects ? `  ${passed} passed, ${failed} failed` : '';
  console.log(`${failed > 0 ? 'FAILED' : 'ok    '}  ${step.name.padEnd(20)} ${seconds.padStart(6)} s${counts}`);
  if (failed > 0) console.log([output.trimEnd(), ...notes].filter(Boolean).join('\n'));
}

/** Runs Node and ends it when it takes longer than it ever should: a test that hangs must not hang the whole. */
async function node(args, { env = process.env, minutes = 6 } = {}) {
  let timer;
  const result = await run(projectNode, args, {
    quiet: true,
    env,
    onChild(child) {
      children.add(child);
      timer = setTimeout(() => child.kill('SIGKILL'), minutes * 60_000);
      child.on('close', () => children.delete(child));
    },
  });
  clearTimeout(timer);
  if (result.signal === 'SIGKILL') result.output += `\nEnded by force after ${minutes} minutes.\n`;
  return result;
}

async function runCheck(step) {
  const started = performance.now();
  const { code, output } = await node(step.command);
  report(step, started, code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }, output);
}

async function runChecks(steps) {
  const waiting = [...steps];
  const done = new Set();
  const running = new Set();
  while (waiting.length + running.size > 0) {
    const next = waiting.findIndex(({ after }) => !after || done.has(after) || !steps.some(({ name }) => name === after));
    if (next >= 0 && running.size < 2 && !interrupted) {
      const [step] = waiting.splice(next, 1);
      const work = runCheck(step).then(() => {
        done.add(step.name);
        running.delete(work);
      });
      running.add(work);
    } else if (running.size > 0) await Promise.race(running);
    else return;
  }
}

let servers;

/** One Postgres and one Redis for all suites of the run; each test file makes its own database. */
async function databaseEnvironment(kind) {
  if (kind === 'pglite') return { SOTTO_TEST_DATABASE: 'pglite' };
  const { startPostgres, startRedis } = await import('../../test/support/servers.ts');
  servers ??= { postgres: await startPostgres(), redis: await startRedis() };
  return { SOTTO_TEST_DATABASE: 'postgres', SOTTO_TEST_DATABASE_URL: servers.postgres.url, SOTTO_TEST_REDIS_URL: servers.redis.url };
}

async function runSuite(step) {
  const started = performance.now();
  const file = path.join(tmpdir(), `sotto-jest-${randomUUID()}.json`);
  try {
    const env = { ...process.env, ...(step.database ? await databaseEnvironment(step.database) : {}) };
    const { code, output } = await node(
      [
        '--import',
        inRoot('test/bench/typescript.mjs'),
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        inRoot('node_modules/jest/bin/jest.js'),
        '--selectProjects',
        ...step.projects,
        '--ci',
        '--forceExit',
        '--passWithNoTests',
        `--maxWorkers=${step.workers}`,
        '--json',
        `--outputFile=${file}`,
      ],
      { env, minutes: step.minutes },
    );
    const result = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
    // Jest prints its JSON besides writing it; only the part for people is worth showing.
    const forPeople = output
      .split('\n')
      .filter((line) => !line.startsWith('{"num'))
      .join('\n');
    report(step, started, countsOf(result, code), forPeople);
  } catch (error) {
    report(step, started, { passed: 0, failed: 1 }, error.stack);
  } finally {
    rmSync(file, { force: true });
  }
}

await runChecks(checks.filter((step) => chosen.includes(step)));
for (const step of suites.filter((suite) => chosen.includes(suite))) {
  if (!interrupted) await runSuite(step);
}
await servers?.postgres.stop();
await servers?.redis.stop();

if (interrupted) {
  console.log('Interrupted: the steps that did not end count as one failure.');
  total.failed += 1;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);
