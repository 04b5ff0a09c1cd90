import { Injectable } from '@nestjs/common';
import { Eraser, type ErasureCount, type Subject, type SubjectEraser, type Trace, type Tx } from '@sotto/platform';
import { Session } from './session.entity.js';
import { VisitorSession } from './visitor-session.entity.js';

/** Erases a person's sessions with their footprints. */
@Injectable()
@Eraser()
export class AccessEraser implements SubjectEraser {
  readonly store = 'access';

  async erase(tx: Tx, subject: Subject): Promise<ErasureCount> {
    if (subject.kind === 'member') return { session: await tx.nativeDelete(Session, { memberId: subject.id }) };
    return { visitor_session: await tx.nativeDelete(VisitorSession, { contactId: subject.id }) };
  }

  async findTraces(tx: Tx, subject: Subject): Promise<Trace[]> {
    const [table, rows] =
      subject.kind === 'member'
        ? (['session', await tx.count(Session, { memberId: subject.id })] as const)
        : (['visitor_session', await tx.count(VisitorSession, { contactId: subject.id })] as const);
    return rows > 0 ? [{ table, rows }] : [];
  }
}
