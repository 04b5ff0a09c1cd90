import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { MemberActor } from '@sotto/kernel';
import { Allow, Answers, CONFIG, CurrentActor, SignedIn, StepUp, type Config } from '@sotto/platform';
import { Id, NewPasskey, RecoveryCodes, SecondFactorState, TotpConfirm, TotpEnrolment, WebAuthnOptions } from '@sotto/protocol';
import { LoginAnswers } from '../sign-in/login-answers.js';
import { SecondFactorReset } from './second-factor-reset.service.js';
import { SecondFactorService, type Added } from './second-factor.service.js';
import { footprintOf } from '../sign-in/sign-in-footprint.js';

/** Also for somebody who may do nothing else before they have one. */
const ENROLLING = { stages: ['full', 'enrolment'] } as const;

@Controller()
export class SecondFactorController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly own: SecondFactorService,
    private readonly others: SecondFactorReset,
    private readonly answers: LoginAnswers,
  ) {}

  @Get('second-factor')
  @SignedIn(ENROLLING)
  @Answers(SecondFactorState)
  state(@CurrentActor() actor: MemberActor) {
    return this.own.state(actor);
  }

  @Post('second-factor/totp')
  @SignedIn(ENROLLING)
  @StepUp()
  @Answers(TotpEnrolment, 201)
  beginTotp(@CurrentActor() actor: MemberActor) {
    return this.own.beginTotp(actor);
  }

  @Post('second-factor/totp/confirm')
  @HttpCode(200)
  @SignedIn(ENROLLING)
  @Answers(RecoveryCodes)
  async confirmTotp(
    @CurrentActor() actor: MemberActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body({ schema: TotpConfirm }) { code }: z.infer<typeof TotpConfirm>,
  ) {
    return this.answer(response, await this.own.confirmTotp(actor, code, footprintOf(this.config, request)));
  }

  @Delete('second-factor/totp')
  @HttpCode(204)
  @SignedIn()
  @StepUp()
  removeTotp(@CurrentActor() actor: MemberActor) {
    return this.own.removeTotp(actor);
  }

  @Post('second-factor/recovery-codes')
  @HttpCode(200)
  @SignedIn()
  @StepUp()
  @Answers(RecoveryCodes)
  async renewRecoveryCodes(@CurrentActor() actor: MemberActor): Promise<RecoveryCodes> {
    return { recoveryCodes: await this.own.renewRecoveryCodes(actor) };
  }

  @Post('second-factor/passkeys/options')
  @HttpCode(200)
  @SignedIn(ENROLLING)
  @StepUp()
  @Answers(WebAuthnOptions)
  passkeyOptions(@CurrentActor() actor: MemberActor) {
    return this.own.passkeyOptions(actor);
  }

  // Asks for the proof again: a challenge for proving it is no leave to add one.
  @Post('second-factor/passkeys')
  @SignedIn(ENROLLING)
  @StepUp()
  @Answers(RecoveryCodes, 201)
  async addPasskey(
    @CurrentActor() actor: MemberActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body({ schema: NewPasskey }) input: z.infer<typeof NewPasskey>,
  ) {
    return this.answer(response, await this.own.addPasskey(actor, input.name, input.response, footprintOf(this.config, request)));
  }

  @Delete('second-factor/passkeys/:id')
  @HttpCode(204)
  @SignedIn()
  @StepUp()
  removePasskey(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: Id) {
    return this.own.removePasskey(actor, id);
  }

  @Delete('members/:id/second-factor')
  @HttpCode(204)
  @Allow('member.manage')
  @StepUp()
  reset(@CurrentActor() actor: MemberActor, @Param('id', { schema: Id }) id: Id) {
    return this.others.reset(actor, id);
  }

  /** The codes; and the cookie of a sign-in that is complete now. */
  private answer(response: Response, { recoveryCodes, opened }: Added): RecoveryCodes {
    if (opened) this.answers.give(response, opened);
    return { recoveryCodes };
  }
}
