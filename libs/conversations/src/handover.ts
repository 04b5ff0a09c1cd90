import { Injectable } from '@nestjs/common';
import { ObservesMembers, ObservesTeams, type MemberObserver, type TeamObserver } from '@sotto/accounts';
import type { MemberActor } from '@sotto/kernel';
import { query, type Tx } from '@sotto/platform';
import { lock, type Locked } from './activity.js';
import { EventLog } from './event-log.js';

// Two classes, since Nest keeps only the last of several such marks on one.

/** A removed member's conversations are nobody's; their teams keep them. */
@Injectable()
@ObservesMembers()
export class MemberHandover implements MemberObserver {
  constructor(private readonly log: EventLog) {}

  async memberRemoved(tx: Tx, actor: MemberActor, memberId: string): Promise<void> {
    for (const conversation of await lockAll(tx, 'assignee_id', memberId)) await this.log.assign(tx, conversation, null, by(actor));
  }
}

/** Gives a team's conversations to another one. */
@Injectable()
@ObservesTeams()
export class TeamHandover implements TeamObserver {
  constructor(private readonly log: EventLog) {}

  async teamInUse(tx: Tx, teamId: string): Promise<boolean> {
    return (await query(tx, 'select 1 from conversation where team_id = $1 limit 1', [teamId])).length > 0;
  }

  async moveTeam(tx: Tx, actor: MemberActor, teamId: string, to: string | null): Promise<void> {
    for (const conversation of await lockAll(tx, 'team_id', teamId)) await this.log.giveTo(tx, conversation, to, by(actor));
  }
}

const by = (actor: MemberActor) => ({ kind: 'member' as const, id: actor.memberId });

/** Locks them in the order in which everybody locks several: that of their ids. */
async function lockAll(tx: Tx, column: 'assignee_id' | 'team_id', id: string): Promise<Locked[]> {
  const found = await query<{ id: string }>(tx, `select id from conversation where ${column} = $1 order by id`, [id]);
  const locked: Locked[] = [];
  for (const conversation of found) {
    const state = await lock(tx, conversation.id);
    // Somebody may have given it away before the lock was there.
    if ((column === 'team_id' ? state.teamId : state.assigneeId) === id) locked.push(state);
  }
  return locked;
}
