import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@sotto/kernel';
import { CONFIG, Database, isUniqueViolation, query, type Config, type Tx } from '@sotto/platform';
import type { MessageKind } from '@sotto/protocol';
import type { Audience } from './visibility.js';

/** A message on its way into the database. */
export interface Append {
  accountId: string;
  conversationId: string;
  /** Visitors: their contact and session; the database checks that both fit. No session: the words came through the API. */
  visitor: { contactId: string; sessionId: string | null } | null;
  author: { kind: 'visitor' | 'member'; id: string };
  /** Members: whether they see conversations of every team. */
  seesAll: boolean;
  id: string;
  clientMessageId: string;
  kind: MessageKind;
  bodySealed: Buffer;
}

export type Appended =
  | {
      outcome: 'created';
      id: string;
      seq: number;
      visitorPrev: number;
      at: Date;
      /** Whom the conversation was shown to when the message got its seq. */
      audience: Audience;
      reopened: { seq: number; visitorPrev: number } | null;
    }
  | { outcome: 'duplicate'; id: string; seq: number; kind: MessageKind; bodySealed: Uint8Array }
  | { outcome: 'not-found' | 'consent.required' | 'consent.stale' };

interface Row {
  outcome: Appended['outcome'];
  message_id: string;
  new_seq: number;
  new_prev: number;
  moment: Date;
  reopened_seq: number | null;
  reopened_prev: number | null;
  stored_kind: MessageKind;
  stored_body: Uint8Array;
  team: string | null;
  assignee: string | null;
}

const ONE = 'select * from append_message($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)';

/**
 * The same for many, one after the other, in one statement and so in one commit. Each call names its own account, and
 * every statement inside the routine sees only that account's rows, so messages of several accounts may go together.
 */
const MANY = `
  select appended.*
    from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::uuid[], $8::uuid[], $9::text[], $10::text[], $11::uuid[],
                $12::boolean[])
         with ordinality as batch (account, conversation, contact, session, author_kind, author, id, client_id, kind, body, reopened_id, sees_all, place)
   cross join lateral append_message(account, conversation, contact, session, author_kind, author, id, client_id, kind, decode(body, 'hex'),
                                     reopened_id, $13::int, sees_all) as appended
   order by place`;

/** Statements under way at once. A conversation always has the same writer, so its messages keep their order. */
const WRITERS = 2;
/** Messages of one commit at most: the first of them waits for the last. */
const BATCH = 100;

/** Classes of SQLSTATE that one row can cause for all: wrong data, a broken constraint, a lost race. */
const ONE_ROWS_FAULT = /^(22|23|40)/;

/**
 * Puts messages into the database. What arrives while a commit is under way goes into the next one together
 * (docs/decisions/0010-messages-commit-in-groups.md).
 */
@Injectable()
export class MessageWriter {
  private readonly writers = Array.from({ length: WRITERS }, () => new Writer((appends) => this.write(appends)));

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
  ) {}

  /** Resolves after commit. Two sends of the same clientMessageId at once end as one message. */
  append(append: Append): Promise<Appended> {
    const writer = this.writers[Number.parseInt(append.conversationId.slice(-4), 16) % WRITERS];
    if (!writer) throw new Error('There is no writer');
    return writer.append(append);
  }

  /** As `append`, inside the caller's transaction: nothing is certain before that commits. */
  async appendIn(tx: Tx, append: Append): Promise<Appended> {
    const [row] = await query<Row>(tx, ONE, this.parameters(append));
    return toAppended(row);
  }

  private async write(appends: readonly Append[]): Promise<Promise<Appended>[]> {
    const [only] = appends;
    if (only && appends.length === 1) return [this.alone(only)];
    try {
      const rows = await this.database.call<Row>('append_messages', MANY, this.columns(appends));
      return appends.map(async (_append, place) => toAppended(rows[place]));
    } catch (error) {
      if (!ONE_ROWS_FAULT.test(sqlState(error))) throw error;
      return appends.map((append) => this.alone(append));
    }
  }

  private async alone(append: Append): Promise<Appended> {
    try {
      return await this.once(append);
    } catch (error) {
      // The same message came twice and the other one has committed meanwhile, so this one finds it.
      if (isUniqueViolation(error)) return this.once(append);
      throw error;
    }
  }

  private async once(append: Append): Promise<Appended> {
    const [row] = await this.database.call<Row>('append_message', ONE, this.parameters(append));
    return toAppended(row);
  }

  private columns(appends: readonly Append[]): unknown[] {
    const rows = appends.map((append) => this.parameters(append));
    const column = (place: number) => rows.map((row) => row[place]);
    const bodies = appends.map((append) => append.bodySealed.toString('hex'));
    return [...Array.from({ length: 9 }, (_, place) => column(place)), bodies, column(10), column(12), this.config.overdueSeconds];
  }

  private parameters(append: Append): unknown[] {
    const { accountId, conversationId, visitor, author, seesAll, id, clientMessageId, kind, bodySealed } = append;
    return [
      accountId,
      conversationId,
      visitor?.contactId ?? null,
      visitor?.sessionId ?? null,
      author.kind,
      author.id,
      id,
      clientMessageId,
      kind,
      bodySealed,
      newId(),
      this.config.overdueSeconds,
      seesAll,
    ];
  }
}

interface Waiting {
  append: Append;
  resolve: (appended: Appended | Promise<Appended>) => void;
  reject: (error: unknown) => void;
}

/** One statement at a time; whatever gathers meanwhile is the next one's batch. */
class Writer {
  private waiting: Waiting[] = [];
  private busy = false;

  constructor(private readonly write: (appends: readonly Append[]) => Promise<Promise<Appended>[]>) {}

  append(append: Append): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ append, resolve, reject });
      if (!this.busy) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.busy = true;
    while (this.waiting.length > 0) await this.commit(this.waiting.splice(0, BATCH));
    this.busy = false;
  }

  private async commit(batch: Waiting[]): Promise<void> {
    // Every batch locks its conversations in the same order, so that those of two nodes cannot wait for each other.
    batch.sort((a, b) =>
      a.append.conversationId < b.append.conversationId ? -1 : a.append.conversationId > b.append.conversationId ? 1 : 0,
    );
    try {
      const answers = await this.write(batch.map(({ append }) => append));
      batch.forEach(({ resolve, reject }, place) => {
        const answer = answers[place];
        if (answer) resolve(answer);
        else reject(new Error('The batch gave no answer'));
      });
      await Promise.allSettled(answers);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

function sqlState(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

function toAppended(row: Row | undefined): Appended {
  if (!row) throw new Error('append_message gave no answer');
  if (row.outcome === 'created') {
    const reopened = row.reopened_seq === null ? null : { seq: row.reopened_seq, visitorPrev: row.reopened_prev ?? 0 };
    return {
      outcome: 'created',
      id: row.message_id,
      seq: row.new_seq,
      visitorPrev: row.new_prev,
      at: new Date(row.moment),
      audience: { teamId: row.team, assigneeId: row.assignee },
      reopened,
    };
  }
  if (row.outcome === 'duplicate')
    return { outcome: 'duplicate', id: row.message_id, seq: row.new_seq, kind: row.stored_kind, bodySealed: row.stored_body };
  return { outcome: row.outcome };
}
