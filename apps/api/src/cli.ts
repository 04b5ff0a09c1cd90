import { issueSetupCode } from '@sotto/accounts';
import { SystemClock } from '@sotto/kernel';
import { Database, openDatabase, readConfig } from '@sotto/platform';
import { holdLocation } from './location.js';
import { stores } from './stores.js';

const USAGE = 'Usage: cli.js setup-code   prints a one-time code that makes a further account\n';

async function main(command: string | undefined): Promise<number> {
  if (command !== 'setup-code') {
    process.stderr.write(USAGE);
    return 2;
  }
  const orm = await openDatabase(stores, holdLocation()(readConfig()));
  try {
    process.stdout.write(`Set-up code: ${await issueSetupCode(new Database(orm), new SystemClock())}\n`);
  } finally {
    await orm.close(true);
  }
  return 0;
}

main(process.argv[2]).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : 'unknown reason'}\n`);
    process.exit(1);
  },
);
