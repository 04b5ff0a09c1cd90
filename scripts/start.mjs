/** `npm start`: installs what is missing, builds what changed, runs Sotto. Needs only node: modules until installed. */
import { spawn } from 'node:child_process';
import { inRoot, projectNode } from './prepare/place.mjs';

const say = (line) => console.log(line);

/** A killed npm cannot pass the signal on: when it is gone, so must Sotto be. */
function stopWithNpm(child) {
  if (!process.env.npm_lifecycle_event) return;
  const shell = process.ppid;
  setInterval(() => {
    if (process.ppid !== shell) child.kill('SIGTERM');
  }, 250).unref();
}

async function start() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    throw new Error(
      `Sotto needs Node 20 or newer to start; this is Node ${process.versions.node}. Get a newer one from https://nodejs.org.`,
    );
  }
  const { install } = await import('./prepare/install.mjs');
  await install(say);
  const { build } = await import('./build.mjs');
  await build(undefined, { say });

  const child = spawn(projectNode, ['--enable-source-maps', inRoot('dist/apps/api/src/main.js'), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: process.env.NODE_ENV ?? 'production' },
  });
  // The terminal sends Ctrl-C to the whole group, a supervisor only to us: a second signal does no harm.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  stopWithNpm(child);
  child.on('error', (error) => {
    console.error(`Sotto could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code ?? 1);
  });
}

start().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
