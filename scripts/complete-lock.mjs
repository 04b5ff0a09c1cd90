/**
 * Adds to package-lock.json the builds for other platforms that npm left out: `node scripts/complete-lock.mjs`.
 * npm writes only what the registry at hand offers and this machine can use, and `npm ci` then fails elsewhere.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { inRoot } from './prepare/place.mjs';

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

/** Platform limits as the names of such packages tell them: linux-arm64-musl, win32-x64-msvc. */
export function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  if (os.length !== 1 || cpu.length !== 1) return null;
  const libc = words.includes('musl') ? ['musl'] : os[0] === 'linux' && words.some((word) => word.startsWith('gnu')) ? ['glibc'] : null;
  return { os, cpu, ...(libc && { libc }) };
}

/** Optional packages of exact version that a package names and the lock does not hold, as [place, entry]. */
export function missingIn(packages) {
  const missing = [];
  for (const wanted of Object.values(packages)) {
    for (const [name, version] of Object.entries(wanted.optionalDependencies ?? {})) {
      const place = `node_modules/${name}`;
      const platform = platformOf(name);
      if (packages[place] || !platform || !/^\d+\.\d+\.\d+$/.test(version)) continue;
      missing.push([
        place,
        {
          version,
          cpu: platform.cpu,
          ...(wanted.dev && { dev: true }),
          ...(platform.libc && { libc: platform.libc }),
          optional: true,
          os: platform.os,
        },
      ]);
    }
  }
  return missing;
}

if (process.argv[1]?.endsWith('complete-lock.mjs')) {
  const file = inRoot('package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingIn(lock.packages);
  const all = { ...lock.packages, ...Object.fromEntries(missing) };
  lock.packages = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a === b ? 0 : a.localeCompare(b, 'en'))));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(missing.length === 0 ? 'Nothing was missing.' : missing.map(([place]) => `added ${place}`).join('\n'));
}
