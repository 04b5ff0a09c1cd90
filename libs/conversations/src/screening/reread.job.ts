import { Injectable, Logger } from '@nestjs/common';
import { Database, Handler, type JobHandler } from '@sotto/platform';
import { OutdatedLessons, ScreeningService } from '@sotto/screening';
import { FirstWords } from './first-words.js';

/** Lessons at a time. The filter is folded anew after each. */
const LESSONS = 200;

/**
 * After an upgrade that reads messages otherwise: reads those that members taught again, so that what was taught stays taught.
 * Nodes of the old version go on with what is not read yet.
 */
@Injectable()
@Handler()
export class RereadJob implements JobHandler {
  readonly job = 'screening.reread';
  readonly schedule = '23 * * * *';
  readonly atStart = true;
  private readonly log = new Logger('Screening');

  constructor(
    private readonly database: Database,
    private readonly lessons: OutdatedLessons,
    private readonly screening: ScreeningService,
    private readonly words: FirstWords,
  ) {}

  async handle(): Promise<void> {
    for (const accountId of await this.lessons.accounts()) {
      let count = 0;
      for (let read = LESSONS; read === LESSONS; count += read) read = await this.reread(accountId);
      if (count > 0) this.log.log(`Read ${count} lessons of account ${accountId} again, as this version reads them`);
    }
  }

  private async reread(accountId: string): Promise<number> {
    const found = await this.database.in(accountId, async (tx) => {
      const read = [];
      for (const lesson of await this.lessons.oldest(tx, LESSONS))
        read.push({ lesson, words: await this.words.of(tx, accountId, lesson.conversationId) });
      return read;
    });
    if (found.length === 0) return 0;
    const reread = [];
    for (const { lesson, words } of found) {
      const answer = words && (await this.screening.score(accountId, words.message, true));
      reread.push({ ...lesson, features: answer?.features ?? null });
    }
    await this.lessons.renew(accountId, reread);
    return found.length;
  }
}
