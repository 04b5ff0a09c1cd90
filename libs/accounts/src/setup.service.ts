import { createHash, randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { AppError, Clock, newId } from '@sotto/kernel';
import { AuditLog } from '@sotto/audit';
import { CONFIG, Database, KeyRing, Outbox, isUniqueViolation, query, type Config, type Tx } from '@sotto/platform';
import type { SetupInput } from '@sotto/protocol';
import { StartsAccounts, type AccountStarter } from './account-starter.js';
import { Account } from './account.entity.js';
import { MembersService, type Credentials } from './members/members.service.js';
import { assertStrongPassword } from './passwords/password.js';
import { SetupCode } from './setup-code.entity.js';

/** Letters and digits that cannot be taken for one another (Crockford's base 32). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 12 characters of 5 bits: 60 bits, behind a rate limit and an expiry. */
const LENGTH = 12;
const VALID_MS = 30 * 24 * 60 * 60_000;
const HOUR_MS = 60 * 60_000;

const normal = (code: string) =>
  code
    .toUpperCase()
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
    .replaceAll(/[^0-9A-Z]/g, '');
const hashOf = (code: string) =>
  createHash('sha256')
    .update(`sotto/setup/${normal(code)}`)
    .digest('base64url');

/** A new set-up code, to be shown once. Every open code ends when an account is made. */
export async function issueSetupCode(database: Database, clock: Clock): Promise<string> {
  const characters = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  await database.operator(async (tx) => {
    await tx.nativeDelete(SetupCode, { expiresAt: { $lte: clock.now() } });
    tx.persist(tx.create(SetupCode, { codeHash: hashOf(characters), expiresAt: new Date(clock.now().getTime() + VALID_MS) }));
    await tx.flush();
  });
  return characters.replace(/(.{4})(?=.)/g, '$1-');
}

/** Makes accounts, each with a one-time code the operator holds. */
@Injectable()
export class SetupService {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly members: MembersService,
    private readonly clock: Clock,
    private readonly discovery: DiscoveryService,
    private readonly audit: AuditLog,
    private readonly outbox: Outbox,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Whether the installation has no account yet. */
  async isNeeded(): Promise<boolean> {
    return this.database.operator(async (tx) => (await query(tx, 'select id from account limit 1')).length === 0);
  }

  /** See `issueSetupCode`. */
  issueCode(): Promise<string> {
    return issueSetupCode(this.database, this.clock);
  }

  /** Makes the account and its owner, and uses the code up. A refusal leaves the code valid. */
  async setUp(input: SetupInput): Promise<Credentials> {
    const codeHash = hashOf(input.code);
    await this.assertCode(codeHash);
    await assertStrongPassword(input.owner.password, [input.owner.email, input.owner.name, input.account.name, 'sotto']);
    const accountId = newId();
    try {
      const owner = await this.database.door(codeHash, async (tx) => {
        await this.database.enter(tx, accountId);
        const used = await tx.nativeDelete(SetupCode, { codeHash, expiresAt: { $gt: this.clock.now() } });
        if (used !== 1) throw new AppError('setup.code-invalid');
        tx.persist(tx.create(Account, { id: accountId, name: input.account.name }));
        await tx.flush();
        await this.keys.createAccountKey(tx, accountId);
        const member = await this.members.add(tx, { ...input.owner, accountId, role: 'owner', graceUntil: this.graceUntil() });
        for (const starter of this.starters())
          await starter.start(tx, { id: accountId, name: input.account.name, ownerEmail: input.owner.email });
        await this.outbox.add(tx, { accountId, memberId: member.id }, 'account-created', {});
        await this.audit.record(
          tx,
          { kind: 'system', accountId },
          { action: 'account.created', target: { kind: 'member', id: member.id } },
        );
        return member;
      });
      await this.database.operator((tx) => tx.nativeDelete(SetupCode, {}));
      return { accountId, memberId: owner.id };
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new AppError('input.invalid', 'This e-mail address signs in to another account.', {
        errors: [{ path: 'owner.email', message: 'is already in use' }],
      });
    }
  }

  accountName(accountId: string): Promise<string> {
    return this.database.in(accountId, (tx) => this.accountNameIn(tx, accountId));
  }

  async accountNameIn(tx: Tx, accountId: string): Promise<string> {
    return (await tx.findOneOrFail(Account, { id: accountId })).name;
  }

  private graceUntil(): Date {
    return new Date(this.clock.now().getTime() + this.config.setupGraceHours * HOUR_MS);
  }

  private async assertCode(codeHash: string): Promise<void> {
    const code = await this.database.door(codeHash, (tx) => tx.findOne(SetupCode, { codeHash }));
    if (!code || code.expiresAt <= this.clock.now()) throw new AppError('setup.code-invalid');
  }

  private starters(): AccountStarter[] {
    return this.discovery.getProviders({ metadataKey: StartsAccounts.KEY }).map((wrapper) => wrapper.instance as AccountStarter);
  }
}
