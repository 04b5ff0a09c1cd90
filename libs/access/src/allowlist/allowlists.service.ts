import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AuditLog } from '@sotto/audit';
import { Database, KeyRing, query, type Tx } from '@sotto/platform';
import type { AllowedRange } from '@sotto/protocol';
import { AccountSecurity } from './account-security.entity.js';
import { Allowlist } from './allowlist.js';

/** What an account demands of its members. */
export interface AccountRules {
  requireTwoFactor: boolean;
  /** From where the account may be used. */
  allowlist: Allowlist;
  /** Whether the account may be used from this address. */
  lets(address: string): boolean;
}

const EVERYWHERE = Allowlist.of([]);
const CACHED = 1_000;
/** One refused session is written down this often at most: whoever is outside may go on knocking. */
const NOTED = 10_000;
const NOTED_MS = 60 * 60_000;

const rules = (requireTwoFactor: boolean, allowlist: Allowlist): AccountRules => ({
  requireTwoFactor,
  allowlist,
  lets: (address) => allowlist.lets(address),
});

/**
 * From where an account may be used, and what it demands. Asked on every way in for members and their programs: each request,
 * each socket, each way to sign in. Never for visitors.
 */
@Injectable()
export class Allowlists {
  /** Opened lists, by account and version: an edit raises the version, so none is ever stale. */
  private readonly lists = new LRUCache<string, Allowlist>({ max: CACHED });
  private readonly noted = new LRUCache<string, true>({ max: NOTED, ttl: NOTED_MS });

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly audit: AuditLog,
  ) {}

  /** The rules as they stand in the caller's transaction. Not for one that has changed them: a rolled back version must not be remembered. */
  async rulesOf(tx: Tx, accountId: string): Promise<AccountRules> {
    const security = await tx.findOne(AccountSecurity, { accountId });
    return security ? rules(security.requireTwoFactor, await this.open(tx, security)) : rules(false, EVERYWHERE);
  }

  /** Whether the account may be used from this address. */
  async isAllowed(tx: Tx, accountId: string, address: string): Promise<boolean> {
    return (await this.rulesOf(tx, accountId)).lets(address);
  }

  /** Replaces the rules and raises the version, in the caller's transaction. */
  async save(tx: Tx, accountId: string, requireTwoFactor: boolean, allowlist: Allowlist): Promise<void> {
    const cipher = await this.keys.accountCipher(accountId, tx);
    const sealed = allowlist.isEmpty ? null : cipher.seal('account_security', accountId, 'allowlist', JSON.stringify(allowlist.lines));
    await query(
      tx,
      `insert into account_security (account_id, require_two_factor, allowlist_sealed, version) values ($1, $2, $3, 1)
       on conflict (account_id) do update
         set require_two_factor = excluded.require_two_factor, allowlist_sealed = excluded.allowlist_sealed, version = account_security.version + 1`,
      [accountId, requireTwoFactor, sealed],
    );
  }

  /**
   * Writes down that a member was refused because of where they are; for a session once an hour. In a transaction of its own,
   * since the caller's ended with the refusal: call it after that one.
   */
  async noteRefusal(accountId: string, memberId: string, address: string, sessionId?: string): Promise<void> {
    if (sessionId !== undefined) {
      if (this.noted.has(sessionId)) return;
      this.noted.set(sessionId, true);
    }
    await this.database.in(accountId, (tx) =>
      this.audit.record(
        tx,
        { kind: 'system', accountId },
        { action: 'auth.address-refused', target: { kind: 'member', id: memberId }, address },
      ),
    );
  }

  private async open(tx: Tx, { accountId, allowlistSealed, version }: AccountSecurity): Promise<Allowlist> {
    if (!allowlistSealed) return EVERYWHERE;
    const key = `${accountId} ${version}`;
    const cached = this.lists.get(key);
    if (cached) return cached;
    const cipher = await this.keys.accountCipher(accountId, tx);
    const lines = JSON.parse(cipher.open('account_security', accountId, 'allowlist', allowlistSealed)) as AllowedRange[];
    const list = Allowlist.of(lines);
    this.lists.set(key, list);
    return list;
  }
}
