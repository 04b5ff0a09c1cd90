import { DiscoveryService } from '@nestjs/core';
import type { Tx } from '@sotto/platform';

/** Gives a new account what it starts with, inside the transaction that makes the account. */
export interface AccountStarter {
  start(tx: Tx, account: { id: string; name: string; ownerEmail: string }): Promise<void>;
}

/** Marks an `AccountStarter`. */
export const StartsAccounts = DiscoveryService.createDecorator();
