import { Module } from '@nestjs/common';
import { SendMailJob } from './mail.job.js';

@Module({ providers: [SendMailJob] })
export class NotificationsModule {}
