import { spawnSync } from 'node:child_process';
import { machineParts } from './machine.mjs';

const missingOf = (names) => machineParts.filter(({ name, find }) => names.includes(name) && !find());

/** Makes sure the machine has Postgres, Redis and Chromium where tests need them: gets them on Debian as root, else says how. */
export function provideParts(names, say) {
  const missing = missingOf(names);
  if (missing.length === 0) return;
  const list = missing.map(({ name }) => name).join(', ');
  const packages = missing.map(({ debian }) => debian);
  const hasApt = spawnSync('apt-get', ['--version']).status === 0;
  if (hasApt && process.getuid?.() === 0) {
    say(`Installing ${list} (Debian packages ${packages.join(' ')})…`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [
      ['update', '-q'],
      ['install', '-y', '-q', '--no-install-recommends', ...packages],
    ]) {
      const { status, stdout, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8' });
      if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed.\n${stdout}${stderr}`);
    }
    if (missingOf(names).length === 0) return;
  }
  const command = hasApt
    ? `sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`
    : missing.map(({ elsewhere }) => elsewhere).join(' && ');
  throw new Error(`The tests need ${list}. Install with:\n  ${command}\nand run npm test again.`);
}
