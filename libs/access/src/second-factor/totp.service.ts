import { Injectable } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import type { Credentials } from '@sotto/accounts';
import { Clock } from '@sotto/kernel';
import { KeyRing, query, type Tx } from '@sotto/platform';
import { Totp } from './second-factor.entities.js';
import { newTotpSecret, timeStepOf } from './totp.js';

/** A secret that is shown and not confirmed is worth nothing after this. */
const PENDING_MS = 60 * 60_000;

/** What is sealed: the secret in force, and one that a first code has yet to confirm. The old one works until then. */
interface Secrets {
  current: string | null;
  next: { secret: string; at: number } | null;
}

/** Authenticator apps of members: one each. */
@Injectable()
export class TotpService {
  constructor(
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {}

  /** A new secret, not in force until `confirm`. */
  async begin(tx: Tx, who: Credentials): Promise<string> {
    const secret = newTotpSecret();
    const at = this.clock.now();
    const row = await this.held(tx, who);
    const current = row ? (await this.open(tx, who, row)).current : null;
    const secretSealed = await this.seal(tx, who, { current, next: { secret, at: at.getTime() } });
    if (row) row.secretSealed = secretSealed;
    else tx.persist(tx.create(Totp, { memberId: who.memberId, accountId: who.accountId, secretSealed, createdAt: at }));
    await tx.flush();
    return secret;
  }

  /** Puts the new secret in force when this is a code of it. Says whether. */
  async confirm(tx: Tx, who: Credentials, code: string): Promise<boolean> {
    const row = await this.held(tx, who);
    if (!row) return false;
    const { next } = await this.open(tx, who, row);
    const now = this.clock.now();
    const step = next && next.at + PENDING_MS > now.getTime() ? timeStepOf(next.secret, code, now) : null;
    if (!next || step === null) return false;
    row.secretSealed = await this.seal(tx, who, { current: next.secret, next: null });
    row.lastStep = step;
    row.confirmedAt = now;
    await tx.flush();
    return true;
  }

  /** Uses a code up. Says whether it was right; of many uses of one code a single one is. */
  async use(tx: Tx, who: Credentials, code: string): Promise<boolean> {
    const row = await tx.findOne(Totp, { memberId: who.memberId, confirmedAt: { $ne: null } });
    if (!row) return false;
    const { current } = await this.open(tx, who, row);
    const step = current === null ? null : timeStepOf(current, code, this.clock.now());
    if (step === null) return false;
    const used = await query(tx, 'update totp set last_step = $2 where member_id = $1 and last_step < $2 returning member_id', [
      who.memberId,
      step,
    ]);
    return used.length === 1;
  }

  /** Says whether there was one in force. */
  async remove(tx: Tx, who: Credentials): Promise<boolean> {
    const removed = await query<{ confirmed: boolean }>(
      tx,
      'delete from totp where member_id = $1 returning confirmed_at is not null as confirmed',
      [who.memberId],
    );
    return removed.some(({ confirmed }) => confirmed);
  }

  private held(tx: Tx, who: Credentials): Promise<Totp | null> {
    return tx.findOne(Totp, { memberId: who.memberId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  private async open(tx: Tx, who: Credentials, row: Totp): Promise<Secrets> {
    const cipher = await this.keys.cipher(who.accountId, who.memberId, tx);
    return JSON.parse(cipher.open('totp', who.memberId, 'secret', row.secretSealed)) as Secrets;
  }

  private async seal(tx: Tx, who: Credentials, secrets: Secrets): Promise<Buffer> {
    const cipher = await this.keys.cipher(who.accountId, who.memberId, tx);
    return cipher.seal('totp', who.memberId, 'secret', JSON.stringify(secrets));
  }
}
