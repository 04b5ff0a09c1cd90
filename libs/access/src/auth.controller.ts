import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { SetupService } from '@sotto/accounts';
import type { Request, Response } from 'express';
import type { MemberActor } from '@sotto/kernel';
import { Answers, CONFIG, CurrentActor, Public, SignedIn, addressOf, type Config } from '@sotto/platform';
import { LoginAnswer, LoginInput, Me, SetupInput, SetupState } from '@sotto/protocol';
import { LoginService } from './login.service.js';
import { Origins } from './origins.js';
import { clearSessionCookie, sessionTokenOf, setSessionCookie } from './session-cookie.js';
import { SessionsService, type Footprint, type OpenedSession } from './sessions.service.js';

const MAX_AGENT = 300;
const footprintOf = (request: Request): Footprint => ({
  address: addressOf(request),
  userAgent: (request.headers['user-agent'] ?? '').slice(0, MAX_AGENT),
});

@Controller()
export class AuthController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly origins: Origins,
    private readonly setup: SetupService,
    private readonly login: LoginService,
    private readonly sessions: SessionsService,
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
    return this.answer(response, await this.login.setUp(input, footprintOf(request)));
  }

  @Post('auth/login')
  @HttpCode(200)
  @Public('This is how one signs in')
  @Answers(LoginAnswer)
  async logIn(@Req() request: Request, @Res({ passthrough: true }) response: Response, @Body({ schema: LoginInput }) input: LoginInput) {
    this.origins.assertNotForeign(request.headers.origin);
    return this.answer(response, await this.login.logIn(input, footprintOf(request)));
  }

  @Post('auth/logout')
  @HttpCode(204)
  @SignedIn({ stages: ['full', 'second-factor', 'enrolment'] })
  async logOut(@CurrentActor() actor: MemberActor, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.sessions.close(actor, 'logged-out');
    clearSessionCookie(this.config, response);
    response.setHeader('Clear-Site-Data', '"cookies", "storage", "cache"');
  }

  @Get('me')
  @SignedIn({ tokens: true })
  @Answers(Me)
  async me(@Req() request: Request, @CurrentActor() actor: MemberActor) {
    const session = await this.sessions.resolve(sessionTokenOf(this.config, request.headers.cookie) ?? '', addressOf(request));
    return this.login.me(actor, session?.expiresAt ?? new Date());
  }

  /** Sets the cookie and says how far the sign-in is. */
  private async answer(response: Response, opened: OpenedSession): Promise<LoginAnswer> {
    setSessionCookie(this.config, response, opened.token);
    if (opened.actor.stage === 'second-factor') return { secondFactor: ['totp', 'recovery'] };
    if (opened.actor.stage === 'enrolment') return { enrolment: true };
    return this.login.me(opened.actor, opened.expiresAt);
  }
}
