import { Injectable } from '@nestjs/common';
import { Eraser, KeyRing, type ErasureCount, type Subject, type SubjectEraser, type Trace, type Tx } from '@sotto/platform';
import { Avatar } from '../profile/avatar.entity.js';
import { Invitation } from './invitation.entity.js';
import { Member } from './member.entity.js';
import { OwnershipOffer } from '../ownership/ownership-offer.entity.js';
import { TeamMember } from '../teams/team.entity.js';

/** Erases a member's name, address, password and picture. What they wrote stays, without their name. */
@Injectable()
@Eraser()
export class MembersEraser implements SubjectEraser {
  readonly store = 'accounts';

  constructor(private readonly keys: KeyRing) {}

  async erase(tx: Tx, subject: Subject): Promise<ErasureCount> {
    if (subject.kind !== 'member') return {};
    const { id } = subject;
    const counts: ErasureCount = {
      team_member: await tx.nativeDelete(TeamMember, { memberId: id }),
      avatar: await tx.nativeDelete(Avatar, { memberId: id }),
      invitation: await tx.nativeDelete(Invitation, { $or: [{ memberId: id }, { invitedBy: id }] }),
      ownership_offer: await tx.nativeDelete(OwnershipOffer, { $or: [{ fromMemberId: id }, { toMemberId: id }] }),
      member: await tx.nativeDelete(Member, { id }),
    };
    // Only with its row: an id of another kind of person must not cost them their key.
    counts.subject_key = counts.member ? await this.keys.destroySubjectKey(tx, subject.accountId, id) : 0;
    return counts;
  }

  async findTraces(tx: Tx, subject: Subject): Promise<Trace[]> {
    if (subject.kind !== 'member') return [];
    const { id } = subject;
    const traces: Trace[] = [
      { table: 'member', rows: await tx.count(Member, { id }) },
      { table: 'team_member', rows: await tx.count(TeamMember, { memberId: id }) },
      { table: 'avatar', rows: await tx.count(Avatar, { memberId: id }) },
      { table: 'invitation', rows: await tx.count(Invitation, { $or: [{ memberId: id }, { invitedBy: id }] }) },
      { table: 'ownership_offer', rows: await tx.count(OwnershipOffer, { $or: [{ fromMemberId: id }, { toMemberId: id }] }) },
    ];
    return traces.filter((trace) => trace.rows > 0);
  }
}
