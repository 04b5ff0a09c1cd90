import { Injectable, Logger } from '@nestjs/common';
import { MembersService } from '@sotto/accounts';
import { AppError, notFound, type MemberActor } from '@sotto/kernel';
import { Database, query, type Tx } from '@sotto/platform';
import type {
  BlockSender,
  BlockView,
  BulkAnswer,
  LessonQuery,
  LessonView,
  MemberVerdict,
  Page,
  ScreeningExplanation,
  ScreeningState,
  TeachAnswer,
  Verdict,
  VerdictBy,
} from '@sotto/protocol';
import { BatchGuard, Blocks, Filters, Lessons, ScreeningService, spansOf, verdictFor, type LessonRow, type Taught } from '@sotto/screening';
import { lock, type Locked } from '../activity.js';
import { EventLog } from '../event-log.js';
import { numbered, visibleTo } from '../visibility.js';
import { Arrivals } from './arrivals.js';
import { FirstWords } from './first-words.js';
import { shownScreening } from './shown.js';

/** What members say of conversations: moves them into quarantine or out of it, and teaches the filter. */
@Injectable()
export class VerdictsService {
  private readonly log = new Logger('Screening');

  constructor(
    private readonly database: Database,
    private readonly screening: ScreeningService,
    private readonly filters: Filters,
    private readonly lessons: Lessons,
    private readonly guard: BatchGuard,
    private readonly blocks: Blocks,
    private readonly members: MembersService,
    private readonly events: EventLog,
    private readonly words: FirstWords,
    private readonly arrivals: Arrivals,
  ) {}

  /** Spam or not spam. The lesson counts from the answer on; nobody loses one that was acknowledged. */
  async teach(actor: MemberActor, id: string, verdict: MemberVerdict): Promise<TeachAnswer> {
    const { accountId } = actor;
    const found = await this.database.in(accountId, async (tx) => {
      await this.assertVisible(tx, actor, id);
      return this.words.of(tx, accountId, id);
    });
    const read = found && (await this.screening.score(accountId, found.message, true));
    const answer = await this.database.in(accountId, async (tx) => {
      const conversation = await lock(tx, id, visibleTo(actor));
      const { contactId, verdict: before, verdictBy: by } = conversation;
      let lesson: Taught | null = null;
      if (read?.features) {
        const teaching = { conversationId: id, contactId, verdict, score: read.z, features: read.features };
        lesson = await this.lessons.teach(tx, actor, { ...teaching, before: { verdict: before, by } });
      }
      await this.screening.noteMemberVerdict(tx, id, verdict);
      await this.judge(tx, actor, conversation, { verdict, by: 'member' });
      return { ...stateOf(conversation), lesson };
    });
    this.arrivals.judged(id);
    if (answer.lesson) await this.learned(actor);
    return answer;
  }

  /** Takes one's own verdict back: the conversation as it was, the filter as if it had never been given. */
  async takeBack(actor: MemberActor, id: string): Promise<TeachAnswer> {
    const answer = await this.database.in(actor.accountId, async (tx) => {
      const conversation = await lock(tx, id, visibleTo(actor));
      const before = await this.lessons.takeBack(tx, actor, id);
      if (!before) throw new AppError('screening.nothing-to-undo');
      await this.screening.noteMemberVerdict(tx, id, before.by === 'member' && before.verdict !== 'unsure' ? before.verdict : null);
      const state = before.verdict && before.by ? { verdict: before.verdict, by: before.by } : null;
      await this.judge(tx, actor, conversation, state);
      return { ...stateOf(conversation), lesson: null };
    });
    await this.filters.catchUp(actor.accountId);
    return answer;
  }

  teachMany = (actor: MemberActor, ids: readonly string[], verdict: MemberVerdict): Promise<BulkAnswer> =>
    each(ids, (id) => this.teach(actor, id, verdict));

  takeBackMany = (actor: MemberActor, ids: readonly string[]): Promise<BulkAnswer> => each(ids, (id) => this.takeBack(actor, id));

  /** Why a conversation is where it is: computed now, from its own words. */
  async explain(actor: MemberActor, id: string): Promise<ScreeningExplanation> {
    const { accountId } = actor;
    const stored = await this.database.in(accountId, async (tx) => {
      await this.assertVisible(tx, actor, id);
      const found = await this.words.of(tx, accountId, id);
      return {
        found,
        threshold: await this.screening.ownThreshold(tx),
        first: await this.screening.firstVerdict(tx, id),
        lessons: await this.views(tx, actor, await this.lessons.list(tx, { conversation: id, limit: 50 })),
        block: found ? await this.blocks.match(tx, accountId, { email: found.email }) : null,
      };
    });
    const { found, first, lessons, block } = stored;
    const screening = found?.verdict && found.by ? { verdict: found.verdict, by: found.by } : null;
    const blocked = block && { id: block.id, reason: block.reason };
    if (!found) return { screening, first, now: null, reasons: [], lessons, block: blocked };
    const score = await this.screening.score(accountId, found.message);
    const threshold = stored.threshold ?? score.threshold;
    const reasons = await this.filters.explain(accountId, found.message);
    return {
      screening,
      first,
      now: { verdict: verdictFor(score.z, threshold, score.lessons), score: score.z, threshold },
      reasons: reasons.map((reason) => ({ ...reason, spans: spansOf(reason, found.first) })),
      lessons,
      block: blocked,
    };
  }

