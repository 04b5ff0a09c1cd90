import { Injectable } from '@nestjs/common';
import { ObservesTeams, type TeamObserver } from '@sotto/accounts';
import type { MemberActor } from '@sotto/kernel';
import type { Tx } from '@sotto/platform';
import { Inbox } from './inbox.entity.js';

/** Gives a team's inboxes to another one. */
@Injectable()
@ObservesTeams()
export class TeamInboxes implements TeamObserver {
  async teamInUse(tx: Tx, teamId: string): Promise<boolean> {
    return (await tx.count(Inbox, { teamId })) > 0;
  }

  async moveTeam(tx: Tx, _actor: MemberActor, teamId: string, to: string | null): Promise<void> {
    await tx.nativeUpdate(Inbox, { teamId }, { teamId: to });
  }
}
