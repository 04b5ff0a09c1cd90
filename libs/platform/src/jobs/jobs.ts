import { Logger } from '@nestjs/common';
import { PgBoss, type JobResult } from 'pg-boss';
import type { Database } from '../database/database.js';
import { query, statement } from '../database/sql.js';
import type { Tx } from '../registry/store.js';

/** Ids and numbers only: a payload never carries what somebody wrote or who they are. */
export type JobData = Readonly<Record<string, string | number | boolean | null>>;

/** Does the jobs of one queue. May run twice for the same job, so it must be safe to repeat. */
export interface JobHandler {
  /** Name of the queue. */
  readonly job: string;
  /** Run by the clock instead of on demand: a cron line. */
  readonly schedule?: string;
  /** Also run once at every start. */
  readonly atStart?: boolean;
  /** For what may fail for hours. Without it, five tries more within a minute. */
  readonly retries?: { times: number; longestPauseSeconds: number };
  handle(data: JobData): Promise<void>;
}

const SCHEMA = 'pgboss';
/** How often the queue looks for work, in seconds. */
const POLL_SECONDS = 2;
/** Longest pause between two tries of a job, in seconds, unless its handler says otherwise. */
const RETRY_PAUSE = 60;
/** Jobs taken at a time; a full batch is followed by the next at once. */
const BATCH = 20;

/** Jobs in the same database as everything else, so that they commit or vanish with their cause. */
export class Jobs {
  private readonly log = new Logger('Jobs');
  private readonly boss: PgBoss;
  private readonly queues = new Set<string>();
  private working = false;

  constructor(private readonly database: Database) {
    this.boss = new PgBoss({
      schema: SCHEMA,
      // The tables come from our own migration.
      migrate: false,
      createSchema: false,
      db: { executeSql: async (text: string, values?: unknown[]) => this.execute(text, values) },
    });
    this.boss.on('error', (error) => this.log.error(`The job queue reports: ${error.message}`));
  }

  /** Opens the queues; every job name must have exactly one handler, or the start stops. */
  async start(handlers: readonly JobHandler[]): Promise<void> {
    await this.boss.start();
    this.working = true;
    for (const handler of handlers) {
      if (this.queues.has(handler.job)) throw new Error(`Job ${handler.job} has two handlers`);
      this.queues.add(handler.job);
      const { times = 5, longestPauseSeconds = RETRY_PAUSE } = handler.retries ?? {};
      await this.boss.createQueue(handler.job, {
        retryLimit: times,
        retryBackoff: true,
        retryDelay: 1,
        retryDelayMax: longestPauseSeconds,
      });
      const options = { pollingIntervalSeconds: POLL_SECONDS, batchSize: BATCH, burstWhenBatchFull: true, perJobResults: true } as const;
      await this.boss.work<JobData, unknown, typeof options>(handler.job, options, (jobs) =>
        Promise.all(jobs.map((job) => this.settle(handler, job))),
      );
      if (handler.schedule) await this.boss.schedule(handler.job, handler.schedule);
      if (handler.atStart) await this.boss.send(handler.job, {});
    }
  }

  /** Puts a job into the queue as part of the caller's transaction. */
  async enqueue(tx: Tx, job: string, data: JobData, options: { startAfterSeconds?: number } = {}): Promise<void> {
    if (!this.queues.has(job)) throw new Error(`Job ${job} has no handler`);
    await this.boss.send(job, data, {
      startAfter: options.startAfterSeconds ?? 0,
      db: { executeSql: async (text: string, values?: unknown[]) => ({ rows: await query(tx, text, values) }) },
    });
  }

  async stop(): Promise<void> {
    if (!this.working) return;
    this.working = false;
    await this.boss.stop({ graceful: true, timeout: 5_000 });
  }

  /** One job that fails is tried again by itself; the others of its batch are done. */
  private async settle(handler: JobHandler, job: { id: string; data: JobData }): Promise<JobResult> {
    try {
      await handler.handle(job.data);
      return { id: job.id, status: 'completed' };
    } catch (error) {
      this.log.error(`Job ${handler.job} ${job.id} failed: ${error instanceof Error ? error.message : 'unknown reason'}`);
      return { id: job.id, status: 'failed' };
    }
  }

  private async execute(text: string, values?: unknown[]): Promise<{ rows: object[] }> {
    const client = await this.database.nativeClient();
    if (values && values.length > 0) return { rows: await statement(client, '', text, values) };
    if ('exec' in client) {
      const answers = await client.exec(text);
      return { rows: answers.at(-1)?.rows ?? [] };
    }
    return { rows: (await client.query<object>(text)).rows };
  }
}
