// What scripts/test/run.mjs needs, without what only tests need.
export { startPostgres } from './postgres.js';
export { startRedis } from './redis.js';
