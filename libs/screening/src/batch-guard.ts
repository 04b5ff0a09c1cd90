import { Injectable, Logger } from '@nestjs/common';
import { Database, query } from '@sotto/platform';
import { Filters } from './filters.js';
import { Head } from './head.js';
import { LearnedLessons } from './learned-lessons.js';
import { BATCH, CANARIES } from './model/guard.js';

/** Looks at every twenty lessons of a member together, and takes them back where they made the filter worse. */
@Injectable()
export class BatchGuard {
  private readonly log = new Logger('Screening');

  constructor(
    private readonly database: Database,
    private readonly filters: Filters,
    private readonly head: Head,
    private readonly learned: LearnedLessons,
  ) {}

  /** Judges the member's lessons since the last time, once there are enough. */
  async judge(accountId: string, memberId: string): Promise<void> {
    const found = await this.database.in(accountId, async (tx) => {
      const batch = await query<{ id: string; seq: number }>(
        tx,
        `select id, seq from screening_lesson where member_id = $1 and state = 'learned' and not judged order by seq limit ${BATCH}`,
        [memberId],
      );
      if (batch.length < BATCH) return null;
      const canaries = await query<{ seq: number }>(
        tx,
        `select seq from screening_lesson where state = 'learned' and judged and (member_id <> $1 or confirmed) order by seq desc limit ${CANARIES}`,
        [memberId],
      );
      return { batch, canaries, lessons: await this.learned.after(tx, accountId, 0) };
    });
    if (!found) return;
    const seqs = (rows: { seq: number }[]) => rows.map(({ seq }) => seq);
    const harms = await this.filters.harms(found.lessons, seqs(found.batch), seqs(found.canaries));
    const ids = found.batch.map(({ id }) => id);
    await this.database.in(accountId, async (tx) => {
      await this.head.hold(tx, accountId);
      if (!harms) {
        await query(tx, 'update screening_lesson set judged = true where id = any($1)', [ids]);
        return;
      }
      await query(
        tx,
        `update screening_lesson set state = 'refused', reason = 'harmful', judged = true, seq = null where id = any($1) and state = 'learned'`,
        [ids],
      );
      await this.head.rewrite(tx, accountId);
      this.filters.changed(tx, accountId);
    });
    if (harms) this.log.warn(`Twenty lessons of member ${memberId} made the filter worse and were taken back`);
  }
}
