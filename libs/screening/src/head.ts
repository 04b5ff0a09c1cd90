import { Injectable } from '@nestjs/common';
import { query, type Tx } from '@sotto/platform';

/** Where an account's lessons stand. Whoever changes lessons holds it, so that they have one order on every node. */
@Injectable()
export class Head {
  /** Locks the head until the transaction ends. */
  async hold(tx: Tx, accountId: string): Promise<void> {
    await query(tx, 'insert into screening_head (account_id, last_seq, epoch) values ($1, 0, 0) on conflict do nothing', [accountId]);
    await query(tx, 'select 1 as held from screening_head where account_id = $1 for update', [accountId]);
  }

  /** The next lesson's place. */
  async next(tx: Tx, accountId: string): Promise<number> {
    const [row] = await query<{ seq: number }>(
      tx,
      'update screening_head set last_seq = last_seq + 1 where account_id = $1 returning last_seq as seq',
      [accountId],
    );
    if (!row) throw new Error('The head was not held');
    return row.seq;
  }

  /** A learned lesson is gone: whatever was folded before counts no more, here and on every node. */
  async rewrite(tx: Tx, accountId: string): Promise<void> {
    await query(tx, 'update screening_head set epoch = epoch + 1 where account_id = $1', [accountId]);
    await query(tx, 'delete from screening_snapshot where account_id = $1', [accountId]);
  }
}
