import { Module } from '@nestjs/common';
import { AccountsModule } from '@sotto/accounts';
import { ContactsModule } from '@sotto/contacts';
import { ScreeningModule } from '@sotto/screening';
import { AgentViews } from './agent-views.js';
import { ContactVisibility } from './contact-visibility.js';
import { ConversationList } from './conversation-list.js';
import { ConversationReader } from './conversation-reader.js';
import { ConversationStarter } from './conversation-starter.js';
import { ConversationsController } from './conversations.controller.js';
import { ConversationsEraser } from './conversations.eraser.js';
import { ConversationsService } from './conversations.service.js';
import { EventLog } from './event-log.js';
import { EventReader } from './event-reader.js';
import { MemberHandover, TeamHandover } from './handover.js';
import { MessageWriter } from './message-writer.js';
import { OverdueJob } from './overdue.job.js';
import { Arrivals } from './screening/arrivals.js';
import { FirstWords } from './screening/first-words.js';
import { RereadJob } from './screening/reread.job.js';
import { SweepUnscreenedJob } from './screening/sweep.job.js';
import { VerdictsController } from './screening/verdicts.controller.js';
import { VerdictsService } from './screening/verdicts.service.js';

@Module({
  imports: [AccountsModule, ContactsModule, ScreeningModule],
  controllers: [ConversationsController, VerdictsController],
  providers: [
    Arrivals,
    ConversationStarter,
    FirstWords,
    RereadJob,
    SweepUnscreenedJob,
    VerdictsService,
    AgentViews,
    ContactVisibility,
    ConversationList,
    ConversationReader,
    ConversationsEraser,
    ConversationsService,
    EventLog,
    EventReader,
    MemberHandover,
    TeamHandover,
    MessageWriter,
    OverdueJob,
  ],
  exports: [ConversationReader, ConversationsService, EventReader],
})
export class ConversationsModule {}
