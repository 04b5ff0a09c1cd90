import { Injectable } from '@nestjs/common';
import { MembersService, SetupService } from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import { AppError, notFound, type MemberActor } from '@sotto/kernel';
import { Database, Outbox, type NoticeData, type Tx } from '@sotto/platform';
import type { AuditAction, SecondFactorState, TotpEnrolment } from '@sotto/protocol';
import { LoginService } from '../sign-in/login.service.js';
import type { Answer } from './passkey-answers.js';
import { Passkeys } from './passkeys.service.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { SecondFactors } from './second-factors.service.js';
import { SessionsService, type OpenedSession } from '../sessions/sessions.service.js';
import type { Footprint } from '../sign-in/sign-in-footprint.js';
import { totpUri } from './totp.js';
import { TotpService } from './totp.service.js';

type Change = NoticeData['two-factor-changed']['change'];

/** What came of adding a second factor. */
export interface Added {
  /** To be shown this once; null where there were some already. */
  recoveryCodes: string[] | null;
  /** The sign-in that waited for it, now complete; null where nothing waited. */
  opened: OpenedSession | null;
}

/** A member's own second factors: what there is, added, removed. Each change ends the member's other sessions and is told by mail. */
@Injectable()
export class SecondFactorService {
  constructor(
    private readonly database: Database,
    private readonly factors: SecondFactors,
    private readonly totp: TotpService,
    private readonly passkeys: Passkeys,
    private readonly recovery: RecoveryCodesService,
    private readonly members: MembersService,
    private readonly setup: SetupService,
    private readonly sessions: SessionsService,
    private readonly login: LoginService,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
  ) {}

  async state(actor: MemberActor): Promise<SecondFactorState> {
    return this.database.in(actor.accountId, async (tx) => {
      const { totp, recoveryCodes } = await this.factors.of(tx, actor.memberId);
      return { totp, recoveryCodesLeft: recoveryCodes, passkeys: await this.passkeys.list(tx, actor) };
    });
  }

  /** A secret for an authenticator app. One in force goes on until `confirmTotp`. */
  async beginTotp(actor: MemberActor): Promise<TotpEnrolment> {
    return this.database.in(actor.accountId, async (tx) => {
      const [member] = await this.members.viewsIn(tx, actor.accountId, actor.memberId);
      if (!member) throw new AppError('auth.required');
      const secret = await this.totp.begin(tx, actor);
      return { secret, uri: totpUri(await this.setup.accountNameIn(tx, actor.accountId), member.email, secret) };
    });
  }

  async confirmTotp(actor: MemberActor, code: string, footprint: Footprint): Promise<Added> {
    return this.database.in(actor.accountId, async (tx) => {
      await this.members.hold(tx, actor.memberId);
      if (!(await this.totp.confirm(tx, actor, code))) throw new AppError('auth.code-wrong');
      return this.added(tx, actor, footprint, 'second-factor.enabled', 'enabled');
    });
  }

  async removeTotp(actor: MemberActor): Promise<void> {
    await this.database.in(actor.accountId, async (tx) => {
      await this.members.hold(tx, actor.memberId);
      const was = await this.totp.remove(tx, actor);
      if (was) await this.removed(tx, actor, 'second-factor.disabled', 'disabled');
    });
  }

  /** See `Passkeys.registrationOptions`. */
  passkeyOptions(actor: MemberActor): Promise<Record<string, unknown>> {
    return this.passkeys.registrationOptions(actor);
  }

  async addPasskey(actor: MemberActor, name: string, answer: Answer, footprint: Footprint): Promise<Added> {
    const added = await this.database.in(actor.accountId, async (tx) => {
      await this.members.hold(tx, actor.memberId);
      if (!(await this.passkeys.add(tx, actor, name, answer))) return null;
      return this.added(tx, actor, footprint, 'second-factor.passkey-added', 'passkey-added');
    });
    // Outside the transaction, so that the challenge stays used.
    if (!added) throw new AppError('input.invalid', 'The browser’s answer does not fit what was asked; start again.');
    return added;
  }

  async removePasskey(actor: MemberActor, id: string): Promise<void> {
    await this.database.in(actor.accountId, async (tx) => {
      await this.members.hold(tx, actor.memberId);
      if (!(await this.passkeys.remove(tx, actor.memberId, id))) throw notFound();
      await this.removed(tx, actor, 'second-factor.passkey-removed', 'passkey-removed');
    });
  }

  /** Ten new recovery codes; the earlier ones are worth nothing from now on. */
  async renewRecoveryCodes(actor: MemberActor): Promise<string[]> {
    return this.database.in(actor.accountId, async (tx) => {
      await this.members.hold(tx, actor.memberId);
      if ((await this.factors.methodsOf(tx, actor.memberId)).length === 0)
        throw new AppError('second-factor.needed', 'Set up an authenticator app or a passkey first.');
      const codes = await this.recovery.make(tx, actor);
      await this.told(tx, actor, 'second-factor.recovery-renewed', 'recovery-renewed');
      return codes;
    });
  }

  private async added(tx: Tx, actor: MemberActor, footprint: Footprint, action: AuditAction, change: Change): Promise<Added> {
    const recoveryCodes = await this.factors.added(tx, actor);
    await this.sessions.endAll(tx, actor, 'access-changed', actor.sessionId);
    // Somebody who had to enrol first is in now, under a token nobody has seen before.
    const renewed = actor.stage === 'full' ? null : await this.sessions.renew(tx, actor, footprint);
    await this.told(tx, actor, action, change);
    const opened = renewed && (await this.login.completed(tx, renewed, footprint));
    return { recoveryCodes, opened };
  }

  private async removed(tx: Tx, actor: MemberActor, action: AuditAction, change: Change): Promise<void> {
    await this.factors.removed(tx, actor);
    await this.sessions.endAll(tx, actor, 'access-changed', actor.sessionId);
    await this.told(tx, actor, action, change);
  }

  private async told(tx: Tx, actor: MemberActor, action: AuditAction, change: Change): Promise<void> {
    await this.outbox.add(tx, actor, 'two-factor-changed', { change });
    await this.audit.record(tx, actor, { action, target: { kind: 'member', id: actor.memberId } });
  }
}
