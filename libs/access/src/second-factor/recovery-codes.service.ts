import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ScureBase32Plugin } from 'otplib';
import type { Credentials } from '@sotto/accounts';
import { newId } from '@sotto/kernel';
import { KeyRing, query, type Tx } from '@sotto/platform';
import { RecoveryCode } from './second-factor.entities.js';

const CODES = 10;
/** 80 bits, 16 characters of base 32. */
const CODE_BYTES = 10;
const base32 = new ScureBase32Plugin();

/** Codes on paper, for a member whose other second factor is out of reach. Each works once. */
@Injectable()
export class RecoveryCodesService {
  constructor(private readonly keys: KeyRing) {}

  /** Ten new codes as they are shown, this once. Earlier ones are worth nothing from now on. */
  async make(tx: Tx, who: Credentials): Promise<string[]> {
    await this.removeAll(tx, who);
    const codes = Array.from({ length: CODES }, () => base32.encode(randomBytes(CODE_BYTES), { padding: false }));
    for (const code of codes)
      tx.persist(
        tx.create(RecoveryCode, { id: newId(), accountId: who.accountId, memberId: who.memberId, codeHash: this.hashOf(who, code) }),
      );
    await tx.flush();
    return codes.map((code) => code.replaceAll(/(.{4})(?=.)/g, '$1-'));
  }

  /** Uses a code up, written without dashes. Says whether it was one. */
  async use(tx: Tx, who: Credentials, code: string): Promise<boolean> {
    const used = await query(tx, 'delete from recovery_code where member_id = $1 and code_hash = $2 returning id', [
      who.memberId,
      this.hashOf(who, code),
    ]);
    return used.length === 1;
  }

  left(tx: Tx, who: Credentials): Promise<number> {
    return tx.count(RecoveryCode, { memberId: who.memberId });
  }

  async removeAll(tx: Tx, who: Credentials): Promise<void> {
    await tx.nativeDelete(RecoveryCode, { memberId: who.memberId });
  }

  private hashOf(who: Credentials, code: string): string {
    return this.keys.keyedHash('recovery-code', who.memberId, code);
  }
}
