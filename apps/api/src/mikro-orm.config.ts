import { PgliteDriver } from '@mikro-orm/pglite';
import { baseOptions, createPglite } from '@sotto/platform';
import { stores } from './stores.js';

const base = baseOptions(stores);

/** Settings of migration:create and migration:check: the tables as the code means them, on a throw-away database. */
export default async function migrationOptions() {
  return {
    ...base,
    driver: PgliteDriver,
    dbName: 'postgres',
    driverOptions: { pglite: await createPglite() },
    migrations: {
      ...base.migrations,
      path: 'libs/platform/src/migrations',
      pathTs: 'libs/platform/src/migrations',
      emit: 'ts' as const,
      snapshot: true,
      snapshotName: 'snapshot',
    },
  };
}
