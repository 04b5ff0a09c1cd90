import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot, root } from './place.mjs';

/** Every file of a folder that goes into a build; tests do not. */
function* sourcesIn(place) {
  if (!existsSync(place)) return;
  if (statSync(place).isFile()) {
    yield place;
    return;
  }
  for (const entry of readdirSync(place, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) continue;
    const child = path.join(place, entry.name);
    if (entry.isDirectory()) yield* sourcesIn(child);
    else if (entry.isFile() && !/\.spec\.tsx?$/.test(entry.name)) yield child;
  }
}

/** A digest of names and contents: git and copies change file times, so times say nothing. */
export function digestOf(places) {
  const hash = createHash('sha256');
  for (const place of places) {
    for (const file of sourcesIn(inRoot(place))) {
      const content = readFileSync(file);
      hash.update(`${path.relative(root, file)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

const stampOf = (part) => inRoot('dist', '.stamps', part);

export function isFresh(part, digest) {
  return existsSync(stampOf(part)) && readFileSync(stampOf(part), 'utf8') === digest;
}

export function markStale(part) {
  rmSync(stampOf(part), { force: true });
}

export function markFresh(part, digest) {
  mkdirSync(path.dirname(stampOf(part)), { recursive: true });
  writeFileSync(stampOf(part), digest);
}
