import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export class DataDirectoryInUse extends Error {
  constructor(directory: string) {
    super(`Another Sotto is already running on ${directory}. Stop it first, or set SOTTO_DATA to another directory.`);
  }
}

/** A data directory that is this process' own until released. */
export interface DataDirectoryLock {
  readonly directory: string;
  release(): void;
}

/**
 * Takes the data directory for this process alone. Two embedded databases on one directory lose rows
 * silently. The lock is the operating system's, on an SQLite file held in exclusive mode, so it
 * vanishes with the process however that ends (docs/decisions).
 */
export function lockDataDirectory(directory: string): DataDirectoryLock {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(directory, 'lock.sqlite'), { timeout: 0 });
  try {
    lock.exec('pragma locking_mode = exclusive; begin exclusive; create table if not exists held (by_pid integer);');
  } catch {
    lock.close();
    throw new DataDirectoryInUse(directory);
  }
  return { directory, release: () => lock.close() };
}
