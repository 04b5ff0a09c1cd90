import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { MemberActor } from '@sotto/kernel';
import { Answers, CONFIG, CurrentActor, SignedIn, type Config } from '@sotto/platform';
import { Me, OwnershipAccept } from '@sotto/protocol';
import { LoginAnswers } from './login-answers.js';
import { OwnershipAcceptance } from './ownership-acceptance.service.js';
import { footprintOf } from './sign-in-footprint.js';

@Controller('ownership')
export class OwnershipAcceptanceController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly acceptance: OwnershipAcceptance,
    private readonly answers: LoginAnswers,
  ) {}

  @Post('accept')
  @HttpCode(200)
  @SignedIn()
  @Answers(Me)
  async accept(
    @CurrentActor() actor: MemberActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body({ schema: OwnershipAccept }) { code }: z.output<typeof OwnershipAccept>,
  ) {
    return this.answers.answer(response, await this.acceptance.accept(actor, code, footprintOf(this.config, request)));
  }
}
