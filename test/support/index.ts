export { startBrowser } from './browser.js';
export { databaseKind, freshDatabase, freshRedis } from './database.js';
export { startPostgres, type PostgresOptions, type PrivatePostgres } from './postgres.js';
export { freePort, GuardedProcess, temporaryFolder, type Exit } from './processes.js';
export { startRedis, type PrivateRedis } from './redis.js';
export { startSotto, type RunningSotto, type SottoOptions } from './sotto.js';
