import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { MembersService, assertMayActOn, type Credentials } from '@sotto/accounts';
import { AuditLog, type AuditBy } from '@sotto/audit';
import { AppError, Clock, newId, newSecret, notFound, type MemberActor } from '@sotto/kernel';
import { Database, KeyRing, type SubjectCipher, type Tx } from '@sotto/platform';
import { TOKEN_SCOPES, type ApiTokenView, type NewApiToken, type NewApiTokenAnswer, type Permission, type Role } from '@sotto/protocol';
import type { z } from 'zod';
import { Allowlist } from '../allowlist/allowlist.js';
import { Allowlists } from '../allowlist/allowlists.service.js';
import { ApiToken } from './api-token.entity.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { tokenHash } from '../sessions/tokens.js';

const PREFIX = 'sotto_';
/** Characters of the token that are shown later, for its maker to recognise it. */
const HINT = 4;
const DAY_MS = 24 * 60 * 60_000;
/** Use is written down at most this often. */
const TOUCH_MS = 60_000;
const LISTS = 1_000;

const offered = new Set(TOKEN_SCOPES);

/** Tokens with which programs call in the name of the member who made them. */
@Injectable()
export class ApiTokens {
  /** Opened lists of addresses by token: a token's list never changes. */
  private readonly lists = new LRUCache<string, Allowlist>({ max: LISTS });

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly members: MembersService,
    private readonly sessions: SessionsService,
    private readonly allowlists: Allowlists,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  static isToken(text: string): boolean {
    return text.startsWith(PREFIX);
  }

  /**
   * Whom a token stands for, or null when it is unknown or expired or its maker may not sign in. What it may is what both it
   * and its maker may at this moment. Throws `address.refused` where the account's list or the token's own leaves the address
   * out, and `auth.enrolment-required` while its maker owes a second factor.
   */
  async resolve(token: string, address: string): Promise<MemberActor | null> {
    const hash = tokenHash(token);
    const resolved = await this.database.door(hash, async (tx) => {
      const found = await tx.findOne(ApiToken, { tokenHash: hash });
      if (!found || found.expiresAt <= this.clock.now()) return null;
      await this.database.enter(tx, found.accountId);
      const standing = await this.members.standing(tx, found.memberId);
      if (standing?.status !== 'active') return null;
      const rules = await this.allowlists.rulesOf(tx, found.accountId);
      if (!rules.lets(address) || !(await this.listOf(tx, found)).lets(address)) return { refused: found };
      if (this.sessions.owesSecondFactor(standing, rules.requireTwoFactor))
        throw new AppError('auth.enrolment-required', 'Whoever made this token must set up a second factor first.');
      await this.touch(tx, found);
      const permissions = new Set(found.scopes.filter((scope) => offered.has(scope) && standing.permissions.has(scope)));
      return { actor: toActor(found, standing.role, permissions, address) };
    });
    if (!resolved?.refused) return resolved?.actor ?? null;
    const { accountId, memberId, id } = resolved.refused;
    await this.allowlists.noteRefusal(accountId, memberId, address, id);
    throw new AppError('address.refused');
  }

  /** Tokens somebody may see: their own, and everybody's for who manages members. Newest first. */
  list(actor: MemberActor): Promise<ApiTokenView[]> {
    return this.database.in(actor.accountId, async (tx) => {
      const whose = actor.permissions.has('member.manage') ? {} : { memberId: actor.memberId };
      const tokens = await tx.find(ApiToken, whose, { orderBy: { id: 'desc' } });
      const ciphers = await this.keys.ciphers(
        actor.accountId,
        tokens.map(({ memberId }) => memberId),
        tx,
      );
      return tokens.flatMap((token) => {
        const cipher = ciphers.get(token.memberId);
        return cipher ? [toView(token, cipher)] : [];
      });
    });
  }

  /** Makes a token. Only this answer holds it. */
  create(actor: MemberActor, input: z.output<typeof NewApiToken>): Promise<NewApiTokenAnswer> {
    const scopes = scopesFor(actor, input.scopes);
    const list = Allowlist.of(input.ipAllowlist.map((range) => ({ range, label: '' })));
    return this.database.in(actor.accountId, async (tx) => {
      const id = newId();
      const token = PREFIX + newSecret();
      const now = this.clock.now();
      const cipher = await this.keys.cipher(actor.accountId, actor.memberId, tx);
      const made = tx.create(ApiToken, {
        id,
        accountId: actor.accountId,
        memberId: actor.memberId,
        nameSealed: cipher.seal('api_token', id, 'name', input.name),
        tokenHash: tokenHash(token),
        hint: token.slice(-HINT),
        scopes,
        allowlistSealed: list.isEmpty ? null : cipher.seal('api_token', id, 'allowlist', JSON.stringify(list.lines)),
        createdAt: now,
        expiresAt: new Date(now.getTime() + input.expiresInDays * DAY_MS),
        lastUsedAt: null,
      });
      tx.persist(made);
      await tx.flush();
      await this.audit.record(tx, actor, {
        action: 'token.created',
        target: { kind: 'token', id },
        data: { scopes, days: input.expiresInDays, limited: !list.isEmpty },
      });
      return { ...toView(made, cipher), token };
    });
  }

