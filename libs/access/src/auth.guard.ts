import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { AppError, Clock, type Actor, type MemberActor } from '@sotto/kernel';
import { CONFIG, Limits, RULE, STEP_UP, addressOf, type Config, type Limit, type Rule, type WithActor } from '@sotto/platform';
import { ApiTokenStrategy } from './api-tokens/api-token.strategy.js';
import { Origins } from './origins.js';
import { bearerOf, sessionTokenOf } from './sessions/session-cookie.js';
import { SessionsService } from './sessions/sessions.service.js';
import { assertFinished } from './sign-in/stages.js';
import { assertFresh } from './second-factor/step-up.js';
import { authenticate } from './sign-in/strategies.js';
import { VisitorSessions } from './sessions/visitor-sessions.service.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Finds out who calls and refuses whatever the route's rule does not allow. Sockets bring their actor along. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly memberCalls: Limit;
  private readonly tokenCalls: Limit;

  constructor(
    private readonly reflector: Reflector,
    @Inject(CONFIG) private readonly config: Config,
    private readonly origins: Origins,
    private readonly sessions: SessionsService,
    private readonly visitors: VisitorSessions,
    private readonly programs: ApiTokenStrategy,
    private readonly clock: Clock,
    limits: Limits,
  ) {
    this.memberCalls = limits.make({ name: 'member-calls', points: config.limits.memberCalls, seconds: 60, withoutRedis: 'local' });
    this.tokenCalls = limits.make({ name: 'token-calls', points: config.limits.tokenCalls, seconds: 60, withoutRedis: 'local' });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    const rule = this.reflector.getAllAndOverride<Rule | undefined>(RULE, places);
    if (!rule) throw new AppError('permission.denied');
    if ('public' in rule) return true;
    const actor = await this.actorOf(context);
    if ('allow' in rule) assertAllowed(actor, rule);
    else assertSignedIn(actor, rule);
    if (this.reflector.getAllAndOverride<true | undefined>(STEP_UP, places)) {
      if (actor.kind !== 'member') throw new AppError('permission.denied');
      assertFresh(actor, this.clock.now());
    }
    return true;
  }

  private async actorOf(context: ExecutionContext): Promise<Actor> {
    if (context.getType() === 'ws') {
      const { actor } = context.switchToWs().getClient<{ data: WithActor }>().data;
      if (!actor) throw new AppError('auth.required');
      return actor;
    }
    const request = context.switchToHttp().getRequest<Request & WithActor>();
    request.actor = await this.callerOf(request);
    return request.actor;
  }

  private async callerOf(request: Request): Promise<Actor> {
    if (request.headers.authorization !== undefined) return this.bearerOf(request);
    const token = sessionTokenOf(this.config, request.headers.cookie);
    if (!token) throw new AppError('auth.required');
    if (!SAFE_METHODS.has(request.method)) this.origins.assertOwn(request.headers.origin);
    const session = await this.sessions.resolve(token, addressOf(request));
    if (!session) throw new AppError('auth.required');
    await this.memberCalls.take(session.actor.memberId);
    return session.actor;
  }

  /** A visitor or a program. Neither comes by a cookie, so no page can make a browser call in their name. */
  private async bearerOf(request: Request): Promise<Actor> {
    const bearer = bearerOf(request);
    if (bearer && VisitorSessions.isToken(bearer)) return this.visitors.require(bearer);
    const verdict = await authenticate<MemberActor>(this.programs, request);
    if (!('user' in verdict)) throw new AppError('auth.required');
    await this.tokenCalls.take(verdict.user.sessionId);
    return verdict.user;
  }
}

function assertAllowed(actor: Actor, rule: Extract<Rule, { allow: unknown }>): void {
  if (actor.kind === 'member') assertFinished(actor);
  if (!actor.permissions.has(rule.allow)) throw new AppError('permission.denied');
}

function assertSignedIn(actor: Actor, rule: Extract<Rule, { signedIn: true }>): asserts actor is MemberActor {
  if (actor.kind !== 'member') throw new AppError('permission.denied');
  if (actor.credential === 'token' && !rule.tokens) throw new AppError('permission.denied', 'Only a person may do this, not a program.');
  if (!rule.stages.includes(actor.stage)) {
    assertFinished(actor);
    // What is for unfinished sign-ins only is of no use later.
    throw new AppError('permission.denied');
  }
}
