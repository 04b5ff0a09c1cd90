import { Injectable } from '@nestjs/common';
import { Passwords } from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import { AppError, type MemberActor } from '@sotto/kernel';
import { Database, Outbox } from '@sotto/platform';
import { KnownDevices } from './devices.service.js';
import { LoginThrottle } from './login-throttle.js';
import { PasswordResets } from './password-resets.service.js';
import { SessionsService, type OpenedSession } from '../sessions/sessions.service.js';
import type { Footprint } from './sign-in-footprint.js';

/** A member's new password, for whoever knows the old one. */
@Injectable()
export class PasswordChanges {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly throttle: LoginThrottle,
    private readonly resets: PasswordResets,
    private readonly sessions: SessionsService,
    private readonly devices: KnownDevices,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
  ) {}

  /** Ends every other session, forgets other browsers and open links, and goes on with this one under a new token. */
  async change(actor: MemberActor, current: string, password: string, footprint: Footprint): Promise<OpenedSession> {
    await this.throttle.takeChange(actor.memberId);
    if (!(await this.passwords.isRight(actor, current))) throw new AppError('auth.failed', 'The current password is not right.');
    const passwordHash = await this.passwords.judge(actor, password);
    return this.database.in(actor.accountId, async (tx) => {
      await this.passwords.set(tx, actor.memberId, passwordHash);
      await this.resets.voidAll(tx, actor.memberId);
      await this.devices.forgetAll(tx, actor.memberId);
      const device = await this.devices.remember(tx, actor, undefined);
      await this.sessions.endAll(tx, actor, 'logged-out', actor.sessionId);
      const opened = await this.sessions.rotate(tx, actor, footprint);
      await this.outbox.add(tx, actor, 'password-changed', {});
      await this.audit.record(tx, actor, { action: 'auth.password-changed' });
      return { ...opened, device: device.token };
    });
  }
}
