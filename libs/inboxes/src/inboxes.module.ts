import { Module } from '@nestjs/common';
import { AccessModule } from '@sotto/access';
import { AccountsModule } from '@sotto/accounts';
import { ConsentModule } from '@sotto/consent';
import { ContactsModule } from '@sotto/contacts';
import { AttackWatch } from './attack-watch.js';
import { FloodGate } from './flood-gate.js';
import { InboxesController } from './inboxes.controller.js';
import { InboxesService } from './inboxes.service.js';
import { TeamInboxes } from './team-inboxes.js';
import { Tickets } from './tickets.js';
import { WidgetController } from './widget.controller.js';
import { WidgetFiles } from './widget-files.js';
import { WidgetPagesController } from './widget-pages.controller.js';
import { WidgetService } from './widget.service.js';

@Module({
  imports: [AccessModule, AccountsModule, ConsentModule, ContactsModule],
  controllers: [InboxesController, WidgetController, WidgetPagesController],
  providers: [AttackWatch, FloodGate, InboxesService, TeamInboxes, Tickets, WidgetFiles, WidgetService],
  exports: [InboxesService, WidgetService],
})
export class InboxesModule {}
