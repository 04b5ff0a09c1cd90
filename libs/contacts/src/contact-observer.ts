import { DiscoveryService } from '@nestjs/core';
import type { MemberActor } from '@sotto/kernel';
import type { Tx } from '@sotto/platform';

/** Learns that a contact changed, inside the transaction that changes it. */
export interface ContactObserver {
  contactChanged(tx: Tx, actor: MemberActor, contactId: string): Promise<void>;
}

/** Marks a `ContactObserver`. */
export const ObservesContacts = DiscoveryService.createDecorator();
