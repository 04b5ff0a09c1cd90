import { Injectable } from '@nestjs/common';
import { Strategy as LocalStrategy } from 'passport-local';
import type { Request } from 'express';
import {
  MembersService,
  OwnershipService,
  Passwords,
  SetupService,
  needsSecondFactor,
  type Credentials,
  type Tried,
} from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import { AppError, type MemberActor } from '@sotto/kernel';
import { Database, Outbox, type Tx } from '@sotto/platform';
import type { Me, SetupInput } from '@sotto/protocol';
import { Allowlists } from '../allowlist/allowlists.service.js';
import { KnownDevices } from './devices.service.js';
import { untilStep } from './login-pace.js';
import { LoginThrottle } from './login-throttle.js';
import { SessionsService, type OpenedSession } from '../sessions/sessions.service.js';
import { deviceName, type Footprint } from './sign-in-footprint.js';
import { SignIns } from './sign-ins.service.js';
import { authenticate } from './strategies.js';

/** Signing in and out. The one place sessions of members begin, whatever the first factor was. */
@Injectable()
export class LoginService {
  private readonly local: LocalStrategy;

  constructor(
    private readonly database: Database,
    private readonly members: MembersService,
    private readonly setup: SetupService,
    private readonly ownership: OwnershipService,
    private readonly sessions: SessionsService,
    private readonly allowlists: Allowlists,
    private readonly audit: AuditLog,
    private readonly outbox: Outbox,
    private readonly throttle: LoginThrottle,
    private readonly devices: KnownDevices,
    private readonly signIns: SignIns,
    passwords: Passwords,
  ) {
    this.local = new LocalStrategy({ usernameField: 'email', passwordField: 'password' }, (email, password, done) => {
      passwords.try(email, password).then((tried) => done(null, tried), done);
    });
  }

  /** The address and the password are in the request's body. Every refusal of a login looks alike and takes alike. */
  async logIn(request: Request, login: { email: string; remember: boolean }, footprint: Footprint): Promise<OpenedSession> {
    const start = performance.now();
    const wasRight = await this.throttle.take(login.email, footprint);
    const verdict = await authenticate<Tried>(this.local, request);
    const tried = 'user' in verdict ? verdict.user : null;
    if (!tried?.login || !tried.isRight) {
      if (tried?.login) await this.noteWrong(tried.login, footprint);
      await untilStep(start);
      throw new AppError('auth.failed');
    }
    await wasRight();
    return this.signIn(tried.login, footprint, login.remember);
  }

  async setUp(input: SetupInput, footprint: Footprint): Promise<OpenedSession> {
    await this.throttle.takeAddress(footprint);
    return this.signIn(await this.setup.setUp(input), footprint, false);
  }

  /** `begin` in a transaction of its own; an address that is refused is written down. */
  async signIn({ accountId, memberId }: Credentials, footprint: Footprint, remember: boolean): Promise<OpenedSession> {
    const who = { accountId, memberId };
    try {
      return await this.database.in(accountId, (tx) => this.begin(tx, who, footprint, remember));
    } catch (error) {
      if (error instanceof AppError && error.code === 'address.refused') {
        await this.database.in(accountId, (tx) => this.signIns.note(tx, who, 'address-refused', footprint));
        await this.allowlists.noteRefusal(accountId, memberId, footprint.address);
      }
      throw error;
    }
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
    return stage === 'full' ? this.completed(tx, opened, footprint) : opened;
  }

  /**
   * The sign-in has come all the way, whatever the factors were: writes it down, knows the browser again, and tells the member
   * of one not seen before. Last in its transaction. Answer with what this gives back, for its device cookie.
   */
  async completed(tx: Tx, opened: OpenedSession, footprint: Footprint): Promise<OpenedSession> {
    const { actor } = opened;
    const isNewPlace = await this.signIns.isNewPlace(tx, actor, footprint);
    const device = await this.devices.remember(tx, actor, footprint.device);
    await this.signIns.note(tx, actor, 'signed-in', footprint);
    const isNew = isNewPlace && !device.wasKnown;
    if (isNew) {
      const at = actor.provenAt ?? new Date();
      await this.outbox.add(tx, actor, 'new-device', {
        device: deviceName(footprint.userAgent),
        address: footprint.address,
        at: at.toISOString(),
      });
    }
    await this.audit.record(tx, actor, { action: 'auth.logged-in' });
    if (isNew) await this.audit.record(tx, actor, { action: 'auth.new-device' });
    return { ...opened, device: device.token };
  }

  /** Ends this session; the browser is a stranger's again. */
  async logOut(actor: MemberActor, footprint: Footprint): Promise<void> {
    await this.database.in(actor.accountId, async (tx) => {
      if (footprint.device !== undefined) await this.devices.forget(tx, actor.memberId, footprint.device);
      await this.sessions.remove(tx, actor.accountId, [actor.sessionId], 'logged-out');
      await this.audit.record(tx, actor, { action: 'auth.logged-out' });
    });
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
        ownershipOffer: await this.ownership.offerTo(tx, actor),
      };
    });
  }

  /** For the member to see, and for whoever reads the audit log. An address nobody has leaves no trace. */
  private async noteWrong({ accountId, memberId, status }: NonNullable<Tried['login']>, footprint: Footprint): Promise<void> {
    const who = { accountId, memberId };
    await this.database.in(accountId, async (tx) => {
      if (status === 'active') await this.signIns.note(tx, who, 'password-wrong', footprint);
      await this.audit.record(
        tx,
        { kind: 'system', accountId },
        { action: 'auth.failed', target: { kind: 'member', id: memberId }, address: footprint.address, data: { status } },
      );
    });
  }
}
