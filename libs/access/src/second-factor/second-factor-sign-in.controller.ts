import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { MemberActor } from '@sotto/kernel';
import { Answers, CONFIG, CurrentActor, Public, SignedIn, addressOf, type Config } from '@sotto/platform';
import { Me, PasskeyAnswer, SecondFactorInput, SignInState, WebAuthnOptions } from '@sotto/protocol';
import { LoginAnswers } from '../sign-in/login-answers.js';
import { Passkeys } from './passkeys.service.js';
import { SecondFactorSignIn } from './second-factor-sign-in.service.js';
import { sessionTokenOf } from '../sessions/session-cookie.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { footprintOf } from '../sign-in/sign-in-footprint.js';

const HALF = { stages: ['second-factor'] } as const;

@Controller('auth')
export class SecondFactorSignInController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly signIn: SecondFactorSignIn,
    private readonly passkeys: Passkeys,
    private readonly sessions: SessionsService,
    private readonly answers: LoginAnswers,
  ) {}

  @Get('state')
  @Public('The sign-in page asks how far this browser has come')
  @Answers(SignInState)
  async state(@Req() request: Request): Promise<SignInState> {
    const session = await this.sessions.resolve(sessionTokenOf(this.config, request.headers.cookie) ?? '', addressOf(request));
    if (session?.actor.stage !== 'second-factor') return { stage: session?.actor.stage ?? null, secondFactor: [] };
    return { stage: 'second-factor', secondFactor: await this.signIn.methodsOf(session.actor) };
  }

  @Post('second-factor')
  @HttpCode(200)
  @SignedIn(HALF)
  @Answers(Me)
  async withCode(
    @CurrentActor() actor: MemberActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body({ schema: SecondFactorInput }) { code }: SecondFactorInput,
  ) {
    return this.answers.answer(response, await this.signIn.withCode(actor, code, footprintOf(this.config, request)));
  }

  @Post('second-factor/passkey/options')
  @HttpCode(200)
  @SignedIn(HALF)
  @Answers(WebAuthnOptions)
  passkeyOptions(@CurrentActor() actor: MemberActor) {
    return this.passkeys.authenticationOptions(actor);
  }

  @Post('second-factor/passkey')
  @HttpCode(200)
  @SignedIn(HALF)
  @Answers(Me)
  async withPasskey(
    @CurrentActor() actor: MemberActor,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body({ schema: PasskeyAnswer }) input: z.infer<typeof PasskeyAnswer>,
  ) {
    return this.answers.answer(response, await this.signIn.withPasskey(actor, input.response, footprintOf(this.config, request)));
  }
}
