import { Injectable } from '@nestjs/common';
import { KeyRing, query, type Tx } from '@sotto/platform';
import type { MemberVerdict } from '@sotto/protocol';
import type { StoredLesson } from './filter-room.js';
import { FEATURE_VERSION } from './model/features.js';

/** What a filter is folded from. */
@Injectable()
export class LearnedLessons {
  constructor(private readonly keys: KeyRing) {}

  /**
   * Lessons learned after a seq, in order. Those of another feature version cannot be learned together with ours, and those
   * of somebody whose key is destroyed, as after a restored backup, cannot be read any more.
   */
  async after(tx: Tx, accountId: string, seq: number): Promise<StoredLesson[]> {
    const rows = await query<{ id: string; seq: number; contactId: string; verdict: MemberVerdict; sealed: Uint8Array }>(
      tx,
      `select id, seq, contact_id as "contactId", verdict, features_sealed as sealed
         from screening_lesson where seq > $1 and feature_version = $2 order by seq`,
      [seq, FEATURE_VERSION],
    );
    if (rows.length === 0) return [];
    const ciphers = await this.keys.ciphers(
      accountId,
      rows.map(({ contactId }) => contactId),
      tx,
    );
    return rows.flatMap(({ id, seq: place, contactId, verdict, sealed }) => {
      const features = ciphers.get(contactId)?.open('screening_lesson', id, 'features', sealed);
      return features === undefined ? [] : [{ seq: place, label: verdict, features: new Uint8Array(Buffer.from(features, 'base64')) }];
    });
  }
}
