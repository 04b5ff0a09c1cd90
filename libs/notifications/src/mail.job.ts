import { Injectable } from '@nestjs/common';
import { Handler, type JobHandler } from '@sotto/platform';

/** Sends notices to members. */
@Injectable()
@Handler()
export class SendMailJob implements JobHandler {
  readonly job = 'mail.send';

  handle(): Promise<void> {
    return Promise.resolve();
  }
}
