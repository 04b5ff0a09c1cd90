import { Injectable } from '@nestjs/common';
import { Database, Handler, query, type JobHandler } from '@sotto/platform';
import { Arrivals } from './arrivals.js';

/** Screens what a killed server left unscreened: at every start and every ten minutes, in case another node was the one. */
@Injectable()
@Handler()
export class SweepUnscreenedJob implements JobHandler {
  readonly job = 'screening.sweep';
  readonly schedule = '*/10 * * * *';
  readonly atStart = true;

  constructor(
    private readonly database: Database,
    private readonly arrivals: Arrivals,
  ) {}

  async handle(): Promise<void> {
    const accounts = await this.database.operator((tx) => query<{ id: string }>(tx, 'select id from account'));
    for (const { id } of accounts) await this.arrivals.screenLeftOver(id);
  }
}
