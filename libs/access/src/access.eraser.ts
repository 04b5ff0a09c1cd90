import { Injectable } from '@nestjs/common';
import { Eraser, type ErasureCount, type Subject, type SubjectEraser, type Trace, type Tx } from '@sotto/platform';
import { IdempotentRequest } from './idempotent-request.entity.js';
import { Session } from './session.entity.js';
import { VisitorSession } from './visitor-session.entity.js';

/** Erases a person's sessions with their footprints. */
@Injectable()
@Eraser()
export class AccessEraser implements SubjectEraser {
  readonly store = 'access';

  async erase(tx: Tx, subject: Subject): Promise<ErasureCount> {
    if (subject.kind === 'member') {
      return {
        session: await tx.nativeDelete(Session, { memberId: subject.id }),
        idempotent_request: await tx.nativeDelete(IdempotentRequest, { memberId: subject.id }),
      };
    }
    return { visitor_session: await tx.nativeDelete(VisitorSession, { contactId: subject.id }) };
  }

  async findTraces(tx: Tx, subject: Subject): Promise<Trace[]> {
    const traces: Trace[] =
      subject.kind === 'member'
        ? [
            { table: 'session', rows: await tx.count(Session, { memberId: subject.id }) },
            { table: 'idempotent_request', rows: await tx.count(IdempotentRequest, { memberId: subject.id }) },
          ]
        : [{ table: 'visitor_session', rows: await tx.count(VisitorSession, { contactId: subject.id }) }];
    return traces.filter((trace) => trace.rows > 0);
  }
}
