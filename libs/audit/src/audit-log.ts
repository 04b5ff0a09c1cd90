import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock, type MemberActor, type VisitorActor } from '@sotto/kernel';
import { Database, KeyRing, query, type SubjectCipher, type Tx } from '@sotto/platform';
import type { AuditAction } from '@sotto/protocol';

/** Who did it: a member or their program, a visitor, or the system or the operator on an account's behalf. */
export type AuditBy =
  | MemberActor
  | Pick<VisitorActor, 'kind' | 'accountId' | 'contactId'>
  | { readonly kind: 'system' | 'operator'; readonly accountId: string };

export interface Act {
  action: AuditAction;
  target?: { kind: 'member' | 'contact' | 'conversation' | 'inbox' | 'policy' | 'team' | 'role' | 'token' | 'session'; id: string };
  /** Ids, codes and numbers. Never a name, an address or what somebody wrote. */
  data?: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
  /** Where somebody not signed in called from; the target's own key seals it. */
  address?: string;
}

/** What a row's digest covers, in this order. */
export interface Chained {
  seq: number;
  at: Date;
  action: string;
  actorKind: string;
  actorId: string | null;
  targetKind: string | null;
  targetId: string | null;
  addressOf: string | null;
  addressSealed: Uint8Array | null;
  data: string;
}

/** What stands before the first entry. */
export const GENESIS = '';

/** Keyed digest of an entry and the digest before it: without the account's key nobody can make a chain that holds. */
export function digestOf(key: Buffer, accountId: string, before: string, row: Chained): string {
  const parts = [
    accountId,
    before,
    row.seq,
    row.at.toISOString(),
    row.action,
    row.actorKind,
    row.actorId,
    row.targetKind,
    row.targetId,
    row.addressOf,
    row.addressSealed === null ? null : Buffer.from(row.addressSealed).toString('base64'),
    row.data,
  ];
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
}

/** An act with all that its entry takes but its place in the chain. */
interface Noted {
  key: Buffer;
  by: AuditBy;
  act: Act;
  at: Date;
  footprint: { of: string; address: string } | null;
  cipher: SubjectCipher | null;
}

/** Writes acts down, each in the transaction of what it tells of. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {}

  /**
   * Adds one entry. Acts of one account queue up for its chain, so entries are written as the last of the transaction: nobody
   * holds the chain and waits for something else.
   */
  async record(tx: Tx, by: AuditBy, act: Act): Promise<void> {
    const { accountId } = by;
    const key = await this.keys.accountDigestKey(accountId, 'audit', tx);
    const footprint = this.footprintOf(by, act);
    const cipher = footprint ? await this.keys.cipher(accountId, footprint.of, tx) : null;
    const at = this.clock.now();
    this.database.beforeCommit(tx, () => this.write(tx, { key, by, act, at, footprint, cipher }));
  }

  private async write(tx: Tx, { key, by, act, at, footprint, cipher }: Noted): Promise<void> {
    const { accountId } = by;
    const head = await this.takeHead(tx, accountId);
    const seq = head.seq + 1;
    const row: Chained = {
      seq,
      at,
      action: act.action,
      actorKind: by.kind === 'member' && by.credential === 'token' ? 'token' : by.kind,
      actorId: by.kind === 'member' ? by.memberId : by.kind === 'visitor' ? by.contactId : null,
      targetKind: act.target?.kind ?? null,
      targetId: act.target?.id ?? null,
      addressOf: footprint?.of ?? null,
      addressSealed: footprint && cipher ? cipher.seal('audit_entry', `${seq}`, 'address', footprint.address) : null,
      data: JSON.stringify(act.data ?? {}),
    };
    const hash = digestOf(key, accountId, head.hash, row);
    await query(
      tx,
      `insert into audit_entry (account_id, seq, at, action, actor_kind, actor_id, target_kind, target_id, address_of, address_sealed, data, hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        accountId,
        seq,
        row.at,
        row.action,
        row.actorKind,
        row.actorId,
        row.targetKind,
        row.targetId,
        row.addressOf,
        row.addressSealed,
        row.data,
        hash,
      ],
    );
    await query(tx, 'update audit_head set seq = $2, hash = $3 where account_id = $1', [accountId, seq, hash]);
  }

  /** The newest entry, held until the transaction ends, so that no two entries follow the same one. */
  private async takeHead(tx: Tx, accountId: string): Promise<{ seq: number; hash: string }> {
    await query(tx, "insert into audit_head (account_id, seq, hash) values ($1, 0, '') on conflict do nothing", [accountId]);
    const [head] = await query<{ seq: number; hash: string }>(tx, 'select seq, hash from audit_head where account_id = $1 for update', [
      accountId,
    ]);
    if (!head) throw new Error('An account without a head of its audit log');
    return head;
  }

  private footprintOf(by: AuditBy, act: Act): { of: string; address: string } | null {
    if (by.kind === 'member') return by.address ? { of: by.memberId, address: by.address } : null;
    return act.address && act.target?.kind === 'member' ? { of: act.target.id, address: act.address } : null;
  }
}
