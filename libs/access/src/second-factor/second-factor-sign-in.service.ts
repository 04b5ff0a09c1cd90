import { Injectable } from '@nestjs/common';
import { AuditLog } from '@sotto/audit';
import type { MemberActor } from '@sotto/kernel';
import { Database, Outbox, type Tx } from '@sotto/platform';
import type { SecondFactor } from '@sotto/protocol';
import { LoginService } from '../sign-in/login.service.js';
import type { Answer } from './passkey-answers.js';
import { Passkeys } from './passkeys.service.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { SecondFactorTries, type Try } from './second-factor-tries.js';
import { SecondFactors } from './second-factors.service.js';
import { SessionsService, type OpenedSession } from '../sessions/sessions.service.js';
import type { Footprint } from '../sign-in/sign-in-footprint.js';
import { SignIns } from '../sign-in/sign-ins.service.js';
import { TotpService } from './totp.service.js';

const IS_TOTP = /^[0-9]{6}$/;

/** The second half of a sign-in, and what a code is worth anywhere. */
@Injectable()
export class SecondFactorSignIn {
  constructor(
    private readonly database: Database,
    private readonly factors: SecondFactors,
    private readonly totp: TotpService,
    private readonly recovery: RecoveryCodesService,
    private readonly passkeys: Passkeys,
    private readonly tries: SecondFactorTries,
    private readonly sessions: SessionsService,
    private readonly login: LoginService,
    private readonly signIns: SignIns,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
  ) {}

  methodsOf(actor: MemberActor): Promise<SecondFactor[]> {
    return this.database.in(actor.accountId, (tx) => this.factors.methodsOf(tx, actor.memberId));
  }

  /** Goes on under a new token. Throws `auth.code-wrong` or `rate.limited`. */
  withCode(actor: MemberActor, code: string, footprint: Footprint): Promise<OpenedSession> {
    return this.finish(actor, footprint, { method: 'code', check: (tx) => this.useCode(tx, actor, code) });
  }

  withPasskey(actor: MemberActor, answer: Answer, footprint: Footprint): Promise<OpenedSession> {
    return this.finish(actor, footprint, { method: 'passkey', check: (tx) => this.passkeys.use(tx, actor, answer) });
  }

  /** Uses up a code of the authenticator app or a recovery code. Says whether it was right. */
  async useCode(tx: Tx, actor: MemberActor, code: string): Promise<boolean> {
    if (IS_TOTP.test(code)) return this.totp.use(tx, actor, code);
    if (!(await this.recovery.use(tx, actor, code))) return false;
    const left = await this.recovery.left(tx, actor);
    await this.outbox.add(tx, actor, 'two-factor-changed', { change: 'recovery-used' });
    const target = { kind: 'member', id: actor.memberId } as const;
    await this.audit.record(tx, actor, { action: 'second-factor.recovery-used', target, data: { left } });
    return true;
  }

  private finish(actor: MemberActor, footprint: Footprint, shown: Pick<Try<never>, 'method' | 'check'>): Promise<OpenedSession> {
    return this.tries.make(actor, {
      ...shown,
      purpose: 'sign-in',
      succeed: async (tx) => this.login.completed(tx, await this.sessions.renew(tx, actor, footprint), footprint),
      fail: (tx) => this.signIns.note(tx, actor, 'code-wrong', footprint),
    });
  }
}