  /** Ends a token at once: one's own, or that of a member one may act on. */
  revoke(actor: MemberActor, id: string): Promise<void> {
    return this.database.in(actor.accountId, async (tx) => {
      const token = await tx.findOne(ApiToken, { id });
      if (!token) throw notFound();
      if (token.memberId !== actor.memberId) await this.assertMayEnd(tx, actor, token);
      await this.remove(tx, actor, [token]);
    });
  }

  /** Ends every token of a member, in the transaction that takes their access away. Answers how many. */
  async revokeAllOf(tx: Tx, who: Credentials, by: AuditBy = { kind: 'system', accountId: who.accountId }): Promise<number> {
    const tokens = await tx.find(ApiToken, { memberId: who.memberId }, { orderBy: { id: 'asc' } });
    await this.remove(tx, by, tokens);
    return tokens.length;
  }

  /** When the token a program called with ends. */
  expiryOf(actor: MemberActor): Promise<Date> {
    return this.database.in(actor.accountId, async (tx) => {
      const token = await tx.findOne(ApiToken, { id: actor.sessionId });
      if (!token) throw new AppError('auth.required');
      return token.expiresAt;
    });
  }

  private async assertMayEnd(tx: Tx, actor: MemberActor, token: ApiToken): Promise<void> {
    if (!actor.permissions.has('member.manage')) throw notFound();
    const standing = await this.members.standing(tx, token.memberId);
    if (standing) assertMayActOn(actor, token.memberId, standing);
  }

  private async remove(tx: Tx, by: AuditBy, tokens: readonly ApiToken[]): Promise<void> {
    await tx.nativeDelete(ApiToken, { id: { $in: tokens.map(({ id }) => id) } });
    for (const { id, memberId } of tokens)
      await this.audit.record(tx, by, { action: 'token.revoked', target: { kind: 'token', id }, data: { member: memberId } });
  }

  private async touch(tx: Tx, { id, lastUsedAt }: ApiToken): Promise<void> {
    const now = this.clock.now();
    if (lastUsedAt && now.getTime() - lastUsedAt.getTime() < TOUCH_MS) return;
    await tx.nativeUpdate(ApiToken, { id }, { lastUsedAt: now });
  }

  private async listOf(tx: Tx, token: ApiToken): Promise<Allowlist> {
    const known = this.lists.get(token.id);
    if (known) return known;
    const list = Allowlist.of(
      linesOf(token, await this.keys.cipher(token.accountId, token.memberId, tx)).map((range) => ({ range, label: '' })),
    );
    this.lists.set(token.id, list);
    return list;
  }
}

/** What somebody asks for, each once. Nobody gives away what they do not have, nor what is for people alone. */
function scopesFor(actor: MemberActor, asked: readonly Permission[]): Permission[] {
  const scopes = [...new Set(asked)];
  const place = scopes.findIndex((scope) => !offered.has(scope));
  if (place >= 0)
    throw new AppError('input.invalid', undefined, { errors: [{ path: `scopes.${place}`, message: 'is for people, not for programs' }] });
  if (scopes.some((scope) => !actor.permissions.has(scope))) throw new AppError('permission.not-yours');
  return scopes;
}

const toActor = (token: ApiToken, role: Role, permissions: ReadonlySet<Permission>, address: string): MemberActor => ({
  kind: 'member',
  accountId: token.accountId,
  memberId: token.memberId,
  role,
  permissions,
  credential: 'token',
  sessionId: token.id,
  stage: 'full',
  provenAt: null,
  address,
});

const linesOf = ({ id, allowlistSealed }: ApiToken, cipher: SubjectCipher): string[] =>
  allowlistSealed
    ? (JSON.parse(cipher.open('api_token', id, 'allowlist', allowlistSealed)) as { range: string }[]).map(({ range }) => range)
    : [];

const toView = (token: ApiToken, cipher: SubjectCipher): ApiTokenView => ({
  id: token.id,
  name: cipher.open('api_token', token.id, 'name', token.nameSealed),
  memberId: token.memberId,
  scopes: token.scopes,
  ipAllowlist: linesOf(token, cipher),
  createdAt: token.createdAt.toISOString(),
  expiresAt: token.expiresAt.toISOString(),
  lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
  hint: token.hint,
});
