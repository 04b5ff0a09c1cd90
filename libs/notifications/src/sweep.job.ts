import { Injectable } from '@nestjs/common';
import { Handler, Outbox, type JobHandler } from '@sotto/platform';

/** Removes notices that could not be delivered, once an hour. */
@Injectable()
@Handler()
export class SweepMailJob implements JobHandler {
  readonly job = 'mail.sweep';
  readonly schedule = '17 * * * *';

  constructor(private readonly outbox: Outbox) {}

  handle(): Promise<void> {
    return this.outbox.sweep();
  }
}
