import { Inject, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { Clock } from '@sotto/kernel';
import { CONFIG, type Config } from '@sotto/platform';
import type { LoginAnswer } from '@sotto/protocol';
import { DEVICE_MS } from './devices.service.js';
import { LoginService } from './login.service.js';
import { SecondFactorSignIn } from '../second-factor/second-factor-sign-in.service.js';
import { setDeviceCookie, setSessionCookie } from '../sessions/session-cookie.js';
import type { OpenedSession } from '../sessions/sessions.service.js';

/** The one way a session reaches a browser, whatever began it. */
@Injectable()
export class LoginAnswers {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly login: LoginService,
    private readonly secondFactor: SecondFactorSignIn,
    private readonly clock: Clock,
  ) {}

  /** Sets the cookies. */
  give(response: Response, { token, remembered, expiresAt, actor, device }: OpenedSession): void {
    const keptMs = remembered && actor.stage === 'full' ? expiresAt.getTime() - this.clock.now().getTime() : null;
    setSessionCookie(this.config, response, token, keptMs);
    if (device !== undefined) setDeviceCookie(this.config, response, device, DEVICE_MS);
  }

  /** Sets the cookies and says how far the sign-in is. */
  async answer(response: Response, opened: OpenedSession): Promise<LoginAnswer> {
    this.give(response, opened);
    if (opened.actor.stage === 'second-factor') return { secondFactor: await this.secondFactor.methodsOf(opened.actor) };
    if (opened.actor.stage === 'enrolment') return { enrolment: true };
    return this.login.me(opened.actor, opened.expiresAt);
  }
}
