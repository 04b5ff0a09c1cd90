import { Worker } from 'node:worker_threads';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { AppError } from '@sotto/kernel';
import { Database, KeyRing, LiveFeed, query, type Tx } from '@sotto/platform';
import type { Answers, Request, ScoreAnswer, StoredLesson } from './filter-room.js';
import { LearnedLessons } from './learned-lessons.js';
import type { Reason } from './model/explanation.js';
import type { ScreenedMessage } from './model/message.js';

/** Where an account's filter stands: in the database, or as far as the thread has followed. */
interface Standing {
  epoch: number;
  seq: number;
}

interface Followed extends Standing {
  /** When the database was last asked, in milliseconds. */
  askedAt: number;
  /** Lessons since the last snapshot. */
  unsaved: number;
}

/** What another node learned shows here after this time at the latest, without any hint. In milliseconds. */
const ASK_AGAIN_MS = 10_000;
/** After so many lessons the folded model is saved: a start then learns at most these anew. */
const SAVE_EVERY = 100;
/** A question that takes longer has met a thread in trouble. In milliseconds. */
const PATIENCE_MS = 10_000;
/** Questions waiting at once; beyond it messages are delivered unscreened and looked at later. */
const WAITING_AT_MOST = 1_000;

/**
 * The filters of all accounts, in a thread of their own. The lessons in the database are the truth: the thread holds what
 * they make, and follows them.
 */
