import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { MemberActor } from '@sotto/kernel';
import type { Tx } from '@sotto/platform';
import { RevokesAccess, type AccessRevoker } from './access-revoker.js';
import { ObservesMembers, type MemberObserver } from './member-observer.js';
import type { Credentials } from './members.service.js';
import { ObservesTeams, type TeamObserver } from '../teams/team-observer.js';

type Mark = ReturnType<typeof DiscoveryService.createDecorator>;

/** Libraries that stand above this one and act with it, found by their marks. */
@Injectable()
export class Observers {
  constructor(private readonly discovery: DiscoveryService) {}

  async revokeAccess(tx: Tx, who: Credentials, how: { forGood: boolean }): Promise<void> {
    for (const revoker of this.marked<AccessRevoker>(RevokesAccess)) await revoker.revokeAccess(tx, who, how);
  }

  async memberRemoved(tx: Tx, actor: MemberActor, memberId: string): Promise<void> {
    for (const observer of this.marked<MemberObserver>(ObservesMembers)) await observer.memberRemoved(tx, actor, memberId);
  }

  async teamInUse(tx: Tx, teamId: string): Promise<boolean> {
    for (const observer of this.marked<TeamObserver>(ObservesTeams)) if (await observer.teamInUse(tx, teamId)) return true;
    return false;
  }

  async moveTeam(tx: Tx, actor: MemberActor, teamId: string, to: string | null): Promise<void> {
    for (const observer of this.marked<TeamObserver>(ObservesTeams)) await observer.moveTeam(tx, actor, teamId, to);
  }

  private marked<T>(mark: Mark): T[] {
    return this.discovery.getProviders({ metadataKey: mark.KEY }).map((wrapper) => wrapper.instance as T);
  }
}
