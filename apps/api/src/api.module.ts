import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { AccessModule } from '@sotto/access';
import { AccountsModule } from '@sotto/accounts';
import { AuditModule } from '@sotto/audit';
import { ConsentModule } from '@sotto/consent';
import { ContactsModule } from '@sotto/contacts';
import { ConversationsModule } from '@sotto/conversations';
import { InboxesModule } from '@sotto/inboxes';
import { NotificationsModule } from '@sotto/notifications';
import { ProblemFilter, SchemaPipe } from '@sotto/platform';
import { RealtimeModule } from '@sotto/realtime';
import { ScreeningModule } from '@sotto/screening';
import { DevMailController } from './dev-mail.controller.js';
import { HealthController } from './health.controller.js';
import { PlatformModule, type PlatformOptions } from './platform.module.js';

/** The whole application of one node. */
@Module({})
export class ApiModule {
  static with(options: PlatformOptions): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        PlatformModule.with(options),
        AuditModule,
        AccountsModule,
        AccessModule,
        ContactsModule,
        ConsentModule,
        ScreeningModule,
        InboxesModule,
        ConversationsModule,
        RealtimeModule,
        NotificationsModule,
      ],
      controllers: [DevMailController, HealthController],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: SchemaPipe },
      ],
    };
  }
}
