import { Injectable } from '@nestjs/common';
import { MembersService, needsSecondFactor, type Credentials } from '@sotto/accounts';
import { AppError, Clock } from '@sotto/kernel';
import { query, type Tx } from '@sotto/platform';
import type { SecondFactor } from '@sotto/protocol';
import { Allowlists } from '../allowlist/allowlists.service.js';
import { RecoveryCodesService } from './recovery-codes.service.js';

/** What a member can show besides a password. */
export interface Factors {
  totp: boolean;
  passkeys: number;
  recoveryCodes: number;
}

/** What members have for second factors, and what follows when one comes or goes. */
@Injectable()
export class SecondFactors {
  constructor(
    private readonly members: MembersService,
    private readonly recovery: RecoveryCodesService,
    private readonly allowlists: Allowlists,
    private readonly clock: Clock,
  ) {}

  async of(tx: Tx, memberId: string): Promise<Factors> {
    const [row] = await query<Factors>(
      tx,
      `select exists (select from totp where member_id = $1 and confirmed_at is not null) as totp,
              (select count(*)::int from passkey where member_id = $1) as passkeys,
              (select count(*)::int from recovery_code where member_id = $1) as "recoveryCodes"`,
      [memberId],
    );
    if (!row) throw new Error('A query without tables answered nothing');
    return row;
  }

  /** With what a member can answer when asked for a second factor; nothing when there is none. */
  async methodsOf(tx: Tx, memberId: string): Promise<SecondFactor[]> {
    const { totp, passkeys, recoveryCodes } = await this.of(tx, memberId);
    if (!totp && passkeys === 0) return [];
    return [
      ...(totp ? ['totp' as const] : []),
      ...(passkeys > 0 ? ['passkey' as const] : []),
      ...(recoveryCodes > 0 ? ['recovery' as const] : []),
    ];
  }

  /** After one was added: the first brings recovery codes along, to be shown this once; null where there are some already. */
  async added(tx: Tx, who: Credentials): Promise<string[] | null> {
    const standing = await this.members.standing(tx, who.memberId);
    if (!standing || standing.twoFactor) return null;
    await this.members.setTwoFactor(tx, who.memberId, this.clock.now());
    return this.recovery.make(tx, who);
  }

  /** After one was removed. Refuses when it was the last and the role or the account demands one. */
  async removed(tx: Tx, who: Credentials): Promise<void> {
    const { totp, passkeys } = await this.of(tx, who.memberId);
    if (totp || passkeys > 0) return;
    const standing = await this.members.standing(tx, who.memberId);
    const { requireTwoFactor } = await this.allowlists.rulesOf(tx, who.accountId);
    if (!standing || requireTwoFactor || needsSecondFactor(standing.role, standing.permissions))
      throw new AppError('second-factor.needed', 'Your role or your account demands a second factor; add another one first.');
    await this.clear(tx, who);
  }

  /** The member has none any more. */
  async clear(tx: Tx, who: Credentials): Promise<void> {
    await this.recovery.removeAll(tx, who);
    await this.members.setTwoFactor(tx, who.memberId, null);
  }
}
