import { Controller, Get, Inject, Logger, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '@sotto/kernel';
import { Answers, CONFIG, Public, type Config } from '@sotto/platform';
import { Id, SignInMethods } from '@sotto/protocol';
import { LoginAnswers } from '../sign-in/login-answers.js';
import { clearSsoCookie, setSsoCookie, ssoTokenOf } from '../sessions/session-cookie.js';
import { footprintOf } from '../sign-in/sign-in-footprint.js';
import { FLOW_MS } from './sso-flows.js';
import { SsoProviders } from './sso-providers.service.js';
import { SsoService } from './sso.service.js';

const SEE_OTHER = 303;
const HOME = '/';
const LOGIN = '/login';
const FAILED = '/login?sso=failed';

/** Pages a browser goes through, so every answer but the list of methods sends it on. */
@Controller('auth')
export class SsoController {
  private readonly log = new Logger('SingleSignOn');

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly providers: SsoProviders,
    private readonly sso: SsoService,
    private readonly answers: LoginAnswers,
  ) {}

  @Get('methods')
  @Public('The sign-in page asks before anybody is signed in')
  @Answers(SignInMethods)
  methods() {
    return this.providers.methods();
  }

  @Get('sso/callback')
  @Public('Needs what the identity provider sent along, in the browser that was sent there')
  async comeBack(@Req() request: Request, @Res() response: Response): Promise<void> {
    const sealed = ssoTokenOf(this.config, request.headers.cookie);
    clearSsoCookie(this.config, response);
    await this.sendOn(response, async () => {
      const opened = await this.sso.comeBack(request, sealed, footprintOf(this.config, request));
      this.answers.give(response, opened);
      return opened.actor.stage === 'full' ? HOME : LOGIN;
    });
  }

  @Get('sso/:accountId')
  @Public('This is how one signs in')
  async leave(@Req() request: Request, @Res() response: Response, @Param('accountId', { schema: Id }) accountId: Id): Promise<void> {
    await this.sendOn(response, async () => {
      const { location, sealed } = await this.sso.leave(request, accountId, footprintOf(this.config, request));
      setSsoCookie(this.config, response, sealed, FLOW_MS);
      return location;
    });
  }

  /** Says nothing of why it did not work. */
  private async sendOn(response: Response, work: () => Promise<string>): Promise<void> {
    try {
      response.redirect(SEE_OTHER, await work());
    } catch (error) {
      if (!(error instanceof AppError)) this.log.error(error instanceof Error ? (error.stack ?? error.message) : 'unknown');
      response.redirect(SEE_OTHER, FAILED);
    }
  }
}
