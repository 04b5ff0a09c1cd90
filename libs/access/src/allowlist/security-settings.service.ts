import { Injectable } from '@nestjs/common';
import { MembersService, SetupService } from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import { AppError, type MemberActor } from '@sotto/kernel';
import { Database, LiveFeed, canonicalAddress, type Tx } from '@sotto/platform';
import type { SecuritySettings, SecuritySettingsInput, TestAddress, TestedAddress } from '@sotto/protocol';
import type { z } from 'zod';
import { Allowlist } from './allowlist.js';
import { Allowlists } from './allowlists.service.js';

/** What an account demands of its members, for those who may decide it. */
@Injectable()
export class SecuritySettingsService {
  constructor(
    private readonly database: Database,
    private readonly allowlists: Allowlists,
    private readonly members: MembersService,
    private readonly setup: SetupService,
    private readonly audit: AuditLog,
    private readonly live: LiveFeed,
  ) {}

  async get(actor: MemberActor): Promise<SecuritySettings> {
    const { requireTwoFactor, allowlist } = await this.database.in(actor.accountId, (tx) => this.allowlists.rulesOf(tx, actor.accountId));
    return settings(actor, requireTwoFactor, allowlist);
  }

  /**
   * Puts new rules in force, on every node and for what is connected already. Throws `input.invalid` for lines that are wrong,
   * `allowlist.excludes-you` and `second-factor.needed` for whoever would shut themselves out.
   */
  async change(actor: MemberActor, input: SecuritySettingsInput): Promise<SecuritySettings> {
    const { accountId } = actor;
    const { requireTwoFactor } = input;
    const allowlist = Allowlist.of(input.ipAllowlist.map(({ range, label = '' }) => ({ range, label })));
    await this.database.in(accountId, async (tx) => {
      const before = await this.allowlists.rulesOf(tx, accountId);
      const excludesActor = !allowlist.lets(actor.address);
      if (excludesActor) await this.assertMeant(tx, actor, input);
      if (requireTwoFactor && !before.requireTwoFactor) await this.assertHasSecondFactor(tx, actor);
      await this.allowlists.save(tx, accountId, requireTwoFactor, allowlist);
      this.database.afterCommit(tx, () => this.live.publish({ type: 'access.changed', accountId }));
      await this.audit.record(tx, actor, {
        action: 'security.changed',
        data: { requireTwoFactor, ranges: allowlist.lines.length, rangesBefore: before.allowlist.lines.length, excludesActor },
      });
    });
    return settings(actor, requireTwoFactor, allowlist);
  }

  /** Whether an address would be let in: by the list given, or by the one in force. */
  async test(actor: MemberActor, input: z.infer<typeof TestAddress>): Promise<TestedAddress> {
    const address = canonicalAddress(input.address.trim());
    if (address === null) {
      const message = 'is no address: write it like 192.0.2.7 or 2001:db8::7';
      throw new AppError('input.invalid', undefined, { errors: [{ path: 'address', message }] });
    }
    const allowlist = input.ipAllowlist
      ? Allowlist.of(input.ipAllowlist)
      : (await this.database.in(actor.accountId, (tx) => this.allowlists.rulesOf(tx, actor.accountId))).allowlist;
    return { inside: allowlist.lets(address), range: allowlist.rangeOf(address) };
  }

  /** An owner may shut themselves out, knowingly: the way back leads through the operator's terminal. */
  private async assertMeant(tx: Tx, actor: MemberActor, { confirmLockOut, confirmation }: SecuritySettingsInput): Promise<void> {
    const name = await this.setup.accountNameIn(tx, actor.accountId);
    if (actor.role === 'owner' && confirmLockOut && confirmation?.trim() === name.trim()) return;
    throw new AppError(
      'allowlist.excludes-you',
      'Your own address is outside these ranges. Add it, or have an owner confirm this by the account’s name.',
    );
  }

  private async assertHasSecondFactor(tx: Tx, actor: MemberActor): Promise<void> {
    const standing = await this.members.standing(tx, actor.memberId);
    if (!standing?.twoFactor)
      throw new AppError('second-factor.needed', 'Set up a second factor for yourself before you demand one of everybody.');
  }
}

const settings = (actor: MemberActor, requireTwoFactor: boolean, allowlist: Allowlist): SecuritySettings => ({
  requireTwoFactor,
  ipAllowlist: allowlist.lines,
  yourAddress: actor.address,
});
