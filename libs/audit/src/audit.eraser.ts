import { Injectable } from '@nestjs/common';
import { Eraser, query, type ErasureCount, type Subject, type SubjectEraser, type Trace, type Tx } from '@sotto/platform';

/**
 * Acts stay, under an id that leads nowhere; addresses become unreadable with the person's key, which the eraser of their own
 * store destroys. Rows are not touched, so the chain still proves itself.
 */
@Injectable()
@Eraser()
export class AuditEraser implements SubjectEraser {
  readonly store = 'audit';

  erase(): Promise<ErasureCount> {
    return Promise.resolve({});
  }

  /** Rows that could still be read: as long as the key is there. */
  async findTraces(tx: Tx, subject: Subject): Promise<Trace[]> {
    const [found] = await query<{ rows: number }>(
      tx,
      `select count(*)::int as rows from audit_entry a
        where a.address_of = $1 and exists (select 1 from vault.subject_key k where k.subject_id = $1)`,
      [subject.id],
    );
    return found && found.rows > 0 ? [{ table: 'audit_entry', rows: found.rows }] : [];
  }
}
