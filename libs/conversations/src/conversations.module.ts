import { Module } from '@nestjs/common';
import { AccountsModule } from '@sotto/accounts';
import { ContactsModule } from '@sotto/contacts';
import { ContactVisibility } from './contact-visibility.js';
import { ConversationReader } from './conversation-reader.js';
import { ConversationsController } from './conversations.controller.js';
import { ConversationsEraser } from './conversations.eraser.js';
import { ConversationsService } from './conversations.service.js';
import { EventLog } from './event-log.js';
import { MemberHandover, TeamHandover } from './handover.js';
import { MessageWriter } from './message-writer.js';
import { OverdueJob } from './overdue.job.js';

@Module({
  imports: [AccountsModule, ContactsModule],
  controllers: [ConversationsController],
  providers: [
    ContactVisibility,
    ConversationReader,
    ConversationsEraser,
    ConversationsService,
    EventLog,
    MemberHandover,
    TeamHandover,
    MessageWriter,
    OverdueJob,
  ],
  exports: [ConversationReader, ConversationsService],
})
export class ConversationsModule {}
