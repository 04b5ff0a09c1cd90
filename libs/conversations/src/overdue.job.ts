import { Injectable } from '@nestjs/common';
import { Handler, type JobData, type JobHandler } from '@sotto/platform';
import { ConversationsService } from './conversations.service.js';

/** Enqueued when a visitor starts to wait: by `append_message` with the message's seq, after quarantine with the time. */
@Injectable()
@Handler()
export class OverdueJob implements JobHandler {
  readonly job = 'conversation.overdue';

  constructor(private readonly conversations: ConversationsService) {}

  handle(data: JobData): Promise<void> {
    const began = data.seq === undefined ? { since: Number(data.since) } : { seq: Number(data.seq) };
    return this.conversations.markOverdue(String(data.accountId), String(data.conversationId), began);
  }
}
