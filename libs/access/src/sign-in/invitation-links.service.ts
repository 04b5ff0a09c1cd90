import { Injectable } from '@nestjs/common';
import { InvitationsService, Passwords, type Credentials } from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import { AppError } from '@sotto/kernel';
import type { Tx } from '@sotto/platform';
import type { InvitationAccept, InvitationView } from '@sotto/protocol';
import { Allowlists } from '../allowlist/allowlists.service.js';
import { LoginThrottle } from './login-throttle.js';
import { LoginService } from './login.service.js';
import type { OpenedSession } from '../sessions/sessions.service.js';
import type { Footprint } from './sign-in-footprint.js';

/** Joining an account with the link of an invitation: a first factor like any other, after which the second is asked for. */
@Injectable()
export class InvitationLinks {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly passwords: Passwords,
    private readonly throttle: LoginThrottle,
    private readonly allowlists: Allowlists,
    private readonly login: LoginService,
    private readonly audit: AuditLog,
  ) {}

  /** What the link stands for, for whoever holds it. */
  look(token: string, footprint: Footprint): Promise<InvitationView> {
    return this.reach(token, footprint, (tx, who) => this.invitations.view(tx, who));
  }

  /** Uses the link up and signs in. A password or an address that is refused leaves it valid. */
  async accept({ token, name, password }: InvitationAccept, footprint: Footprint): Promise<OpenedSession> {
    const invited = await this.reach(token, footprint, (_tx, who) => Promise.resolve(who));
    const passwordHash = await this.passwords.judge(invited, password);
    return this.invitations.open(token, async (tx, who) => {
      await this.invitations.accept(tx, token, who, { name, passwordHash });
      await this.audit.record(
        tx,
        { kind: 'system', accountId: who.accountId },
        { action: 'member.joined', target: { kind: 'member', id: who.memberId }, address: footprint.address },
      );
      return this.login.begin(tx, who, footprint, false);
    });
  }

  private async reach<T>(token: string, footprint: Footprint, work: (tx: Tx, who: Credentials) => Promise<T>): Promise<T> {
    await this.throttle.takeAddress(footprint);
    const { address } = footprint;
    const reached = await this.invitations.open(token, async (tx, who) => {
      const isAllowed = await this.allowlists.isAllowed(tx, who.accountId, address);
      return isAllowed ? { who, answer: await work(tx, who) } : { who };
    });
    if ('answer' in reached) return reached.answer as T;
    await this.allowlists.noteRefusal(reached.who.accountId, reached.who.memberId, address);
    throw new AppError('address.refused');
  }
}
