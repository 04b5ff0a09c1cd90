import { Injectable } from '@nestjs/common';
import { Eraser, KeyRing, type ErasureCount, type Subject, type SubjectEraser, type Trace, type Tx } from '@sotto/platform';
import { Member } from './member.entity.js';

/** Erases a member's name, address and password. What they wrote stays, without their name. */
@Injectable()
@Eraser()
export class MembersEraser implements SubjectEraser {
  readonly store = 'accounts';

  constructor(private readonly keys: KeyRing) {}

  async erase(tx: Tx, subject: Subject): Promise<ErasureCount> {
    if (subject.kind !== 'member') return {};
    const member = await tx.nativeDelete(Member, { id: subject.id });
    // Only with its row: an id of another kind of person must not cost them their key.
    const subject_key = member > 0 ? await this.keys.destroySubjectKey(tx, subject.accountId, subject.id) : 0;
    return { member, subject_key };
  }

  async findTraces(tx: Tx, subject: Subject): Promise<Trace[]> {
    const rows = subject.kind === 'member' ? await tx.count(Member, { id: subject.id }) : 0;
    return rows > 0 ? [{ table: 'member', rows }] : [];
  }
}
