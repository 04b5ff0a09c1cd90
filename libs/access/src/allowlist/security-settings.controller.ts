import { Body, Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CurrentActor, StepUp } from '@sotto/platform';
import { SecuritySettings, SecuritySettingsInput, TestAddress, TestedAddress } from '@sotto/protocol';
import type { z } from 'zod';
import { SecuritySettingsService } from './security-settings.service.js';

@Controller('settings/security')
export class SecuritySettingsController {
  constructor(private readonly security: SecuritySettingsService) {}

  @Get()
  @Allow('security.read')
  @Answers(SecuritySettings)
  get(@CurrentActor() actor: MemberActor) {
    return this.security.get(actor);
  }

  @Put()
  @Allow('security.manage')
  @StepUp()
  @Answers(SecuritySettings)
  change(@CurrentActor() actor: MemberActor, @Body({ schema: SecuritySettingsInput }) input: SecuritySettingsInput) {
    return this.security.change(actor, input);
  }

  @Post('test-address')
  @HttpCode(200)
  @Allow('security.read')
  @Answers(TestedAddress)
  test(@CurrentActor() actor: MemberActor, @Body({ schema: TestAddress }) input: z.infer<typeof TestAddress>) {
    return this.security.test(actor, input);
  }
}
