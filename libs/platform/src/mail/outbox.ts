import { Injectable } from '@nestjs/common';
import { Clock, newId } from '@sotto/kernel';
import { Database } from '../database/database.js';
import { Jobs } from '../jobs/jobs.js';
import type { Tx } from '../registry/store.js';
import { KeyRing } from '../vault/key-ring.js';
import { MailOutbox } from './mail.entities.js';
import type { Notice, NoticeData } from './notices.js';

/** A notice as it lies in the outbox, opened. */
export interface WaitingNotice<N extends Notice = Notice> {
  id: string;
  memberId: string;
  notice: N;
  data: NoticeData[N];
}

const KEPT_MS = 7 * 24 * 60 * 60_000;

/** Notices to members. They leave once the transaction that causes them is committed, and never if it is not. */
@Injectable()
export class Outbox {
  constructor(
    private readonly database: Database,
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

  /** The notice, or null when it is gone or nobody can read it any more. */
  async read(tx: Tx, accountId: string, id: string): Promise<WaitingNotice | null> {
    const row = await tx.findOne(MailOutbox, { id });
    if (!row) return null;
    const cipher = (await this.keys.ciphers(accountId, [row.memberId], tx)).get(row.memberId);
    if (!cipher) return null;
    const data = JSON.parse(cipher.open('mail_outbox', id, 'data', row.dataSealed)) as NoticeData[Notice];
    return { id, memberId: row.memberId, notice: row.notice as Notice, data };
  }

  async remove(tx: Tx, id: string): Promise<void> {
    await tx.nativeDelete(MailOutbox, { id });
  }

  /** Removes what nobody could deliver for 7 days, of every account. */
  async sweep(): Promise<void> {
    await this.database.operator((tx) => tx.nativeDelete(MailOutbox, { expiresAt: { $lt: this.clock.now() } }));
  }
}
