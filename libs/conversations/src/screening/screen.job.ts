import { Injectable } from '@nestjs/common';
import { Handler, type JobData, type JobHandler } from '@sotto/platform';
import { Arrivals } from './arrivals.js';

/** Enqueued with every conversation; finds nothing to do where it was screened when it came. */
@Injectable()
@Handler()
export class ScreenJob implements JobHandler {
  readonly job = 'conversation.screen';

  constructor(private readonly arrivals: Arrivals) {}

  handle(data: JobData): Promise<void> {
    return this.arrivals.screenLeftOver(String(data.accountId), String(data.conversationId));
  }
}
