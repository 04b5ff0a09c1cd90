import { Injectable } from '@nestjs/common';
import { Passwords, type Credentials } from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import { AppError, Clock, newSecret } from '@sotto/kernel';
import { Database, Outbox, type Tx } from '@sotto/platform';
import { Allowlists } from '../allowlist/allowlists.service.js';
import { KnownDevices } from './devices.service.js';
import { untilStep } from './login-pace.js';
import { LoginThrottle } from './login-throttle.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { Footprint } from './sign-in-footprint.js';
import { PasswordReset } from './sign-in.entities.js';
import { tokenHash } from '../sessions/tokens.js';

const HOUR_MS = 60 * 60_000;

/** Choosing a new password with a link from a mail. It ends every session, begins none, and leaves second factors as they are. */
@Injectable()
export class PasswordResets {
  constructor(
    private readonly database: Database,
    private readonly passwords: Passwords,
    private readonly throttle: LoginThrottle,
    private readonly allowlists: Allowlists,
    private readonly sessions: SessionsService,
    private readonly devices: KnownDevices,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Sends a link to whoever signs in with this address and may. To whoever asks, it is the same if nobody does. */
  async request(email: string, footprint: Footprint): Promise<void> {
    const start = performance.now();
    const mayMail = await this.throttle.takeReset(email, footprint);
    const login = await this.passwords.loginOf(email);
    if (mayMail && login?.status === 'active') await this.mail({ accountId: login.accountId, memberId: login.memberId }, footprint);
    await untilStep(start);
  }

  /** Uses the link up. A password that is refused leaves it valid. */
  async confirm(token: string, password: string, footprint: Footprint): Promise<void> {
    await this.throttle.takeAddress(footprint);
    const hash = tokenHash(token);
    const who = await this.holderOf(hash, footprint);
    const passwordHash = await this.passwords.judge(who, password);
    await this.database.in(who.accountId, async (tx) => {
      const used = await tx.nativeDelete(PasswordReset, { tokenHash: hash, expiresAt: { $gt: this.clock.now() } });
      if (used !== 1) throw new AppError('auth.link-invalid');
      await this.passwords.set(tx, who.memberId, passwordHash);
      await this.voidAll(tx, who.memberId);
      await this.devices.forgetAll(tx, who.memberId);
      await this.sessions.endAll(tx, who, 'logged-out');
      await this.outbox.add(tx, who, 'password-changed', {});
      await this.note(tx, who, 'auth.password-reset', footprint);
    });
  }

  /** Makes open links worthless: after another way to a new password, and before another link. */
  async voidAll(tx: Tx, memberId: string): Promise<void> {
    await tx.nativeDelete(PasswordReset, { memberId });
  }

  private mail(who: Credentials, footprint: Footprint): Promise<void> {
    return this.database.in(who.accountId, async (tx) => {
      if (!(await this.allowlists.isAllowed(tx, who.accountId, footprint.address))) return;
      await this.voidAll(tx, who.memberId);
      const token = newSecret();
      const now = this.clock.now();
      const expiresAt = new Date(now.getTime() + HOUR_MS);
      tx.persist(tx.create(PasswordReset, { ...who, tokenHash: tokenHash(token), createdAt: now, expiresAt }));
      await tx.flush();
      await this.outbox.add(tx, who, 'password-reset', { token });
      await this.note(tx, who, 'auth.password-reset-asked', footprint);
    });
  }

  private async holderOf(hash: string, footprint: Footprint): Promise<Credentials> {
    const reset = await this.database.door(hash, (tx) => tx.findOne(PasswordReset, { tokenHash: hash }));
    if (!reset || reset.expiresAt <= this.clock.now()) throw new AppError('auth.link-invalid');
    const who = { accountId: reset.accountId, memberId: reset.memberId };
    const isAllowed = await this.database.in(who.accountId, (tx) => this.allowlists.isAllowed(tx, who.accountId, footprint.address));
    if (isAllowed) return who;
    await this.allowlists.noteRefusal(who.accountId, who.memberId, footprint.address);
    throw new AppError('address.refused');
  }

  private note(tx: Tx, who: Credentials, action: 'auth.password-reset' | 'auth.password-reset-asked', { address }: Footprint) {
    return this.audit.record(
      tx,
      { kind: 'system', accountId: who.accountId },
      { action, target: { kind: 'member', id: who.memberId }, address },
    );
  }
}
