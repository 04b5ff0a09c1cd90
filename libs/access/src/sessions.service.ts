import { Injectable } from '@nestjs/common';
import { MembersService, type Credentials } from '@sotto/accounts';
import { Clock, newId, newSecret, type MemberActor } from '@sotto/kernel';
import { Database, KeyRing, LiveFeed, query } from '@sotto/platform';
import { ROLE_PERMISSIONS, type CloseReason } from '@sotto/protocol';
import type { z } from 'zod';
import { Session } from './session.entity.js';
import { tokenHash } from './tokens.js';

/** A session ends 8 hours after login, or 30 minutes after its last use (OWASP ASVS 5.0, 7.3). */
const ABSOLUTE_MS = 8 * 60 * 60_000;
const IDLE_MS = 30 * 60_000;
/** Use is written down at most this often. */
const TOUCH_MS = 60_000;

/** What a browser shows of itself at login. */
export interface Footprint {
  address: string;
  userAgent: string;
}

export interface OpenedSession {
  token: string;
  actor: MemberActor;
  expiresAt: Date;
}

@Injectable()
export class SessionsService {
  /** When this process last wrote down a session's use. */
  private readonly touched = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly members: MembersService,
    private readonly clock: Clock,
    private readonly live: LiveFeed,
  ) {}

  async open(who: Credentials, footprint: Footprint): Promise<OpenedSession> {
    const token = newSecret();
    const id = newId();
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + ABSOLUTE_MS);
    const cipher = await this.keys.cipher(who.accountId, who.memberId);
    await this.database.in(who.accountId, async (tx) => {
      tx.persist(
        tx.create(Session, {
          id,
          accountId: who.accountId,
          memberId: who.memberId,
          tokenHash: tokenHash(token),
          footprintSealed: cipher.seal('session', id, 'footprint', JSON.stringify(footprint)),
          createdAt: now,
          lastUsedAt: now,
          expiresAt,
        }),
      );
      await tx.flush();
    });
    return { token, expiresAt, actor: this.actor(id, who) };
  }

  /** The member a token stands for, or null when it is unknown, ended or too long unused. */
  async resolve(token: string): Promise<{ actor: MemberActor; expiresAt: Date } | null> {
    const hash = tokenHash(token);
    return this.database.door(hash, async (tx) => {
      const session = await tx.findOne(Session, { tokenHash: hash });
      if (!session || !this.isAlive(session)) return null;
      await this.database.enter(tx, session.accountId);
      const role = await this.members.roleOf(tx, session.memberId);
      if (!role) return null;
      if (this.isDue(session.id)) await tx.nativeUpdate(Session, { id: session.id }, { lastUsedAt: this.clock.now() });
      return {
        actor: this.actor(session.id, { accountId: session.accountId, memberId: session.memberId, role }),
        expiresAt: session.expiresAt,
      };
    });
  }

  /** Notes that the session was used, at most once a minute. */
  async touch(actor: MemberActor): Promise<void> {
    if (!this.isDue(actor.sessionId)) return;
    await this.database.in(actor.accountId, (tx) => tx.nativeUpdate(Session, { id: actor.sessionId }, { lastUsedAt: this.clock.now() }));
  }

  /** Which of these sessions are still good; asked for live sockets, account by account. */
  async alive(accountId: string, sessionIds: string[]): Promise<Set<string>> {
    const sessions = await this.database.in(accountId, (tx) => tx.find(Session, { id: { $in: sessionIds } }));
    return new Set(sessions.filter((session) => this.isAlive(session)).map((session) => session.id));
  }

  /** Ends a session everywhere: the cookie is worth nothing at once, sockets close. */
  async close(actor: MemberActor, reason: z.infer<typeof CloseReason>): Promise<void> {
    await this.database.in(actor.accountId, async (tx) => {
      await tx.nativeDelete(Session, { id: actor.sessionId });
      this.database.afterCommit(tx, () =>
        this.live.publish({ type: 'session.closed', accountId: actor.accountId, sessionId: actor.sessionId, reason }),
      );
    });
    this.touched.delete(actor.sessionId);
  }

  /** Removes what has expired, of members and of visitors. */
  async sweep(): Promise<void> {
    await this.database.operator(async (tx) => {
      await query(tx, 'delete from session where expires_at < now()');
      await query(tx, 'delete from visitor_session where expires_at < now()');
      await query(tx, "delete from idempotent_request where created_at < now() - interval '1 day'");
    });
    const old = this.clock.now().getTime() - ABSOLUTE_MS;
    for (const [id, at] of this.touched) if (at < old) this.touched.delete(id);
  }

  private isAlive(session: Session): boolean {
    const now = this.clock.now().getTime();
    return session.expiresAt.getTime() > now && session.lastUsedAt.getTime() + IDLE_MS > now;
  }

  private isDue(sessionId: string): boolean {
    const now = this.clock.now().getTime();
    if (now - (this.touched.get(sessionId) ?? 0) < TOUCH_MS) return false;
    this.touched.set(sessionId, now);
    return true;
  }

  private actor(sessionId: string, who: Credentials): MemberActor {
    return { kind: 'member', ...who, permissions: new Set(ROLE_PERMISSIONS[who.role]), sessionId };
  }
}
