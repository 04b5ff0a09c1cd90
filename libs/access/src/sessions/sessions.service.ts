import { Injectable } from '@nestjs/common';
import { MembersService, needsSecondFactor, type Credentials, type Standing } from '@sotto/accounts';
import { AppError, Clock, newId, newSecret, type MemberActor } from '@sotto/kernel';
import { Database, KeyRing, LiveFeed, query, type Tx } from '@sotto/platform';
import type { CloseReason, Permission, SessionStage } from '@sotto/protocol';
import type { z } from 'zod';
import { Allowlists } from '../allowlist/allowlists.service.js';
import { Session } from './session.entity.js';
import type { Footprint } from '../sign-in/sign-in-footprint.js';
import { tokenHash } from './tokens.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A session ends 8 hours after login, or 30 minutes after its last use (OWASP ASVS 5.0, 7.3). */
const ABSOLUTE_MS = 8 * 60 * MINUTE_MS;
const IDLE_MS = 30 * MINUTE_MS;
/** The same where the member chose to stay signed in. */
const REMEMBERED_MS = 30 * DAY_MS;
const REMEMBERED_IDLE_MS = 7 * DAY_MS;
/** How long a sign-in may stand between its first and its second factor. */
const UNFINISHED_MS = 10 * MINUTE_MS;
/** Use is written down at most this often. */
const TOUCH_MS = MINUTE_MS;

export type { Footprint } from '../sign-in/sign-in-footprint.js';

type Reason = z.infer<typeof CloseReason>;
const NOTHING: ReadonlySet<Permission> = new Set();

export interface OpenedSession {
  token: string;
  actor: MemberActor;
  expiresAt: Date;
  remembered: boolean;
  /** The token by which the browser is known from now on, once the sign-in is complete. */
  device?: string;
}

export interface ResolvedSession {
  actor: MemberActor;
  expiresAt: Date;
}

/** How a session begins: how far the sign-in is, and what the member chose. */
export interface Beginning {
  stage: SessionStage;
  remember: boolean;
  /** Goes on where another one was, without a new proof and no longer than that. */
  from?: { provenAt: Date | null; expiresAt: Date };
}

/** A live connection of a session, as the heartbeat looks at it again. */
export interface LiveSession {
  sessionId: string;
  address: string;
}

