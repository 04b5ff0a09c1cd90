import { Body, Controller, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor, StepUp } from '@sotto/platform';
import { MailSettings, MailSettingsInput, MailTest } from '@sotto/protocol';
import { MailSettingsService } from './mail-settings.service.js';

@Controller('settings/mail')
export class MailSettingsController {
  constructor(private readonly settings: MailSettingsService) {}

  @Get()
  @Allow('mail.manage')
  @Answers(MailSettings)
  get(@CurrentActor() actor: MemberActor) {
    return this.settings.get(actor);
  }

  @Put()
  @Allow('mail.manage')
  @StepUp()
  @Answers(MailSettings)
  put(@CurrentActor() actor: MemberActor, @Body({ schema: MailSettingsInput }) input: MailSettingsInput) {
    return this.settings.put(actor, input);
  }

  @Delete()
  @Allow('mail.manage')
  @StepUp()
  @Answers(MailSettings)
  remove(@CurrentActor() actor: MemberActor) {
    return this.settings.remove(actor);
  }

  @Post('test')
  @HttpCode(200)
  @Allow('mail.manage')
  @Answers(MailTest)
  test(@CurrentActor() actor: MemberActor) {
    return this.settings.test(actor);
  }
}
