import { Module } from '@nestjs/common';
import { AccountsModule } from '@sotto/accounts';
import { AuditModule } from '@sotto/audit';
import { AccountMailServers } from '@sotto/platform';
import { MailSender } from './mail-sender.js';
import { MailSettingsController } from './mail-settings.controller.js';
import { MailSettingsService } from './mail-settings.service.js';
import { SendMailJob } from './mail.job.js';
import { SweepMailJob } from './sweep.job.js';

/** Notices to members by mail. */
@Module({
  imports: [AccountsModule, AuditModule],
  controllers: [MailSettingsController],
  providers: [AccountMailServers, MailSender, MailSettingsService, SendMailJob, SweepMailJob],
})
export class NotificationsModule {}
