import { Body, Controller, Delete, Get, HttpCode, Put } from '@nestjs/common';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor, StepUp } from '@sotto/platform';
import { SsoSettings, SsoSettingsInput } from '@sotto/protocol';
import { SsoProviders } from './sso-providers.service.js';

@Controller('settings/sso')
export class SsoSettingsController {
  constructor(private readonly providers: SsoProviders) {}

  @Get()
  @Allow('security.manage')
  @Answers(SsoSettings)
  read(@CurrentActor() actor: MemberActor) {
    return this.providers.settings(actor);
  }

  @Put()
  @Allow('security.manage')
  @StepUp()
  @Answers(SsoSettings)
  save(@CurrentActor() actor: MemberActor, @Body({ schema: SsoSettingsInput }) input: SsoSettingsInput) {
    return this.providers.save(actor, input);
  }

  @Delete()
  @HttpCode(204)
  @Allow('security.manage')
  @StepUp()
  remove(@CurrentActor() actor: MemberActor): Promise<void> {
    return this.providers.remove(actor);
  }
}
