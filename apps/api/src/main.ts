import { DataDirectoryInUse } from '@sotto/kernel';
import { holdLocation } from './location.js';

/** Errors whose own sentence is all the operator needs. */
const PLAIN = new Set([DataDirectoryInUse.name, 'ConfigError']);

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  if (PLAIN.has(error.constructor.name)) return error.message;
  if ('code' in error && error.code === 'EADDRINUSE')
    return `${error.message}. Stop what listens there, or set SOTTO_PORT to another port.`;
  return error.stack ?? error.message;
}

async function main(): Promise<void> {
  const locationOf = holdLocation();
  // Loaded only now: refusing a second process must not wait for it.
  const { serve } = await import('./serve.js');
  await serve(locationOf);
}

main().catch((error: unknown) => {
  process.stderr.write(`Sotto could not start. ${reasonOf(error)}\n`);
  process.exit(1);
});
