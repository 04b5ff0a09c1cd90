import { Injectable } from '@nestjs/common';
import { Eraser } from '../registry/erasers.js';
import type { ErasureCount, Subject, SubjectEraser, Trace, Tx } from '../registry/store.js';
import { MailOutbox } from './mail.entities.js';

/** Erases notices that have not left yet. */
@Injectable()
@Eraser()
export class MailEraser implements SubjectEraser {
  readonly store = 'mail';

  async erase(tx: Tx, subject: Subject): Promise<ErasureCount> {
    return subject.kind === 'member' ? { mail_outbox: await tx.nativeDelete(MailOutbox, { memberId: subject.id }) } : {};
  }

  async findTraces(tx: Tx, subject: Subject): Promise<Trace[]> {
    const rows = subject.kind === 'member' ? await tx.count(MailOutbox, { memberId: subject.id }) : 0;
    return rows > 0 ? [{ table: 'mail_outbox', rows }] : [];
  }
}
