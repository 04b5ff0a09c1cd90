import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AccountsModule, SetupService } from '@sotto/accounts';
import { Module } from '@nestjs/common';
import { ConfigError, DataDirectoryInUse, readConfig } from '@sotto/platform';
import { PlatformModule } from './platform.module.js';

const USAGE = 'Usage: cli.js setup-code   prints a one-time code that makes a further account\n';

async function main(command: string | undefined): Promise<number> {
  if (command !== 'setup-code') {
    process.stderr.write(USAGE);
    return 2;
  }
  @Module({ imports: [PlatformModule.with({ config: readConfig() }), AccountsModule] })
  class CommandModule {}
  // Not initialised: commands need neither jobs nor sockets.
  const app = await NestFactory.createApplicationContext(CommandModule, { logger: false, abortOnError: false });
  try {
    process.stdout.write(`Set-up code: ${await app.get(SetupService).issueCode()}\n`);
  } finally {
    await app.close();
  }
  return 0;
}

main(process.argv[2]).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const known = error instanceof ConfigError || error instanceof DataDirectoryInUse;
    process.stderr.write(`${error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : 'unknown reason'}\n`);
    process.exit(1);
  },
);
