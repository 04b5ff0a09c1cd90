import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { SetupService } from '@sotto/accounts';
import { mailboxIsOpen, publicUrl, readConfig, type Config, type DatabaseLocation } from '@sotto/platform';
import { createApplication } from './application.js';

/** Runs a node until it is told to stop. */
export async function serve(locationOf: (config: Config) => DatabaseLocation): Promise<void> {
  const config = readConfig();
  const app = await createApplication({ config, location: locationOf(config) });
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
  if (mailboxIsOpen(config)) process.stdout.write(`Mail is kept at ${publicUrl(config)}/dev/mail\n`);
  process.stdout.write(`Sotto is ready at ${publicUrl(config)}\n`);
}
