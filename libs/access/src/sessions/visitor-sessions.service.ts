import { Injectable } from '@nestjs/common';
import { AppError, Clock, newId, newSecret, type Suspicion, type VisitorActor } from '@sotto/kernel';
import { Database, LiveFeed, query, type Tx } from '@sotto/platform';
import { VISITOR_PERMISSIONS, type CloseReason } from '@sotto/protocol';
import type { z } from 'zod';
import { tokenHash } from './tokens.js';
import { VisitorSession } from './visitor-session.entity.js';

/** How long a visitor can come back to their chat without agreeing again. */
const VALID_MS = 90 * 24 * 60 * 60_000;
const PREFIX = 'visitor_';
const permissions = new Set(VISITOR_PERMISSIONS);

/** The consent a token is bound to. */
export interface ConsentOfSession {
  accountId: string;
  contactId: string;
  inboxId: string;
  policyId: string;
  policyVersion: number;
  receiptId: string;
  suspicion: Suspicion | null;
}

export type VisitorStanding = { actor: VisitorActor; standing: 'ok' | 'consent.required' | 'consent.stale' };

interface Row {
  id: string;
  accountId: string;
  contactId: string;
  inboxId: string;
  suspicion: Suspicion | null;
  standing: VisitorStanding['standing'];
}

/** One place decides whether consent holds; `append_message` asks the same question at every message. */
const STANDING = `
  select s.id, s.account_id as "accountId", s.contact_id as "contactId", s.inbox_id as "inboxId", s.suspicion,
         case when s.withdrawn_at is not null or s.expires_at <= now() then 'consent.required'
              when i.policy_id <> s.policy_id or p.current_version <> s.policy_version then 'consent.stale'
              else 'ok' end as standing
    from visitor_session s join inbox i on i.id = s.inbox_id join policy p on p.id = i.policy_id`;

@Injectable()
export class VisitorSessions {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly live: LiveFeed,
  ) {}

  static isToken(token: string): boolean {
    return token.startsWith(PREFIX);
  }

  async open(tx: Tx, consent: ConsentOfSession): Promise<{ token: string; id: string; expiresAt: Date }> {
    const token = PREFIX + newSecret();
    const id = newId();
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + VALID_MS);
    tx.persist(tx.create(VisitorSession, { id, ...consent, tokenHash: tokenHash(token), createdAt: now, expiresAt }));
    await tx.flush();
    return { token, id, expiresAt };
  }

  /** The visitor a token stands for and whether their consent holds; null when the token is unknown. */
  async resolve(token: string): Promise<VisitorStanding | null> {
    const hash = tokenHash(token);
    return this.database.door(hash, async (tx) => {
      const session = await tx.findOne(VisitorSession, { tokenHash: hash });
      if (!session) return null;
      await this.database.enter(tx, session.accountId);
      const [row] = await query<Row>(tx, `${STANDING} where s.id = $1`, [session.id]);
      return row ? { actor: toActor(row), standing: row.standing } : null;
    });
  }

  /** As `resolve`, refusing everybody whose consent does not hold. */
  async require(token: string): Promise<VisitorActor> {
    const found = await this.resolve(token);
    if (!found) throw new AppError('auth.required');
    if (found.standing !== 'ok') throw new AppError(found.standing);
    return found.actor;
  }

  /** How these sessions stand; one that is gone is left out. */
  async standings(accountId: string, sessionIds: string[]): Promise<Map<string, VisitorStanding['standing']>> {
    const rows = await this.database.in(accountId, (tx) => query<Row>(tx, `${STANDING} where s.id = any($1)`, [sessionIds]));
    return new Map(rows.map((row) => [row.id, row.standing]));
  }

  /** Ends every session of the contact: tokens stop working and sockets close. */
  async withdraw(tx: Tx, actor: VisitorActor): Promise<void> {
    const ended = await query<{ id: string }>(
      tx,
      'update visitor_session set withdrawn_at = $1 where contact_id = $2 and withdrawn_at is null returning id',
      [this.clock.now(), actor.contactId],
    );
    for (const { id } of ended) this.announce(tx, actor.accountId, id, 'consent.withdrawn');
  }

  private announce(tx: Tx, accountId: string, sessionId: string, reason: z.infer<typeof CloseReason>): void {
    this.database.afterCommit(tx, () => this.live.publish({ type: 'session.closed', accountId, sessionId, reason }));
  }
}

const toActor = (row: Row): VisitorActor => ({
  kind: 'visitor',
  accountId: row.accountId,
  contactId: row.contactId,
  inboxId: row.inboxId,
  sessionId: row.id,
  suspicion: row.suspicion,
  permissions,
});
