import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { inRoot, projectNode } from './place.mjs';
import { pathOfMachine, run } from './run.mjs';

const packagesIn = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/**
 * Whether node_modules holds what package-lock.json asks for. npm writes node_modules/.package-lock.json as the last act
 * of an install, so an install that was cut short does not count.
 */
export function isInstalled() {
  const installedList = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(installedList)) return false;
  const installed = packagesIn(installedList);
  return Object.entries(packagesIn(inRoot('package-lock.json'))).every(
    ([place, wanted]) => place === '' || wanted.optional || installed[place]?.version === wanted.version,
  );
}

const nodeRuns = () => existsSync(projectNode) && spawnSync(projectNode, ['--version']).status === 0;

/** Installs the packages and the project's Node when they are missing or out of date. Returns whether it had to. */
export async function install(say) {
  if (isInstalled() && nodeRuns()) return false;
  const env = { ...process.env, PATH: pathOfMachine() };
  if (!isInstalled()) {
    say(existsSync(inRoot('node_modules')) ? 'Updating packages…' : 'Installing packages (first start only)…');
    const { code } = await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], { env });
    if (code !== 0) throw new Error('npm ci failed. Check the network connection and start again.');
  }
  if (!nodeRuns()) {
    // npm can be told not to run install scripts, and then the package `node` arrives without its binary.
    say('Fetching Node 24…');
    const { code, output } = await run(process.execPath, ['installArchSpecificPackage'], {
      env,
      cwd: inRoot('node_modules', 'node'),
      quiet: true,
    });
    if (code !== 0 || !nodeRuns()) throw new Error(`Node 24 could not be fetched.\n${output}`);
  }
  return true;
}