@Injectable()
export class Filters implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger('Screening');
  private readonly followed = new Map<string, Followed>();
  /** One change at a time for each account. */
  private readonly turns = new Map<string, Promise<unknown>>();
  private readonly waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void; timer: NodeJS.Timeout }>();
  /** Accounts whose hints from other nodes arrive here. */
  private readonly watched = new Set<string>();
  private worker: Worker | undefined;
  private lastId = 0;
  private closing = false;

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly live: LiveFeed,
    private readonly learned: LearnedLessons,
  ) {}

  onModuleInit(): void {
    this.live.subscribe((hint) => {
      if (hint.type === 'screening.changed' && this.followed.has(hint.accountId)) void this.catchUp(hint.accountId).catch(() => undefined);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.closing = true;
    await this.worker?.terminate();
  }

  /** Scores a message. With `keepFeatures` also what a lesson about it stores. */
  async score(accountId: string, message: ScreenedMessage, keepFeatures = false): Promise<ScoreAnswer> {
    await this.follow(accountId);
    return this.withModel(accountId, () => this.ask({ type: 'score', accountId, message, keepFeatures }));
  }

  /** What the strongest features of a message are. */
  async explain(accountId: string, message: ScreenedMessage): Promise<Reason[]> {
    await this.follow(accountId);
    return (await this.withModel(accountId, () => this.ask({ type: 'explain', accountId, message }))).reasons;
  }

  /** Whether these lessons, by seq, make the filter worse at those known to be right. */
  async harms(lessons: StoredLesson[], batch: number[], canaries: number[]): Promise<boolean> {
    return (await this.ask({ type: 'judge', lessons, batch, canaries })).harms;
  }

  /** Follows the database now. Resolves when the thread knows all that was committed before the call. */
  catchUp(accountId: string): Promise<void> {
    return this.inTurn(accountId, () => this.followNow(accountId));
  }

  /** Tells every node, once the transaction is committed, that the lessons changed. */
  changed(tx: Tx, accountId: string): void {
    this.database.afterCommit(tx, () => this.live.publish({ type: 'screening.changed', accountId }));
  }

  /** For tests: everything the thread holds, as a heap snapshot. */
  heap(): Promise<NodeJS.ReadableStream> {
    return this.thread().getHeapSnapshot();
  }

  private async follow(accountId: string): Promise<void> {
    const known = this.followed.get(accountId);
    if (!known) return this.catchUp(accountId);
    if (Date.now() - known.askedAt < ASK_AGAIN_MS) return;
    known.askedAt = Date.now();
    this.catchUp(accountId).catch((error: unknown) => this.log.warn(`A filter could not be followed: ${nameOf(error)}`));
  }

  private async followNow(accountId: string): Promise<void> {
    const known = this.followed.get(accountId);
    const askedAt = Date.now();
    const found = await this.database.in(accountId, async (tx) => {
      const head = await headOf(tx);
      if (known && known.epoch === head.epoch) return { head, lessons: await this.learned.after(tx, accountId, known.seq) };
      return { head, lessons: null };
    });
    if (!found.lessons) return this.load(accountId);
    if (found.lessons.length > 0) {
      const answer = await this.ask({ type: 'learn', accountId, lessons: found.lessons });
      if ('missing' in answer) return this.load(accountId);
    }
    const unsaved = (known?.unsaved ?? 0) + found.lessons.length;
    const seq = found.lessons.at(-1)?.seq ?? known?.seq ?? 0;
    this.followed.set(accountId, { epoch: found.head.epoch, seq, askedAt, unsaved });
    if (unsaved >= SAVE_EVERY) await this.save(accountId);
  }

  private async load(accountId: string): Promise<void> {
    if (!this.watched.has(accountId)) {
      this.watched.add(accountId);
      this.live.watch(accountId);
    }
    const key = new Uint8Array((await this.keys.accountDigestKey(accountId, 'screening')).subarray(0, 16));
    const askedAt = Date.now();
    const read = (from: 'snapshot' | 'beginning') =>
      this.database.in(accountId, async (tx) => {
        const head = await headOf(tx);
        const [saved] = await query<{ seq: number; bytes: Uint8Array }>(tx, 'select seq, bytes from screening_snapshot where epoch = $1', [
          head.epoch,
        ]);
        const snapshot = from === 'snapshot' && saved ? { seq: saved.seq, bytes: new Uint8Array(saved.bytes) } : null;
        return { head, snapshot, lessons: await this.learned.after(tx, accountId, snapshot?.seq ?? 0) };
      });
    let found = await read('snapshot');
    const load = () => this.ask({ type: 'load', accountId, key, snapshot: found.snapshot?.bytes ?? null, lessons: found.lessons });
    const { restored } = await load();
    if (found.snapshot && !restored) {
      found = await read('beginning');
      await load();
    }
    const seq = found.lessons.at(-1)?.seq ?? found.snapshot?.seq ?? 0;
    this.followed.set(accountId, { epoch: found.head.epoch, seq, askedAt, unsaved: found.lessons.length });
    if (found.lessons.length >= SAVE_EVERY) await this.save(accountId);
  }

  /** Saves the folded model, unless lessons were taken away meanwhile. */
  private async save(accountId: string): Promise<void> {
    const known = this.followed.get(accountId);
    if (!known) return;
    const { epoch, seq } = known;
    const answer = await this.ask({ type: 'snapshot', accountId, seq });
    if ('missing' in answer) return;
    await this.database.in(accountId, (tx) =>
      query(
        tx,
        `insert into screening_snapshot (account_id, epoch, seq, bytes)
         select h.account_id, h.epoch, $2, $3 from screening_head h where h.epoch = $1 for share of h
         on conflict (account_id) do update set epoch = excluded.epoch, seq = excluded.seq, bytes = excluded.bytes`,
        [epoch, seq, Buffer.from(answer.bytes)],
      ),
    );
    known.unsaved = 0;
  }

  /** Asks again once the account's model is back in the thread, from which it may have gone to make room. */
  private async withModel<A extends object>(
    accountId: string,
    ask: () => Promise<A | { missing: true }>,
  ): Promise<Exclude<A, { missing: true }>> {
    for (let tries = 0; tries < 3; tries++) {
      const answer = await ask();
      if (!('missing' in answer)) return answer as Exclude<A, { missing: true }>;
      await this.inTurn(accountId, () => this.load(accountId));
    }
    throw new AppError('overloaded');
  }

  private inTurn<T>(accountId: string, work: () => Promise<T>): Promise<T> {
    const before = this.turns.get(accountId) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.turns.set(accountId, turn);
    const done = () => {
      if (this.turns.get(accountId) === turn) this.turns.delete(accountId);
    };
    turn.then(done, done);
    return turn;
  }

  private ask<R extends Request>(request: R): Promise<Answers[R['type']]> {
    if (this.waiting.size >= WAITING_AT_MOST) return Promise.reject(new AppError('overloaded'));
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.giveUp(new Error('The screening thread did not answer')), PATIENCE_MS);
      timer.unref();
      this.waiting.set(id, { resolve: resolve as (answer: never) => void, reject, timer });
      this.thread().postMessage({ id, request });
    });
  }

  private thread(): Worker {
    if (this.worker) return this.worker;
    const worker = new Worker(new URL('./filter.worker.js', import.meta.url), { name: 'screening' });
    worker.unref();
    worker.on('message', ({ id, answer, failure }: { id: number; answer: never; failure?: string }) => {
      const question = this.waiting.get(id);
      if (!question) return;
      this.waiting.delete(id);
      clearTimeout(question.timer);
      if (failure === undefined) question.resolve(answer);
      else question.reject(new Error(`The screening thread failed: ${failure}`));
    });
    worker.on('error', (error) => this.giveUp(new Error(`The screening thread ended: ${nameOf(error)}`)));
    worker.on('exit', () => this.giveUp(new Error('The screening thread ended')));
    this.worker = worker;
    return worker;
  }

  /** Every question fails, and the next one gets a new thread, which learns again from the database. */
  private giveUp(error: Error): void {
    if (!this.closing) this.log.error(error.message);
    const { worker } = this;
    this.worker = undefined;
    void worker?.removeAllListeners().terminate();
    this.followed.clear();
    for (const { reject, timer } of this.waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.waiting.clear();
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.constructor.name : 'unknown');

/** Where the account's lessons stand. */
async function headOf(tx: Tx): Promise<Standing> {
  const [head] = await query<Standing>(tx, 'select epoch, last_seq as seq from screening_head');
  return head ?? { epoch: 0, seq: 0 };
}
