import { resolve } from 'node:path';
import { lockDataDirectory } from '@sotto/kernel';
import type { Config, DatabaseLocation } from '@sotto/platform';

/**
 * Where the rows are. Loads next to nothing and holds the data directory of an embedded database at
 * once, so that a second process is refused before it has loaded the rest.
 */
export function holdLocation(env: NodeJS.ProcessEnv = process.env): (config: Config) => DatabaseLocation {
  if (env.SOTTO_DATABASE_URL) return ({ databaseUrl, databasePool }) => ({ url: databaseUrl ?? '', pool: databasePool });
  const lock = lockDataDirectory(resolve(env.SOTTO_DATA || './data'));
  return () => ({ lock });
}
