import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { SetupService } from '@sotto/accounts';
import { ConfigError, DataDirectoryInUse, publicUrl, readConfig } from '@sotto/platform';
import { createApplication } from './application.js';

async function main(): Promise<void> {
  const config = readConfig();
  const app = await createApplication({ config });
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    app.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  await app.listen(config.port, config.host);
  config.port = ((app.getHttpServer() as Server).address() as AddressInfo).port;
  const setup = app.get(SetupService);
  if (await setup.isNeeded()) process.stdout.write(`Set-up code: ${await setup.issueCode()}\n`);
  process.stdout.write(`Sotto is ready at ${publicUrl(config)}\n`);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  if (error instanceof ConfigError || error instanceof DataDirectoryInUse) return error.message;
  if ('code' in error && error.code === 'EADDRINUSE')
    return `${error.message}. Stop what listens there, or set SOTTO_PORT to another port.`;
  return error.stack ?? error.message;
}

main().catch((error: unknown) => {
  const reason = reasonOf(error);
  process.stderr.write(`Sotto could not start. ${reason}\n`);
  process.exit(1);
});
