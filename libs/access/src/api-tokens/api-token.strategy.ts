import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import passport, { type StrategyCreated } from 'passport';
import { addressOf } from '@sotto/platform';
import { ApiTokens } from './api-tokens.service.js';
import { bearerOf } from '../sessions/session-cookie.js';

/** Passport's way for programs: `Authorization: Bearer sotto_…`, and in no other place of a request. */
@Injectable()
export class ApiTokenStrategy extends passport.Strategy {
  override name = 'api-token';

  constructor(readonly tokens: ApiTokens) {
    super();
  }

  override async authenticate(this: StrategyCreated<this>, request: Request): Promise<void> {
    const token = bearerOf(request);
    const actor = token && ApiTokens.isToken(token) ? await this.tokens.resolve(token, addressOf(request)) : null;
    if (actor) this.success(actor);
    else this.fail(401);
  }
}
