import { Injectable } from '@nestjs/common';
import { MembersService, assertMayActOn } from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import { AppError, notFound, type MemberActor } from '@sotto/kernel';
import { Database, Outbox } from '@sotto/platform';
import { Passkeys } from './passkeys.service.js';
import { SecondFactors } from './second-factors.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { TotpService } from './totp.service.js';

/** Taking a colleague's second factors away who has lost them. They sign in with their password and set up new ones. */
@Injectable()
export class SecondFactorReset {
  constructor(
    private readonly database: Database,
    private readonly members: MembersService,
    private readonly factors: SecondFactors,
    private readonly totp: TotpService,
    private readonly passkeys: Passkeys,
    private readonly sessions: SessionsService,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
  ) {}

  /** Ends all the member's sessions. An owner's factors are nobody's to take: whoever could would have the account. */
  async reset(actor: MemberActor, memberId: string): Promise<void> {
    await this.database.in(actor.accountId, async (tx) => {
      await this.members.hold(tx, memberId);
      const standing = await this.members.standing(tx, memberId);
      if (!standing) throw notFound();
      assertMayActOn(actor, memberId, standing);
      if (standing.role === 'owner') throw new AppError('member.outranks-you');
      const who = { accountId: actor.accountId, memberId };
      await this.totp.remove(tx, who);
      await this.passkeys.removeAll(tx, memberId);
      await this.factors.clear(tx, who);
      await this.sessions.endAll(tx, who, 'access-changed');
      await this.outbox.add(tx, who, 'two-factor-changed', { change: 'reset' });
      await this.audit.record(tx, actor, { action: 'second-factor.reset', target: { kind: 'member', id: memberId } });
    });
  }
}
