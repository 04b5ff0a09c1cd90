import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { defer, from, switchMap, catchError, type Observable } from 'rxjs';
import { AppError, Clock, type MemberActor } from '@sotto/kernel';
import { Database, KeyRing, SHOWN_ONCE, isUniqueViolation, type WithActor } from '@sotto/platform';
import { IdempotentRequest } from './idempotent-request.entity.js';

/** Visible ASCII, as the header of that name is meant (draft-ietf-httpapi-idempotency-key-header). */
const KEY = /^[\x21-\x7e]{1,200}$/;
const RETRY_AFTER_SECONDS = 1;

/** Programs of the same member do not know of each other's keys. */
const ownerOf = (actor: MemberActor): string[] => (actor.credential === 'token' ? [actor.sessionId] : []);

interface Claim {
  actor: MemberActor;
  key: string;
}

/**
 * Lets a member's POST be sent again with the same Idempotency-Key: the second time gets the first
 * answer, another request under the same key is refused. Kept for a day. Messages need no key: their
 * clientMessageId does it for good.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<Request & WithActor>();
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || key === undefined || request.actor?.kind !== 'member') return next.handle();
    if (typeof key !== 'string' || !KEY.test(key)) {
      throw new AppError('input.invalid', undefined, {
        errors: [{ path: 'Idempotency-Key', message: 'must be 1 to 200 visible characters' }],
      });
    }
    // Callers choose their keys, so one may hold an address.
    const claim: Claim = { actor: request.actor, key: this.keys.keyedHash(...ownerOf(request.actor), key) };
    const response = context.switchToHttp().getResponse<Response>();
    const isSecret = Reflect.hasMetadata(SHOWN_ONCE, context.getHandler());
    return defer(() => from(this.begin(claim, request))).pipe(
      switchMap((earlier) => {
        if (earlier) {
          response.status(earlier.status);
          return from([earlier.answer]);
        }
        return next.handle().pipe(
          switchMap((answer: unknown) => from(this.remember(claim, response.statusCode, answer, isSecret))),
          catchError((error: unknown) => from(this.forget(claim, error))),
        );
      }),
    );
  }

  /** Claims the key, or gives the answer of whoever had it first. */
  private async begin({ actor, key }: Claim, request: Request): Promise<{ status: number; answer: unknown } | null> {
    const requestIndex = await this.keys.index(
      actor.accountId,
      'idempotent-request',
      `${request.method} ${request.path}\n${JSON.stringify(request.body ?? null)}`,
    );
    try {
      await this.database.in(actor.accountId, async (tx) => {
        tx.persist(
          tx.create(IdempotentRequest, {
            memberId: actor.memberId,
            key,
            accountId: actor.accountId,
            requestIndex,
            createdAt: this.clock.now(),
          }),
        );
        await tx.flush();
      });
      return null;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
    const earlier = await this.database.in(actor.accountId, (tx) => tx.findOne(IdempotentRequest, { memberId: actor.memberId, key }));
    if (earlier && earlier.requestIndex !== requestIndex) throw new AppError('request.key-reused');
    if (earlier?.status && !earlier.answerSealed)
      throw new AppError('request.key-reused', 'This was done the first time. The answer held a secret, which is not kept.');
    if (!earlier?.answerSealed || !earlier.status) {
      throw new AppError('overloaded', 'The first request with this Idempotency-Key is still running; try again in a moment.', {
        retryAfter: RETRY_AFTER_SECONDS,
      });
    }
    const cipher = await this.keys.cipher(actor.accountId, actor.memberId);
    return {
      status: earlier.status,
      answer: JSON.parse(cipher.open('idempotent_request', key, 'answer', earlier.answerSealed)) as unknown,
    };
  }

  private async remember({ actor, key }: Claim, status: number, answer: unknown, isSecret: boolean): Promise<unknown> {
    const cipher = await this.keys.cipher(actor.accountId, actor.memberId);
    const answerSealed = isSecret ? null : cipher.seal('idempotent_request', key, 'answer', JSON.stringify(answer ?? null));
    await this.database.in(actor.accountId, (tx) =>
      tx.nativeUpdate(IdempotentRequest, { memberId: actor.memberId, key }, { status, answerSealed }),
    );
    return answer;
  }

  /** What failed changed nothing, so it may be tried again under the same key. */
  private async forget({ actor, key }: Claim, error: unknown): Promise<never> {
    await this.database.in(actor.accountId, (tx) => tx.nativeDelete(IdempotentRequest, { memberId: actor.memberId, key }));
    throw error;
  }
}
