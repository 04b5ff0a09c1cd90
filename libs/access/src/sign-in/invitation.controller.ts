import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { Answers, CONFIG, Public, type Config } from '@sotto/platform';
import { InvitationAccept, InvitationToken, InvitationView, LoginAnswer } from '@sotto/protocol';
import { InvitationLinks } from './invitation-links.service.js';
import { LoginAnswers } from './login-answers.js';
import { Origins } from '../origins.js';
import { footprintOf } from './sign-in-footprint.js';

/** Tokens come in the body, so that no log of addresses holds one. */
@Controller('auth/invitation')
export class InvitationController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly origins: Origins,
    private readonly links: InvitationLinks,
    private readonly answers: LoginAnswers,
  ) {}

  @Post()
  @HttpCode(200)
  @Public('Needs the token of an invitation instead')
  @Answers(InvitationView)
  look(@Req() request: Request, @Body({ schema: InvitationToken }) { token }: z.output<typeof InvitationToken>) {
    this.origins.assertNotForeign(request.headers.origin);
    return this.links.look(token, footprintOf(this.config, request));
  }

  @Post('accept')
  @HttpCode(200)
  @Public('Needs the token of an invitation instead')
  @Answers(LoginAnswer)
  async accept(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body({ schema: InvitationAccept }) input: InvitationAccept,
  ) {
    this.origins.assertNotForeign(request.headers.origin);
    return this.answers.answer(response, await this.links.accept(input, footprintOf(this.config, request)));
  }
}
