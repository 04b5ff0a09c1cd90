import { DiscoveryService } from '@nestjs/core';
import type { Tx } from '@sotto/platform';
import type { Credentials } from './members.service.js';

/** Ends what lets a member in, inside the transaction that changes what they may do. */
export interface AccessRevoker {
  /** Ends sessions with their sockets; with `forGood` also what would let them or their programs in later. */
  revokeAccess(tx: Tx, who: Credentials, how: { forGood: boolean }): Promise<void>;
}

/** Marks an `AccessRevoker`. */
export const RevokesAccess = DiscoveryService.createDecorator();