  listLessons(actor: MemberActor, input: LessonQuery): Promise<Page<LessonView>> {
    const { limit, ...filter } = input;
    return this.database.in(actor.accountId, async (tx) => {
      const rows = await this.lessons.list(tx, { ...filter, limit: limit + 1 });
      const items = await this.views(tx, actor, rows.slice(0, limit));
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    });
  }

  async accept(actor: MemberActor, lessonId: string): Promise<LessonView> {
    await this.lessons.accept(actor, lessonId);
    await this.filters.catchUp(actor.accountId);
    return this.database.in(actor.accountId, async (tx) => {
      const [view] = await this.views(tx, actor, await this.lessons.list(tx, { id: lessonId, limit: 1 }));
      if (!view) throw notFound();
      return view;
    });
  }

  /** Takes anybody's lesson out of the filter; the conversation stays where it is. */
  async drop(actor: MemberActor, lessonId: string): Promise<void> {
    await this.lessons.drop(actor, lessonId);
    await this.filters.catchUp(actor.accountId);
  }

  /** Blocks the address a conversation's contact gave. */
  async blockSender(actor: MemberActor, { conversationId, reason, days }: BlockSender & { days: number | null }): Promise<BlockView> {
    const email = await this.database.in(actor.accountId, async (tx) => {
      await this.assertVisible(tx, actor, conversationId);
      return (await this.words.of(tx, actor.accountId, conversationId))?.email;
    });
    if (!email) {
      const message = 'is of somebody who gave no address';
      throw new AppError('input.invalid', undefined, { errors: [{ path: 'conversationId', message }] });
    }
    return this.blocks.add(actor, { kind: 'address', value: email, reason, days });
  }

  private async judge(tx: Tx, { memberId }: MemberActor, conversation: Locked, screening: ScreeningState | null): Promise<void> {
    const { verdict, verdictBy } = conversation;
    if (verdict === (screening?.verdict ?? null) && verdictBy === (screening?.by ?? null)) return;
    await this.events.screen(tx, conversation, screening, { kind: 'member', id: memberId });
  }

  /** The lesson is safe already; what follows from it may fail without anybody losing it. */
  private async learned({ accountId, memberId }: MemberActor): Promise<void> {
    try {
      await this.filters.catchUp(accountId);
      await this.guard.judge(accountId, memberId);
    } catch (error) {
      this.log.warn(`The filter learns later: ${error instanceof Error ? error.constructor.name : 'unknown'}`);
    }
  }

  private async assertVisible(tx: Tx, actor: MemberActor, id: string): Promise<void> {
    const { sql, parameters } = numbered(visibleTo(actor), 1);
    const rows = await query(tx, `select c.id from conversation c where c.id = $1 and ${sql}`, [id, ...parameters]);
    if (rows.length === 0) throw notFound();
  }

  private async views(tx: Tx, actor: MemberActor, rows: readonly LessonRow[]): Promise<LessonView[]> {
    const visible = numbered(visibleTo(actor), 1);
    const numbers = await query<{ id: string; number: number }>(
      tx,
      `select c.id, c.number from conversation c where c.id = any($1) and ${visible.sql}`,
      [rows.map(({ conversationId }) => conversationId), ...visible.parameters],
    );
    const numberOf = new Map(numbers.map(({ id, number }) => [id, number]));
    const names = await this.members.namesOf(
      actor.accountId,
      rows.map(({ memberId }) => memberId),
      tx,
    );
    return rows.map(({ conversationId, memberId, at, ...row }) => {
      const number = numberOf.get(conversationId);
      return {
        ...row,
        conversation: number === undefined ? null : { id: conversationId, number },
        member: { id: memberId, name: names.get(memberId) ?? '' },
        at: new Date(at).toISOString(),
      };
    });
  }
}

const stateOf = ({
  status,
  verdict,
  verdictBy: by,
}: {
  status: Locked['status'];
  verdict: Verdict | null;
  verdictBy: VerdictBy | null;
}) => ({
  status,
  screening: shownScreening(verdict, by),
});

/** One after the other, each by itself: one that fails takes no other with it. */
async function each(ids: readonly string[], work: (id: string) => Promise<unknown>): Promise<BulkAnswer> {
  const done: string[] = [];
  const failed: { id: string; code: string }[] = [];
  for (const id of new Set(ids)) {
    try {
      await work(id);
      done.push(id);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      failed.push({ id, code: error.code });
    }
  }
  return { done, failed };
}
