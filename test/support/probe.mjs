// Starts a Redis, says so and waits to be killed: for the test that nothing stays behind.
import '../../scripts/prepare/typescript.mjs';

const { startRedis } = await import('./redis.ts');
console.log((await startRedis()).pid);
setInterval(() => {}, 1_000);
