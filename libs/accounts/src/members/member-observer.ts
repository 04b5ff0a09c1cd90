import { DiscoveryService } from '@nestjs/core';
import type { MemberActor } from '@sotto/kernel';
import type { Tx } from '@sotto/platform';

/** Learns that a member is removed, inside the transaction that removes them. */
export interface MemberObserver {
  memberRemoved(tx: Tx, actor: MemberActor, memberId: string): Promise<void>;
}

/** Marks a `MemberObserver`. */
export const ObservesMembers = DiscoveryService.createDecorator();
