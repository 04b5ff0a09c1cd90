import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { MemberActor } from '@sotto/kernel';
import { Answers, CONFIG, CurrentActor, Public, SignedIn, type Config } from '@sotto/platform';
import { Me, PasswordChange, PasswordResetConfirm, PasswordResetRequest } from '@sotto/protocol';
import { LoginAnswers } from './login-answers.js';
import { Origins } from '../origins.js';
import { PasswordChanges } from './password-changes.service.js';
import { PasswordResets } from './password-resets.service.js';
import { footprintOf } from './sign-in-footprint.js';

@Controller()
export class PasswordController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly origins: Origins,
    private readonly changes: PasswordChanges,
    private readonly resets: PasswordResets,
    private readonly answers: LoginAnswers,
  ) {}

  @Post('me/password')
  @HttpCode(200)
  @SignedIn()
  @Answers(Me)
  async change(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @CurrentActor() actor: MemberActor,
    @Body({ schema: PasswordChange }) { current, password }: z.output<typeof PasswordChange>,
  ) {
    return this.answers.answer(response, await this.changes.change(actor, current, password, footprintOf(this.config, request)));
  }

  @Post('auth/password-reset')
  @HttpCode(202)
  @Public('Whoever forgot the password cannot sign in; the link goes to the mailbox only')
  async request(@Req() request: Request, @Body({ schema: PasswordResetRequest }) { email }: z.output<typeof PasswordResetRequest>) {
    this.origins.assertNotForeign(request.headers.origin);
    await this.resets.request(email, footprintOf(this.config, request));
  }

  @Post('auth/password-reset/confirm')
  @HttpCode(204)
  @Public('Needs the token from the mail instead')
  async confirm(
    @Req() request: Request,
    @Body({ schema: PasswordResetConfirm }) { token, password }: z.output<typeof PasswordResetConfirm>,
  ) {
    this.origins.assertNotForeign(request.headers.origin);
    await this.resets.confirm(token, password, footprintOf(this.config, request));
  }
}
