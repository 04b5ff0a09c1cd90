import { Injectable } from '@nestjs/common';
import { Database, KeyRing, query, type Tx } from '@sotto/platform';
import { Filters } from './filters.js';
import { Head } from './head.js';
import { FEATURE_VERSION } from './model/features.js';

/** A lesson whose message was read by an older version of the filter. */
export interface OutdatedLesson {
  id: string;
  conversationId: string;
  contactId: string;
}

/** The same, read anew; null if nobody can read its words any more. */
export interface RereadLesson extends OutdatedLesson {
  features: Uint8Array | null;
}

/** Lessons that this version cannot learn from until their messages are read again. */
@Injectable()
export class OutdatedLessons {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly filters: Filters,
    private readonly head: Head,
  ) {}

  /** Accounts that may have some. */
  async accounts(): Promise<string[]> {
    const rows = await this.database.operator((tx) => query<{ id: string }>(tx, 'select id from account order by id'));
    return rows.map(({ id }) => id);
  }

  /** The oldest of an account's. */
  oldest(tx: Tx, limit: number): Promise<OutdatedLesson[]> {
    return query<OutdatedLesson>(
      tx,
      `select id, conversation_id as "conversationId", contact_id as "contactId"
         from screening_lesson where feature_version < $1 order by id limit $2`,
      [FEATURE_VERSION, limit],
    );
  }

  /** Puts what was read anew in the place of what an older version read. What nobody can read any more is forgotten. */
  async renew(accountId: string, lessons: readonly RereadLesson[]): Promise<void> {
    await this.database.in(accountId, async (tx) => {
      await this.head.hold(tx, accountId);
      const contacts = lessons.map(({ contactId }) => contactId);
      const ciphers = await this.keys.ciphers(accountId, contacts, tx);
      for (const { id, contactId, features } of lessons) {
        const sealed =
          features && ciphers.get(contactId)?.seal('screening_lesson', id, 'features', Buffer.from(features).toString('base64'));
        if (!sealed) await query(tx, 'delete from screening_lesson where id = $1', [id]);
        else
          await query(tx, 'update screening_lesson set feature_version = $2, features_sealed = $3 where id = $1', [
            id,
            FEATURE_VERSION,
            sealed,
          ]);
      }
      await this.head.rewrite(tx, accountId);
      this.filters.changed(tx, accountId);
    });
  }
}
