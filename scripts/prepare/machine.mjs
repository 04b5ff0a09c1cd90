/** Finds the parts of the machine that tests need, and says how to get what is missing. Runs before anything is installed. */
import { accessSync, constants, existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { pathOfMachine } from './run.mjs';

/**
 * @param {string} file
 * @returns {boolean}
 */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string[]} names
 * @returns {string | null}
 */
function onPath(...names) {
  const folders = pathOfMachine().split(path.delimiter).filter(Boolean);
  for (const name of names) {
    for (const folder of folders) {
      const file = path.join(folder, name);
      if (isExecutable(file)) return file;
    }
  }
  return null;
}

/**
 * Folder with `postgres` and `initdb`. Debian keeps them out of PATH, one folder for each version.
 * @returns {string | null}
 */
export function postgresFolder() {
  const versions = '/usr/lib/postgresql';
  const folders = existsSync(versions)
    ? readdirSync(versions)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => path.join(versions, version, 'bin'))
    : [];
  const found = folders.find((folder) => isExecutable(path.join(folder, 'initdb')) && isExecutable(path.join(folder, 'postgres')));
  if (found) return found;
  const initdb = onPath('initdb');
  return initdb && isExecutable(path.join(path.dirname(initdb), 'postgres')) ? path.dirname(initdb) : null;
}

/** @returns {string | null} */
export function redisServer() {
  return onPath('redis-server', 'valkey-server');
}

/**
 * A Chromium of the machine. SOTTO_TEST_BROWSER names another one.
 * @returns {string | null}
 */
export function chromium() {
  const named = process.env.SOTTO_TEST_BROWSER;
  if (named) return isExecutable(named) ? named : null;
  return onPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable');
}

/** Whether there is a Chromium: the machine's or one that Playwright downloaded. */
function hasBrowser() {
  if (chromium()) return true;
  const downloads = [
    process.env.PLAYWRIGHT_BROWSERS_PATH,
    path.join(homedir(), '.cache/ms-playwright'),
    path.join(homedir(), 'Library/Caches/ms-playwright'),
  ];
  return downloads.some((folder) => folder && existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('chromium')));
}

/**
 * Whom to run Postgres as. It refuses to run as root.
 * @returns {{ uid: number, gid: number } | null} null when the present user will do
 */
export function databaseUser() {
  if (process.getuid?.() !== 0) return null;
  const users = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name, , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  );
  const user = users.get('postgres') ?? users.get('nobody');
  if (!user) throw new Error('Postgres cannot run as root, and there is neither a user "postgres" nor "nobody".');
  return user;
}

/** The parts tests need: what they are called, where they were found, and the Debian package they come in. */
export const machineParts = [
  { name: 'Postgres', find: postgresFolder, debian: 'postgresql', elsewhere: 'brew install postgresql@17' },
  { name: 'Redis', find: redisServer, debian: 'redis-server', elsewhere: 'brew install redis' },
  { name: 'Chromium', find: hasBrowser, debian: 'chromium', elsewhere: 'npx playwright-core install chromium' },
];
