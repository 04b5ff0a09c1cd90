import { DiscoveryService } from '@nestjs/core';
import type { Tx } from '@sotto/platform';

/** Names what the log holds ids of, as it is called now: the log itself holds no names. */
export interface AuditNames {
  /** Kinds of targets it names. A kind is named by one at most. */
  readonly kinds: readonly string[];
  /** Names by id. Whoever is erased is left out, on every node at once. */
  namesOf(tx: Tx, accountId: string, kind: string, ids: readonly string[]): Promise<Map<string, string>>;
}

/** Marks an `AuditNames`. */
export const NamesAudited = DiscoveryService.createDecorator();
