import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import type { z } from 'zod';
import type { MemberActor } from '@sotto/kernel';
import { Answers, CurrentActor, SignedIn } from '@sotto/platform';
import { PasskeyAnswer, StepUpInput, StepUpState, WebAuthnOptions } from '@sotto/protocol';
import { Passkeys } from './passkeys.service.js';
import { StepUpService } from './step-up.service.js';

/** Also for somebody who has to set up a second factor first: that asks for a proof, too. */
const STAGES = { stages: ['full', 'enrolment'] } as const;

@Controller('auth/step-up')
export class StepUpController {
  constructor(
    private readonly stepUp: StepUpService,
    private readonly passkeys: Passkeys,
  ) {}

  @Get()
  @SignedIn(STAGES)
  @Answers(StepUpState)
  state(@CurrentActor() actor: MemberActor) {
    return this.stepUp.state(actor);
  }

  @Post()
  @HttpCode(200)
  @SignedIn(STAGES)
  @Answers(StepUpState)
  prove(@CurrentActor() actor: MemberActor, @Body({ schema: StepUpInput }) input: StepUpInput) {
    return 'code' in input ? this.stepUp.withCode(actor, input.code) : this.stepUp.withPassword(actor, input.password);
  }

  @Post('passkey/options')
  @HttpCode(200)
  @SignedIn(STAGES)
  @Answers(WebAuthnOptions)
  passkeyOptions(@CurrentActor() actor: MemberActor) {
    return this.passkeys.authenticationOptions(actor);
  }

  @Post('passkey')
  @HttpCode(200)
  @SignedIn(STAGES)
  @Answers(StepUpState)
  proveWithPasskey(@CurrentActor() actor: MemberActor, @Body({ schema: PasskeyAnswer }) { response }: z.infer<typeof PasskeyAnswer>) {
    return this.stepUp.withPasskey(actor, response);
  }
}
