import { Inject, Injectable } from '@nestjs/common';
import { MembersService, SetupService, needsSecondFactor, type Credentials } from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import { AppError, type MemberActor } from '@sotto/kernel';
import { CONFIG, Database, KeyRing, Limits, type Config, type Limit, type Tx } from '@sotto/platform';
import type { LoginInput, Me, SetupInput } from '@sotto/protocol';
import { Allowlists } from './allowlists.service.js';
import { SessionsService, type Footprint, type OpenedSession } from './sessions.service.js';

/** Signing in and out. The one place sessions of members begin, whatever the first factor was. */
@Injectable()
export class LoginService {
  private readonly byAddress: Limit;
  private readonly byLogin: Limit;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly database: Database,
    private readonly members: MembersService,
    private readonly setup: SetupService,
    private readonly sessions: SessionsService,
    private readonly allowlists: Allowlists,
    private readonly audit: AuditLog,
    private readonly keys: KeyRing,
    limits: Limits,
  ) {
    const points = config.limits.loginAttempts;
    this.byAddress = limits.make({ name: 'login-address', points: points * 3, seconds: 60, withoutRedis: 'closed' });
    // Counted for login and address together: a stranger elsewhere cannot lock the member out.
    this.byLogin = limits.make({ name: 'login', points, seconds: 60, withoutRedis: 'closed' });
  }

  async logIn(input: LoginInput, footprint: Footprint): Promise<OpenedSession> {
    await this.byAddress.take(this.keys.keyedHash(footprint.address));
    await this.byLogin.take(this.keys.keyedHash(input.email.trim().toLowerCase(), footprint.address));
    const who = await this.members.verify(input.email, input.password);
    if (!who) throw new AppError('auth.failed');
    try {
      return await this.database.in(who.accountId, (tx) => this.begin(tx, who, footprint, input.remember ?? false));
    } catch (error) {
      if (error instanceof AppError && error.code === 'address.refused')
        await this.allowlists.noteRefusal(who.accountId, who.memberId, footprint.address);
      throw error;
    }
  }

  async setUp(input: SetupInput, footprint: Footprint): Promise<OpenedSession> {
    await this.byAddress.take(this.keys.keyedHash(footprint.address));
    const who: Credentials = await this.setup.setUp(input);
    return this.database.in(who.accountId, (tx) => this.begin(tx, who, footprint, false));
  }

  /** The first factor was right: begins a session as far as this member may go now. Refuses addresses outside the allowlist. */
  async begin(tx: Tx, who: Credentials, footprint: Footprint, remember: boolean): Promise<OpenedSession> {
    const standing = await this.members.standing(tx, who.memberId);
    if (standing?.status !== 'active') throw new AppError('auth.failed');
    const rules = await this.allowlists.rulesOf(tx, who.accountId);
    if (!rules.lets(footprint.address)) throw new AppError('address.refused');
    const stage = standing.twoFactor
      ? 'second-factor'
      : this.sessions.owesSecondFactor(standing, rules.requireTwoFactor)
        ? 'enrolment'
        : 'full';
    const opened = await this.sessions.open(tx, who, footprint, { stage, remember });
    if (stage === 'full') await this.audit.record(tx, opened.actor, { action: 'auth.logged-in' });
    return opened;
  }

  async me(actor: MemberActor, expiresAt: Date): Promise<Me> {
    return this.database.in(actor.accountId, async (tx) => {
      const [member] = await this.members.viewsIn(tx, actor.accountId, actor.memberId);
      const standing = await this.members.standing(tx, actor.memberId);
      if (!member || !standing) throw new AppError('auth.required');
      const rules = await this.allowlists.rulesOf(tx, actor.accountId);
      const required = rules.requireTwoFactor || needsSecondFactor(standing.role, standing.permissions);
      return {
        member,
        language: await this.members.languageOf(tx, actor.memberId),
        account: { id: actor.accountId, name: await this.setup.accountNameIn(tx, actor.accountId) },
        permissions: [...actor.permissions],
        session: { id: actor.sessionId, expiresAt: expiresAt.toISOString() },
        twoFactor: {
          required,
          enrolled: standing.twoFactor,
          graceUntil: required && !standing.twoFactor ? (standing.graceUntil?.toISOString() ?? null) : null,
        },
        ownershipOffer: null,
      };
    });
  }
}
