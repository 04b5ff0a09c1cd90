import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@sotto/kernel';
import { CONFIG, Database, isUniqueViolation, query, type Config, type Tx } from '@sotto/platform';
import type { MessageKind } from '@sotto/protocol';

/** A message on its way into the database. */
export interface Append {
  accountId: string;
  conversationId: string;
  /** Visitors: their contact and session; the database checks that both fit. */
  visitor: { contactId: string; sessionId: string } | null;
  author: { kind: 'visitor' | 'member'; id: string };
  id: string;
  clientMessageId: string;
  kind: MessageKind;
  bodySealed: Buffer;
}

export type Appended =
  | { outcome: 'created'; id: string; seq: number; visitorPrev: number; at: Date; reopened: { seq: number; visitorPrev: number } | null }
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
}

const SQL = 'select * from append_message($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)';

/**
 * Puts messages into the database, one statement each. The seam of the message path: an
 * implementation that commits many at once has the same contract.
 */
@Injectable()
export class MessageWriter {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
  ) {}

  /** Resolves after commit. Two sends of the same clientMessageId at once end as one message. */
  async append(append: Append): Promise<Appended> {
    try {
      return await this.once(append);
    } catch (error) {
      // The other of the two has committed meanwhile, so this one finds it.
      if (isUniqueViolation(error)) return this.once(append);
      throw error;
    }
  }

  /** As `append`, inside the caller's transaction: nothing is certain before that commits. */
  async appendIn(tx: Tx, append: Append): Promise<Appended> {
    const [row] = await query<Row>(tx, SQL, this.parameters(append));
    return toAppended(row);
  }

  private async once(append: Append): Promise<Appended> {
    const [row] = await this.database.call<Row>('append_message', SQL, this.parameters(append));
    return toAppended(row);
  }

  private parameters(append: Append): unknown[] {
    const { accountId, conversationId, visitor, author, id, clientMessageId, kind, bodySealed } = append;
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
    ];
  }
}

function toAppended(row: Row | undefined): Appended {
  if (!row) throw new Error('append_message gave no answer');
  if (row.outcome === 'created') {
    const reopened = row.reopened_seq === null ? null : { seq: row.reopened_seq, visitorPrev: row.reopened_prev ?? 0 };
    return { outcome: 'created', id: row.message_id, seq: row.new_seq, visitorPrev: row.new_prev, at: new Date(row.moment), reopened };
  }
  if (row.outcome === 'duplicate')
    return { outcome: 'duplicate', id: row.message_id, seq: row.new_seq, kind: row.stored_kind, bodySealed: row.stored_body };
  return { outcome: row.outcome };
}
