import { Injectable } from '@nestjs/common';
import { MembersService } from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import { Clock, newId, notFound, type MemberActor } from '@sotto/kernel';
import { Database, KeyRing, query, type Tx } from '@sotto/platform';
import type { LessonReason, LessonState, MemberVerdict, Verdict, VerdictBy } from '@sotto/protocol';
import { Filters } from './filters.js';
import { Head } from './head.js';
import { FEATURE_VERSION } from './model/features.js';
import { BATCH, CANARIES_AT_LEAST, admitsScore, contradictsScore } from './model/guard.js';

/** What was said of a conversation before a verdict. */
export interface Before {
  verdict: Verdict | null;
  by: VerdictBy | null;
}

/** What a member says of a conversation, with what the filter makes of its text. */
export interface Teaching {
  conversationId: string;
  contactId: string;
  verdict: MemberVerdict;
  score: number;
  features: Uint8Array;
  before: Before;
}

export interface Taught {
  state: LessonState;
  reason: LessonReason | null;
}

/** A lesson for those who look through them. */
export interface LessonRow extends Taught {
  id: string;
  conversationId: string;
  memberId: string;
  verdict: MemberVerdict;
  contradicted: boolean;
  at: Date;
}

interface Row extends Before, Taught {
  id: string;
  memberId: string;
  conversationId: string;
  seq: number | null;
  confirmed: boolean;
  said: MemberVerdict;
}

const ROW = `id, member_id as "memberId", conversation_id as "conversationId", seq, confirmed, verdict as said, state, reason,
  verdict_before as verdict, by_before as by`;

/** More than this within an hour are not one person reading: the rest waits for a second look. */
const LESSONS_AN_HOUR = 200;

/**
 * What members taught. A lesson is learned at once, unless the guard holds it; every change is one transaction under the
 * account's head, so that lessons have an order and nodes can follow it.
 */
@Injectable()
export class Lessons {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly filters: Filters,
    private readonly head: Head,
    private readonly members: MembersService,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Adds a member's lesson, in place of their earlier one about the same conversation. */
  async teach(tx: Tx, actor: MemberActor, teaching: Teaching): Promise<Taught> {
    const { accountId, memberId } = actor;
    await this.head.hold(tx, accountId);
    const rows = await this.ofConversation(tx, teaching.conversationId);
    const own = rows.find((row) => row.memberId === memberId);
    if (own?.said === teaching.verdict && own.state !== 'overruled') return { state: own.state, reason: own.reason };
    if (own) await this.remove(tx, accountId, [own]);
    const others = rows.filter((row) => row !== own);
    const contradicted = contradictsScore(teaching.score, teaching.verdict);
    const seconded = others.some((row) => row.said === teaching.verdict);
    const confirmed = seconded || actor.permissions.has('screening.manage');
    const opposite = others.filter((row) => row.said !== teaching.verdict && (row.state === 'learned' || row.state === 'held'));
    // What somebody else stands behind already is not one member's to turn.
    const settled = opposite.some((row) => row.confirmed);
    const reason = confirmed ? null : settled ? 'contradicts' : await this.objection(tx, memberId, teaching);
    if (!reason) await this.overrule(tx, accountId, opposite);
    // Whoever agrees frees what waited for a second member.
    if (confirmed)
      for (const row of others) if (row.said === teaching.verdict && row.state === 'held') await this.learn(tx, accountId, row.id);
    const id = newId();
    const cipher = await this.keys.cipher(accountId, teaching.contactId, tx);
    const state = reason ? 'held' : 'learned';
    await query(
      tx,
      `insert into screening_lesson (id, account_id, seq, conversation_id, contact_id, member_id, verdict, state, reason, contradicted, confirmed,
                                     judged, score, feature_version, features_sealed, verdict_before, by_before, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $13, $14, $15, $16, $17)`,
      [
        id,
        accountId,
        reason ? null : await this.head.next(tx, accountId),
        teaching.conversationId,
        teaching.contactId,
        memberId,
        teaching.verdict,
        state,
        reason,
        contradicted,
        confirmed,
        teaching.score,
        FEATURE_VERSION,
        cipher.seal('screening_lesson', id, 'features', Buffer.from(teaching.features).toString('base64')),
        (own ?? teaching.before).verdict,
        (own ?? teaching.before).by,
        this.clock.now(),
      ],
    );
    this.filters.changed(tx, accountId);
    return { state, reason };
  }

  /** Takes a member's lesson about a conversation back, exactly. Returns what was said of it before, or null where there is none. */
  async takeBack(tx: Tx, actor: MemberActor, conversationId: string): Promise<Before | null> {
    await this.head.hold(tx, actor.accountId);
    const own = (await this.ofConversation(tx, conversationId)).find((row) => row.memberId === actor.memberId);
    if (!own) return null;
    await this.remove(tx, actor.accountId, [own]);
    return { verdict: own.verdict, by: own.by };
  }

  /** Makes a lesson that waits, was refused or overruled count after all. */
  accept(actor: MemberActor, id: string): Promise<void> {
    return this.database.in(actor.accountId, async (tx) => {
      await this.head.hold(tx, actor.accountId);
      const row = await this.one(tx, id);
      if (row.state === 'learned') return;
      const opposite = (await this.ofConversation(tx, row.conversationId)).filter(
        (other) => other.said !== row.said && other.state === 'learned',
      );
      await this.overrule(tx, actor.accountId, opposite);
      await this.learn(tx, actor.accountId, id);
      await this.audit.record(tx, actor, { action: 'screening.lesson-accepted', target: { kind: 'member', id: row.memberId } });
      this.filters.changed(tx, actor.accountId);
    });
  }

