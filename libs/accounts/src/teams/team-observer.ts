import { DiscoveryService } from '@nestjs/core';
import type { MemberActor } from '@sotto/kernel';
import type { Tx } from '@sotto/platform';

/**
 * Has things that belong to teams. A team is removed only once nothing belongs to it: what became nobody's would be
 * everybody's to see.
 */
export interface TeamObserver {
  /** Whether anything belongs to the team. */
  teamInUse(tx: Tx, teamId: string): Promise<boolean>;
  /** Gives what belongs to a team to another one; to everybody where `to` is null. */
  moveTeam(tx: Tx, actor: MemberActor, teamId: string, to: string | null): Promise<void>;
}

/** Marks a `TeamObserver`. */
export const ObservesTeams = DiscoveryService.createDecorator();
