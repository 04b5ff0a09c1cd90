import { Injectable } from '@nestjs/common';
import { Handler, type JobData, type JobHandler } from '@sotto/platform';
import { ConversationsService } from './conversations.service.js';

/** Enqueued by `append_message` when a visitor starts to wait. */
@Injectable()
@Handler()
export class OverdueJob implements JobHandler {
  readonly job = 'conversation.overdue';

  constructor(private readonly conversations: ConversationsService) {}

  handle(data: JobData): Promise<void> {
    return this.conversations.markOverdue(String(data.accountId), String(data.conversationId), Number(data.seq));
  }
}
