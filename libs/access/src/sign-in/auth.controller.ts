import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { SetupService } from '@sotto/accounts';
import type { Request, Response } from 'express';
import type { MemberActor } from '@sotto/kernel';
import { Answers, CONFIG, CurrentActor, Public, SignedIn, addressOf, type Config } from '@sotto/platform';
import { LoginAnswer, LoginInput, Me, SetupInput, SetupState, SignInView } from '@sotto/protocol';
import { z } from 'zod';
import { ApiTokens } from '../api-tokens/api-tokens.service.js';
import { LoginAnswers } from './login-answers.js';
import { LoginService } from './login.service.js';
import { Origins } from '../origins.js';
import { clearDeviceCookie, clearSessionCookie, sessionTokenOf } from '../sessions/session-cookie.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { footprintOf } from './sign-in-footprint.js';
import { SignIns } from './sign-ins.service.js';

@Controller()
export class AuthController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly origins: Origins,
    private readonly setup: SetupService,
    private readonly login: LoginService,
    private readonly answers: LoginAnswers,
    private readonly sessions: SessionsService,
    private readonly signIns: SignIns,
    private readonly tokens: ApiTokens,
  ) {}

  @Get('setup')
  @Public('The first page asks before anybody can sign in')
  @Answers(SetupState)
  async setupState() {
    return { needed: await this.setup.isNeeded() };
  }

  @Post('setup')
  @Public('Needs the one-time code instead')
  @Answers(Me, 201)
  async setUp(@Req() request: Request, @Res({ passthrough: true }) response: Response, @Body({ schema: SetupInput }) input: SetupInput) {
    this.origins.assertNotForeign(request.headers.origin);
    return this.answers.answer(response, await this.login.setUp(input, footprintOf(this.config, request)));
  }

  @Post('auth/login')
  @HttpCode(200)
  @Public('This is how one signs in')
  @Answers(LoginAnswer)
  async logIn(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body({ schema: LoginInput }) input: z.output<typeof LoginInput>,
  ) {
    this.origins.assertNotForeign(request.headers.origin);
    return this.answers.answer(response, await this.login.logIn(request, input, footprintOf(this.config, request)));
  }

  @Post('auth/logout')
  @HttpCode(204)
  @SignedIn({ stages: ['full', 'second-factor', 'enrolment'] })
  async logOut(@Req() request: Request, @CurrentActor() actor: MemberActor, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.login.logOut(actor, footprintOf(this.config, request));
    clearSessionCookie(this.config, response);
    clearDeviceCookie(this.config, response);
    response.setHeader('Clear-Site-Data', '"cookies", "storage", "cache"');
  }

  @Get('me')
  @SignedIn({ tokens: true })
  @Answers(Me)
  async me(@Req() request: Request, @CurrentActor() actor: MemberActor) {
    if (actor.credential === 'token') return this.login.me(actor, await this.tokens.expiryOf(actor));
    const session = await this.sessions.resolve(sessionTokenOf(this.config, request.headers.cookie) ?? '', addressOf(request));
    return this.login.me(actor, session?.expiresAt ?? new Date());
  }

  @Get('me/sign-ins')
  @SignedIn()
  @Answers(z.object({ items: z.array(SignInView) }))
  async mySignIns(@CurrentActor() actor: MemberActor) {
    return { items: await this.signIns.list(actor) };
  }
}
