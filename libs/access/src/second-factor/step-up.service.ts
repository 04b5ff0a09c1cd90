import { Injectable } from '@nestjs/common';
import { Passwords, freshUntil } from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import { AppError, Clock, type MemberActor } from '@sotto/kernel';
import { Database, type Tx } from '@sotto/platform';
import type { StepUpState } from '@sotto/protocol';
import type { Answer } from './passkey-answers.js';
import { Passkeys } from './passkeys.service.js';
import { SecondFactorSignIn } from './second-factor-sign-in.service.js';
import { SecondFactorTries, type Try } from './second-factor-tries.js';
import { SecondFactors } from './second-factors.service.js';
import { SessionsService } from '../sessions/sessions.service.js';

/** Proving again who is there, before what matters most. Good for ten minutes, in this session only. */
@Injectable()
export class StepUpService {
  constructor(
    private readonly database: Database,
    private readonly factors: SecondFactors,
    private readonly signIn: SecondFactorSignIn,
    private readonly passkeys: Passkeys,
    private readonly passwords: Passwords,
    private readonly tries: SecondFactorTries,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  state(actor: MemberActor): Promise<StepUpState> {
    return this.database.in(actor.accountId, (tx) => this.stateIn(tx, actor));
  }

  withCode(actor: MemberActor, code: string): Promise<StepUpState> {
    return this.prove(actor, { method: 'code', check: (tx) => this.signIn.useCode(tx, actor, code) });
  }

  withPasskey(actor: MemberActor, answer: Answer): Promise<StepUpState> {
    return this.prove(actor, { method: 'passkey', check: (tx) => this.passkeys.use(tx, actor, answer) });
  }

  /** Only for somebody who has no second factor: throws `second-factor.needed` for others. */
  async withPassword(actor: MemberActor, password: string): Promise<StepUpState> {
    const { methods } = await this.state(actor);
    if (!methods.includes('password'))
      throw new AppError('second-factor.needed', 'Confirm with your second factor instead of the password.');
    return this.prove(actor, { method: 'password', checkFirst: () => this.passwords.isRight(actor, password) });
  }

  private prove(actor: MemberActor, shown: Pick<Try<never>, 'method' | 'check' | 'checkFirst'>): Promise<StepUpState> {
    return this.tries.make(actor, {
      ...shown,
      purpose: 'step-up',
      succeed: async (tx) => {
        const provenAt = await this.sessions.prove(tx, actor);
        await this.audit.record(tx, actor, { action: 'auth.stepped-up', data: { method: shown.method } });
        return this.stateIn(tx, { ...actor, provenAt });
      },
    });
  }

  private async stateIn(tx: Tx, actor: MemberActor): Promise<StepUpState> {
    const methods = await this.factors.methodsOf(tx, actor.memberId);
    return {
      until: freshUntil(actor, this.clock.now())?.toISOString() ?? null,
      methods: methods.length > 0 ? methods : ['password'],
    };
  }
}