  /** Takes anybody's lesson out: the filter as if it had never been given. The conversation stays where it is. */
  drop(actor: MemberActor, id: string): Promise<void> {
    return this.database.in(actor.accountId, async (tx) => {
      await this.head.hold(tx, actor.accountId);
      await this.remove(tx, actor.accountId, [await this.one(tx, id)]);
    });
  }

  /** The filter as if this member had never taught it. Returns how many lessons are gone. */
  rollBack(actor: MemberActor, memberId: string): Promise<number> {
    return this.database.in(actor.accountId, async (tx) => {
      await this.head.hold(tx, actor.accountId);
      const rows = await query<Row>(tx, `select ${ROW} from screening_lesson where member_id = $1`, [memberId]);
      // Also of somebody who has left.
      if (rows.length === 0 && !(await this.members.exists(tx, memberId))) throw notFound();
      await this.remove(tx, actor.accountId, rows);
      const data = { lessons: rows.length };
      await this.audit.record(tx, actor, { action: 'screening.rolled-back', target: { kind: 'member', id: memberId }, data });
      return rows.length;
    });
  }

  /** Forgets what was learned from these contacts' messages. Returns how many lessons are gone. */
  async forget(tx: Tx, accountId: string, contactId: string): Promise<number> {
    await this.head.hold(tx, accountId);
    const rows = await query<Row>(tx, `select ${ROW} from screening_lesson where contact_id = $1`, [contactId]);
    await this.remove(tx, accountId, rows);
    return rows.length;
  }

  /** Lessons, newest first; ids are UUIDv7, so the last one's id is the next page's cursor. */
  list(
    tx: Tx,
    filter: { id?: string; conversation?: string; member?: string; state?: LessonState; cursor?: string; limit: number },
  ): Promise<LessonRow[]> {
    return query<LessonRow>(
      tx,
      `select id, conversation_id as "conversationId", member_id as "memberId", verdict, state, reason, contradicted, created_at as at
         from screening_lesson
        where ($1::uuid is null or conversation_id = $1) and ($2::uuid is null or member_id = $2) and ($3::text is null or state = $3)
          and ($4::uuid is null or id < $4) and ($5::uuid is null or id = $5)
        order by id desc limit $6`,
      [filter.conversation ?? null, filter.member ?? null, filter.state ?? null, filter.cursor ?? null, filter.id ?? null, filter.limit],
    );
  }

  private ofConversation(tx: Tx, conversationId: string): Promise<Row[]> {
    return query<Row>(tx, `select ${ROW} from screening_lesson where conversation_id = $1 order by created_at`, [conversationId]);
  }

  private async one(tx: Tx, id: string): Promise<Row> {
    const [row] = await query<Row>(tx, `select ${ROW} from screening_lesson where id = $1`, [id]);
    if (!row) throw notFound();
    return row;
  }

  /** Why the guard holds a lesson; null where it may be learned. */
  private async objection(tx: Tx, memberId: string, { score, verdict }: Teaching): Promise<LessonReason | null> {
    const hour = new Date(this.clock.now().getTime() - 3_600_000);
    const [recent] = await query<{ hour: number; known: number; contradictions: number }>(
      tx,
      `select (select count(*)::int from (select 1 from screening_lesson where member_id = $1 and created_at > $2 limit ${LESSONS_AN_HOUR}) x) as hour,
              (select count(*)::int from (select 1 from screening_lesson where state = 'learned' limit ${CANARIES_AT_LEAST}) x) as known,
              (select count(*) filter (where contradicted)::int
                 from (select contradicted from screening_lesson where member_id = $1 and state = 'learned' and not confirmed
                        order by created_at desc, id desc limit ${BATCH - 1}) x) as contradictions`,
      [memberId, hour],
    );
    if ((recent?.hour ?? 0) >= LESSONS_AN_HOUR) return 'too-many';
    // What knows so little is sure of nothing, whatever it scores.
    if ((recent?.known ?? 0) < CANARIES_AT_LEAST) return null;
    return admitsScore(score, verdict, recent?.contradictions ?? 0) ? null : 'contradicts';
  }

  private async learn(tx: Tx, accountId: string, id: string): Promise<void> {
    const seq = await this.head.next(tx, accountId);
    await query(
      tx,
      `update screening_lesson set state = 'learned', reason = null, seq = $2, confirmed = true, judged = true where id = $1`,
      [id, seq],
    );
  }

  private async overrule(tx: Tx, accountId: string, rows: Row[]): Promise<void> {
    if (rows.length === 0) return;
    await query(tx, `update screening_lesson set state = 'overruled', reason = 'overruled', seq = null where id = any($1)`, [
      rows.map(({ id }) => id),
    ]);
    if (rows.some(({ seq }) => seq !== null)) await this.head.rewrite(tx, accountId);
  }

  private async remove(tx: Tx, accountId: string, rows: Row[]): Promise<void> {
    if (rows.length === 0) return;
    await query(tx, 'delete from screening_lesson where id = any($1)', [rows.map(({ id }) => id)]);
    if (rows.some(({ seq }) => seq !== null)) await this.head.rewrite(tx, accountId);
    this.filters.changed(tx, accountId);
  }
}
