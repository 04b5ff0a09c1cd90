import { Injectable } from '@nestjs/common';
import { Handler, type JobHandler } from '@sotto/platform';
import { SessionsService } from './sessions.service.js';

/** Removes expired sessions every ten minutes. */
@Injectable()
@Handler()
export class SweepSessionsJob implements JobHandler {
  readonly job = 'session.sweep';
  readonly schedule = '*/10 * * * *';

  constructor(private readonly sessions: SessionsService) {}

  handle(): Promise<void> {
    return this.sessions.sweep();
  }
}
