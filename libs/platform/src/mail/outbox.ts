import { Injectable } from '@nestjs/common';
import { Clock, newId } from '@sotto/kernel';
import { Jobs } from '../jobs/jobs.js';
import type { Tx } from '../registry/store.js';
import { KeyRing } from '../vault/key-ring.js';
import { MailOutbox } from './mail.entities.js';
import type { Notice, NoticeData } from './notices.js';

const KEPT_MS = 7 * 24 * 60 * 60_000;

/** Notices to members. They leave once the transaction that causes them is committed, and never if it is not. */
@Injectable()
export class Outbox {
  constructor(
    private readonly keys: KeyRing,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  async add<N extends Notice>(tx: Tx, to: { accountId: string; memberId: string }, notice: N, data: NoticeData[N]): Promise<void> {
    const id = newId();
    const cipher = await this.keys.cipher(to.accountId, to.memberId, tx);
    const now = this.clock.now();
    tx.persist(
      tx.create(MailOutbox, {
        id,
        accountId: to.accountId,
        memberId: to.memberId,
        notice,
        dataSealed: cipher.seal('mail_outbox', id, 'data', JSON.stringify(data)),
        createdAt: now,
        expiresAt: new Date(now.getTime() + KEPT_MS),
      }),
    );
    await tx.flush();
    await this.jobs.enqueue(tx, 'mail.send', { accountId: to.accountId, id });
  }
}
