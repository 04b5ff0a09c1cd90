import { Injectable } from '@nestjs/common';
import { MembersService } from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import { Clock, type MemberActor } from '@sotto/kernel';
import { Database, query, type Tx } from '@sotto/platform';
import { THRESHOLDS, type Performance, type PerformanceDay, type ScreeningSettings, type TeacherView } from '@sotto/protocol';
import { Filters } from './filters.js';
import { Head } from './head.js';
import { ScreeningService } from './screening.service.js';

const DAY_MS = 86_400_000;
/** Lessons behind the curve: the newest, since the filter was another one before. */
const CURVE_LESSONS = 2_000;

/** How well the filter does, where its threshold stands, and who taught it. */
@Injectable()
export class Overview {
  constructor(
    private readonly database: Database,
    private readonly filters: Filters,
    private readonly screening: ScreeningService,
    private readonly head: Head,
    private readonly members: MembersService,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  performance(actor: MemberActor, days: number): Promise<Performance> {
    const today = Math.floor(this.clock.now().getTime() / DAY_MS) * DAY_MS;
    const from = new Date(today - (days - 1) * DAY_MS);
    return this.database.in(actor.accountId, async (tx) => {
      const rows = await query<PerformanceDay>(
        tx,
        `select to_char(screened_at at time zone 'utc', 'YYYY-MM-DD') as day, count(*)::int as screened,
                count(*) filter (where verdict = 'spam' and member_verdict is distinct from 'ham')::int as caught,
                count(*) filter (where verdict <> 'spam' and member_verdict = 'spam')::int as missed,
                count(*) filter (where verdict = 'spam' and member_verdict = 'ham')::int as "wronglyQuarantined",
                count(*) filter (where verdict = 'unsure')::int as unsure
           from screening_result where screened_at >= $1 group by 1`,
        [from],
      );
      const found = new Map(rows.map((row) => [row.day, row]));
      const empty = { screened: 0, caught: 0, missed: 0, wronglyQuarantined: 0, unsure: 0 };
      const list = Array.from({ length: days }, (_, at) => {
        const day = new Date(from.getTime() + at * DAY_MS).toISOString().slice(0, 10);
        return found.get(day) ?? { day, ...empty };
      });
      const [lessons] = await query<{ spam: number; ham: number }>(
        tx,
        `select count(*) filter (where verdict = 'spam')::int as spam, count(*) filter (where verdict = 'ham')::int as ham
           from screening_lesson where state = 'learned'`,
      );
      return { days: list, lessons: lessons ?? { spam: 0, ham: 0 } };
    });
  }

  async settings(actor: MemberActor): Promise<ScreeningSettings> {
    const { threshold: automatic } = await this.filters.score(actor.accountId, { text: '' });
    return this.database.in(actor.accountId, async (tx) => {
      const threshold = await this.screening.ownThreshold(tx);
      return { threshold, automatic, effective: threshold ?? automatic, curve: await curve(tx) };
    });
  }

  async setThreshold(actor: MemberActor, threshold: number | null): Promise<ScreeningSettings> {
    await this.database.in(actor.accountId, async (tx) => {
      await this.head.hold(tx, actor.accountId);
      const from = await this.screening.ownThreshold(tx);
      if (from === threshold) return;
      await query(tx, 'update screening_head set threshold = $2 where account_id = $1', [actor.accountId, threshold]);
      await this.audit.record(tx, actor, { action: 'screening.threshold-changed', data: { from, to: threshold } });
    });
    return this.settings(actor);
  }

  teachers(actor: MemberActor): Promise<{ items: TeacherView[] }> {
    return this.database.in(actor.accountId, async (tx) => {
      const state = (name: string) => `count(*) filter (where state = '${name}')::int as ${name}`;
      const rows = await query<Omit<TeacherView, 'member' | 'lastAt'> & { memberId: string; lastAt: Date }>(
        tx,
        `select member_id as "memberId", count(*) filter (where verdict = 'spam')::int as spam,
                count(*) filter (where verdict = 'ham')::int as ham, ${['learned', 'held', 'refused', 'overruled'].map(state).join(', ')},
                count(*) filter (where contradicted)::int as contradicted, max(created_at) as "lastAt"
           from screening_lesson group by member_id order by max(created_at) desc`,
      );
      const names = await this.members.namesOf(
        actor.accountId,
        rows.map(({ memberId }) => memberId),
        tx,
      );
      return {
        items: rows.map(({ memberId, lastAt, ...counts }) => ({
          member: { id: memberId, name: names.get(memberId) ?? '' },
          ...counts,
          lastAt: new Date(lastAt).toISOString(),
        })),
      };
    });
  }
}

/** What each threshold would have done to the newest lessons, by the scores they had before they were learned. */
async function curve(tx: Tx): Promise<ScreeningSettings['curve']> {
  const lessons = await query<{ verdict: 'spam' | 'ham'; score: number }>(
    tx,
    `select verdict, score from screening_lesson where state = 'learned' order by created_at desc, id desc limit ${CURVE_LESSONS}`,
  );
  const points = [];
  for (let threshold = THRESHOLDS.least as number; threshold <= THRESHOLDS.most; threshold += THRESHOLDS.step) {
    const above = lessons.filter(({ score }) => score >= threshold);
    const caught = above.filter(({ verdict }) => verdict === 'spam').length;
    points.push({ threshold, caught, wronglyQuarantined: above.length - caught });
  }
  const spam = lessons.filter(({ verdict }) => verdict === 'spam').length;
  return { spam, ham: lessons.length - spam, points };
}
