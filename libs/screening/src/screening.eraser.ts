import { Injectable } from '@nestjs/common';
import { Eraser, query, type ErasureCount, type Subject, type SubjectEraser, type Trace, type Tx } from '@sotto/platform';
import { Lessons } from './lessons.js';

/** Unlearns what a person wrote: the filter is as if it had never seen it, on every node. Safe to run twice. */
@Injectable()
@Eraser()
export class ScreeningEraser implements SubjectEraser {
  readonly store = 'screening';

  constructor(private readonly lessons: Lessons) {}

  async erase(tx: Tx, { accountId, kind, id }: Subject): Promise<ErasureCount> {
    if (kind !== 'contact') return {};
    const screening_lesson = await this.lessons.forget(tx, accountId, id);
    const gone = await query(tx, 'delete from screening_result where contact_id = $1 returning conversation_id', [id]);
    return { screening_lesson, screening_result: gone.length };
  }

  async findTraces(tx: Tx, { kind, id }: Subject): Promise<Trace[]> {
    if (kind !== 'contact') return [];
    const count = async (table: string): Promise<Trace> => {
      const [row] = await query<{ rows: number }>(tx, `select count(*)::int as rows from ${table} where contact_id = $1`, [id]);
      return { table, rows: row?.rows ?? 0 };
    };
    const traces = [await count('screening_lesson'), await count('screening_result')];
    return traces.filter(({ rows }) => rows > 0);
  }
}
