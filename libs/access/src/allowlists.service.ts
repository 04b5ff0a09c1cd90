import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import inRange from 'ip-range-check';
import { KeyRing, type Tx } from '@sotto/platform';
import { AccountSecurity } from './account-security.entity.js';

/** What an account demands of its members. */
export interface AccountRules {
  requireTwoFactor: boolean;
  /** Whether the account may be used from this address. */
  lets(address: string): Promise<boolean>;
}

/** One line of the list, as it is stored. */
export interface StoredRange {
  range: string;
  label: string;
  cidrs: string[];
}

const FREE: AccountRules = { requireTwoFactor: false, lets: () => Promise.resolve(true) };
const CACHED = 1_000;

/** From where an account may be used, and what it demands. Never asked for visitors. */
@Injectable()
export class Allowlists {
  /** Opened lists, by account and version: an edit raises the version, so none is ever stale. */
  private readonly lists = new LRUCache<string, StoredRange[]>({ max: CACHED });

  constructor(private readonly keys: KeyRing) {}

  /** The rules as they stand in the caller's transaction. */
  async rulesOf(tx: Tx, accountId: string): Promise<AccountRules> {
    const security = await tx.findOne(AccountSecurity, { accountId });
    if (!security) return FREE;
    return {
      requireTwoFactor: security.requireTwoFactor,
      lets: async (address) => {
        const ranges = await this.open(tx, security);
        return (
          ranges.length === 0 ||
          inRange(
            address,
            ranges.flatMap(({ cidrs }) => cidrs),
          )
        );
      },
    };
  }

  private async open(tx: Tx, { accountId, allowlistSealed, version }: AccountSecurity): Promise<StoredRange[]> {
    if (!allowlistSealed) return [];
    const key = `${accountId} ${version}`;
    const cached = this.lists.get(key);
    if (cached) return cached;
    const cipher = await this.keys.accountCipher(accountId, tx);
    const ranges = JSON.parse(cipher.open('account_security', accountId, 'allowlist', allowlistSealed)) as StoredRange[];
    this.lists.set(key, ranges);
    return ranges;
  }
}
