import { Injectable } from '@nestjs/common';
import { AuditLog } from '@sotto/audit';
import { AppError, type MemberActor } from '@sotto/kernel';
import { Database, Limits, type Limit, type Tx } from '@sotto/platform';
import { SessionsService } from '../sessions/sessions.service.js';

/** Wrong ones within a window, before nobody may try for this member until it ends. */
const TRIES = 5;
const WINDOW_SECONDS = 5 * 60;
/** Longer than a sign-in may stand unfinished. */
const SESSION_SECONDS = 10 * 60;

export type Purpose = 'sign-in' | 'step-up';

/** What is tried. */
export interface Try<T> {
  purpose: Purpose;
  /** What is shown: a code, a passkey, a password. */
  method: 'code' | 'passkey' | 'password';
  /** Says whether it was right, before any transaction where that takes long. */
  checkFirst?: () => Promise<boolean>;
  check?: (tx: Tx) => Promise<boolean>;
  /** What follows, in the same transaction. */
  succeed: (tx: Tx) => Promise<T>;
  /** Written down when it was wrong. */
  fail?: (tx: Tx) => Promise<void>;
}

/**
 * Counts what is shown as proof of who somebody is. Only somebody who knew the password gets here, so strangers cannot use a
 * member's tries up; and what a half-finished sign-in uses up does not keep the member from confirming at the desk.
 */
@Injectable()
export class SecondFactorTries {
  private readonly byMember: Record<Purpose, Limit>;
  private readonly bySession: Limit;

  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLog,
    limits: Limits,
  ) {
    const byMember = (name: Purpose) =>
      limits.make({ name: `second-factor-${name}`, points: TRIES, seconds: WINDOW_SECONDS, withoutRedis: 'closed' });
    this.byMember = { 'sign-in': byMember('sign-in'), 'step-up': byMember('step-up') };
    // Counts the wrong ones only; the one too many ends the session.
    this.bySession = limits.make({ name: 'second-factor-session', points: TRIES - 1, seconds: SESSION_SECONDS, withoutRedis: 'closed' });
  }

  /** Throws `rate.limited` before anything is checked, `auth.code-wrong` or `auth.failed`; the fifth wrong one also ends the session. */
  async make<T>(actor: MemberActor, { purpose, method, checkFirst, check, succeed, fail }: Try<T>): Promise<T> {
    // Counted before it is checked: many at once cannot all be the first.
    await this.byMember[purpose].take(actor.memberId);
    const isRight = await checkFirst?.();
    const wrong = method === 'password' ? 'auth.failed' : 'auth.code-wrong';
    const outcome = await this.database.in(actor.accountId, async (tx) => {
      if (isRight ?? (await check?.(tx))) return { value: await succeed(tx) };
      await fail?.(tx);
      await this.audit.record(tx, actor, { action: wrong, data: { purpose, method } });
      return null;
    });
    if (!outcome) {
      await this.endWhenTooMany(actor);
      throw new AppError(wrong, method === 'password' ? 'The password is not right.' : undefined);
    }
    await this.byMember[purpose].giveBack(actor.memberId);
    return outcome.value;
  }

  private async endWhenTooMany(actor: MemberActor): Promise<void> {
    try {
      await this.bySession.take(actor.sessionId);
    } catch {
      await this.sessions.close(actor, 'access-changed');
    }
  }
}
