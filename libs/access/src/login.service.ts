import { Inject, Injectable } from '@nestjs/common';
import { MembersService, SetupService, type Credentials } from '@sotto/accounts';
import { AppError, type MemberActor } from '@sotto/kernel';
import { CONFIG, KeyRing, Limits, type Config, type Limit } from '@sotto/platform';
import type { LoginInput, Me, SetupInput } from '@sotto/protocol';
import { SessionsService, type Footprint, type OpenedSession } from './sessions.service.js';

/** Signing in and out. The one place sessions of members begin. */
@Injectable()
export class LoginService {
  private readonly byAddress: Limit;
  private readonly byLogin: Limit;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly members: MembersService,
    private readonly setup: SetupService,
    private readonly sessions: SessionsService,
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
    return this.sessions.open(who, footprint);
  }

  async setUp(input: SetupInput, footprint: Footprint): Promise<OpenedSession> {
    await this.byAddress.take(this.keys.keyedHash(footprint.address));
    const who: Credentials = await this.setup.setUp(input);
    return this.sessions.open(who, footprint);
  }

  async me(actor: MemberActor, expiresAt: Date): Promise<Me> {
    const [member, accountName] = await Promise.all([this.members.get(actor), this.setup.accountName(actor.accountId)]);
    if (!member) throw new AppError('auth.required');
    return {
      member,
      account: { id: actor.accountId, name: accountName },
      permissions: [...actor.permissions],
      session: { id: actor.sessionId, expiresAt: expiresAt.toISOString() },
    };
  }
}