/** Sessions of members: opened, looked up, renewed under a new token, ended. */
@Injectable()
export class SessionsService {
  /** When this process last wrote down a session's use. */
  private readonly touched = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly members: MembersService,
    private readonly allowlists: Allowlists,
    private readonly clock: Clock,
    private readonly live: LiveFeed,
  ) {}

  /** Begins a session inside the caller's transaction, always under a token nobody has seen before. */
  async open(tx: Tx, who: Credentials, footprint: Footprint, { stage, remember, from }: Beginning): Promise<OpenedSession> {
    const token = newSecret();
    const id = newId();
    const now = this.clock.now();
    const lasts = stage !== 'full' ? UNFINISHED_MS : remember ? REMEMBERED_MS : ABSOLUTE_MS;
    const expiresAt = from?.expiresAt ?? new Date(now.getTime() + lasts);
    const cipher = await this.keys.cipher(who.accountId, who.memberId, tx);
    const session = tx.create(Session, {
      id,
      accountId: who.accountId,
      memberId: who.memberId,
      tokenHash: tokenHash(token),
      stage,
      remembered: remember,
      provenAt: from ? from.provenAt : stage === 'second-factor' ? null : now,
      challenge: null,
      challengeUntil: null,
      footprintSealed: cipher.seal(
        'session',
        id,
        'footprint',
        JSON.stringify({ address: footprint.address, userAgent: footprint.userAgent }),
      ),
      createdAt: now,
      lastUsedAt: now,
      expiresAt,
    });
    tx.persist(session);
    await tx.flush();
    const standing = await this.members.standing(tx, who.memberId);
    if (!standing) throw new AppError('auth.required');
    return { token, expiresAt, remembered: remember, actor: toActor(session, standing, session.stage, footprint.address) };
  }

  /** Goes on under a new token and id: after a second factor, so that one known before is worth nothing. */
  async renew(tx: Tx, actor: MemberActor, footprint: Footprint): Promise<OpenedSession> {
    const { remembered } = await this.retire(tx, actor);
    return this.open(tx, actor, footprint, { stage: 'full', remember: remembered });
  }

  /** The same session under a new token and id: a password alone proves no second factor, and lengthens nothing. */
  async rotate(tx: Tx, actor: MemberActor, footprint: Footprint): Promise<OpenedSession> {
    const { remembered, stage, provenAt, expiresAt } = await this.retire(tx, actor);
    return this.open(tx, actor, footprint, { stage, remember: remembered, from: { provenAt: provenAt ?? null, expiresAt } });
  }

  /**
   * The member a token stands for, or null when it is unknown, ended or too long unused. Throws `address.refused` where the
   * account does not let that address in.
   */
  async resolve(token: string, address: string): Promise<ResolvedSession | null> {
    const hash = tokenHash(token);
    const found = await this.database.door(hash, async (tx) => {
      const session = await tx.findOne(Session, { tokenHash: hash });
      if (!session || !this.isAlive(session)) return null;
      await this.database.enter(tx, session.accountId);
      const standing = await this.members.standing(tx, session.memberId);
      if (standing?.status !== 'active') return null;
      const rules = await this.allowlists.rulesOf(tx, session.accountId);
      if (!rules.lets(address)) return { refused: session };
      if (this.isDue(session.id)) await tx.nativeUpdate(Session, { id: session.id }, { lastUsedAt: this.clock.now() });
      const stage = this.stageNow(session.stage, standing, rules.requireTwoFactor);
      return { actor: toActor(session, standing, stage, address), expiresAt: session.expiresAt };
    });
    if (!found?.refused) return found;
    await this.allowlists.noteRefusal(found.refused.accountId, found.refused.memberId, address, found.refused.id);
    throw new AppError('address.refused');
  }

  /** Whether this member must have a second factor before doing anything else. */
  owesSecondFactor(standing: Standing, accountRequires: boolean): boolean {
    if (standing.twoFactor) return false;
    if (standing.graceUntil && standing.graceUntil > this.clock.now()) return false;
    return accountRequires || needsSecondFactor(standing.role, standing.permissions);
  }

  /** Notes that the session was used, at most once a minute. */
  async touch(actor: MemberActor): Promise<void> {
    if (!this.isDue(actor.sessionId)) return;
    await this.database.in(actor.accountId, (tx) => tx.nativeUpdate(Session, { id: actor.sessionId }, { lastUsedAt: this.clock.now() }));
  }

  /** For live connections of one account: why each must end, or null while it may stay. In the order given. */
  async endings(accountId: string, sessions: readonly LiveSession[]): Promise<(Reason | null)[]> {
    return this.database.in(accountId, async (tx) => {
      const found = await tx.find(Session, { id: { $in: [...new Set(sessions.map((session) => session.sessionId))] } });
      const byId = new Map(found.map((session) => [session.id, session]));
      const rules = await this.allowlists.rulesOf(tx, accountId);
      const standings = new Map<string, Standing | null>();
      for (const { memberId } of found) if (!standings.has(memberId)) standings.set(memberId, await this.members.standing(tx, memberId));
      return sessions.map(({ sessionId, address }): Reason | null => {
        const session = byId.get(sessionId);
        if (!session || !this.isAlive(session)) return 'expired';
        const standing = standings.get(session.memberId);
        if (standing?.status !== 'active') return 'access-changed';
        if (this.stageNow(session.stage, standing, rules.requireTwoFactor) !== 'full') return 'access-changed';
        return rules.lets(address) ? null : 'address-refused';
      });
    });
  }

  /** Notes that the session's holder has just proved again who they are. */
  async prove(tx: Tx, actor: MemberActor): Promise<Date> {
    const now = this.clock.now();
    await tx.nativeUpdate(Session, { id: actor.sessionId }, { provenAt: now });
    return now;
  }

  /** Ends a session everywhere: the cookie is worth nothing at once, sockets close. */
  async close(actor: MemberActor, reason: Reason): Promise<void> {
    await this.database.in(actor.accountId, (tx) => this.remove(tx, actor.accountId, [actor.sessionId], reason));
  }

  /** Ends every session of a member, but for one. Answers how many. */
  async endAll(tx: Tx, who: Credentials, reason: Reason, except?: string): Promise<number> {
    const sessions = await tx.find(Session, { memberId: who.memberId }, { fields: ['id'] });
    const ids = sessions.map((session) => session.id).filter((id) => id !== except);
    await this.remove(tx, who.accountId, ids, reason);
    return ids.length;
  }

  /** Ends these sessions of the account, inside the caller's transaction. Answers how many there were. */
  async remove(tx: Tx, accountId: string, ids: readonly string[], reason: Reason): Promise<number> {
    const removed = await tx.nativeDelete(Session, { id: { $in: [...ids] } });
    this.database.afterCommit(tx, () => {
      for (const sessionId of ids) {
        this.touched.delete(sessionId);
        this.live.publish({ type: 'session.closed', accountId, sessionId, reason });
      }
    });
    return removed;
  }

  /** Removes what has expired, of members and of visitors. */
  async sweep(): Promise<void> {
    await this.database.operator(async (tx) => {
      for (const table of EXPIRING) await query(tx, `delete from ${table} where expires_at < now()`);
      await query(tx, "delete from idempotent_request where created_at < now() - interval '1 day'");
    });
    const old = this.clock.now().getTime() - ABSOLUTE_MS;
    for (const [id, at] of this.touched) if (at < old) this.touched.delete(id);
  }

  /** Takes a session out of use whose holder goes on under another. One that was ended meanwhile does not come back to life. */
  private async retire(tx: Tx, actor: MemberActor): Promise<Session> {
    const old = await tx.findOne(Session, { id: actor.sessionId });
    if (!old || (await this.remove(tx, actor.accountId, [actor.sessionId], 'logged-out')) === 0) throw new AppError('auth.required');
    return old;
  }

  private stageNow(stage: SessionStage, standing: Standing, accountRequires: boolean): SessionStage {
    return stage === 'full' && this.owesSecondFactor(standing, accountRequires) ? 'enrolment' : stage;
  }

  private isAlive(session: Session): boolean {
    const now = this.clock.now().getTime();
    const idle = session.remembered && session.stage === 'full' ? REMEMBERED_IDLE_MS : IDLE_MS;
    return session.expiresAt.getTime() > now && session.lastUsedAt.getTime() + idle > now;
  }

  private isDue(sessionId: string): boolean {
    const now = this.clock.now().getTime();
    if (now - (this.touched.get(sessionId) ?? 0) < TOUCH_MS) return false;
    this.touched.set(sessionId, now);
    return true;
  }
}

/** Tables of this library and those below whose rows end at `expires_at`. */
const EXPIRING = [
  'session',
  'visitor_session',
  'sign_in',
  'known_device',
  'password_reset',
  'invitation',
  'ownership_offer',
  'mail_outbox',
];

const toActor = (session: Session, standing: Standing, stage: SessionStage, address: string): MemberActor => ({
  kind: 'member',
  accountId: session.accountId,
  memberId: session.memberId,
  role: standing.role,
  permissions: stage === 'full' ? standing.permissions : NOTHING,
  credential: 'session',
  sessionId: session.id,
  stage,
  provenAt: session.provenAt ?? null,
  address,
});
