import { Injectable } from '@nestjs/common';
import { AuditLog } from '@sotto/audit';
import { Clock, notFound, type MemberActor } from '@sotto/kernel';
import { Database, KeyRing, type Tx } from '@sotto/platform';
import type { SessionView } from '@sotto/protocol';
import { Session } from './session.entity.js';
import { SessionsService } from './sessions.service.js';
import { deviceName, type Footprint } from '../sign-in/sign-in-footprint.js';

/** Where a member is signed in: to look through and to end, their own only. */
@Injectable()
export class SessionList {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** The one that asks first, then by last use. */
  list(actor: MemberActor): Promise<SessionView[]> {
    return this.database.in(actor.accountId, async (tx) => {
      const found = await tx.find(
        Session,
        { memberId: actor.memberId, stage: 'full', expiresAt: { $gt: this.clock.now() } },
        { orderBy: { lastUsedAt: 'desc', id: 'desc' } },
      );
      const cipher = await this.keys.cipher(actor.accountId, actor.memberId, tx);
      const views = found.map((session): SessionView => {
        const footprint = JSON.parse(cipher.open('session', session.id, 'footprint', session.footprintSealed)) as Footprint;
        return {
          id: session.id,
          current: session.id === actor.sessionId,
          device: deviceName(footprint.userAgent),
          address: footprint.address,
          createdAt: session.createdAt.toISOString(),
          lastUsedAt: session.lastUsedAt.toISOString(),
          expiresAt: session.expiresAt.toISOString(),
          remembered: session.remembered,
        };
      });
      return views.sort((one, other) => Number(other.current) - Number(one.current));
    });
  }

  /** Ends one. Another member's is as if it were not there. */
  async end(actor: MemberActor, id: string): Promise<void> {
    await this.database.in(actor.accountId, async (tx) => {
      if ((await tx.count(Session, { id, memberId: actor.memberId })) === 0) throw notFound();
      await this.sessions.remove(tx, actor.accountId, [id], 'logged-out');
      await this.note(tx, actor, 1);
    });
  }

  /** Ends all, or all but the one that asks. */
  async endAll(actor: MemberActor, { withThis }: { withThis: boolean }): Promise<void> {
    await this.database.in(actor.accountId, async (tx) => {
      const count = await this.sessions.endAll(tx, actor, 'logged-out', withThis ? undefined : actor.sessionId);
      await this.note(tx, actor, count);
    });
  }

  private note(tx: Tx, actor: MemberActor, count: number): Promise<void> {
    return this.audit.record(tx, actor, { action: 'auth.sessions-ended', data: { count } });
  }
}
