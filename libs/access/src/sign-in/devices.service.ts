import { Injectable } from '@nestjs/common';
import type { Credentials } from '@sotto/accounts';
import { Clock, newId, newSecret } from '@sotto/kernel';
import { Database, query, type Tx } from '@sotto/platform';
import { KnownDevice } from './sign-in.entities.js';
import { tokenHash } from '../sessions/tokens.js';

/** How long a browser is known after its last sign-in. */
export const DEVICE_MS = 180 * 24 * 60 * 60_000;
/** Browsers known of one member; the oldest is forgotten for another. */
const MOST = 20;

/** A browser that came back. */
export interface ComingBack extends Credentials {
  id: string;
}

/** Browsers that members have signed in with, all the way. They may still try when strangers have used the tries up. */
@Injectable()
export class KnownDevices {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Whose browser this is, or null. */
  async find(token: string | undefined): Promise<ComingBack | null> {
    if (token === undefined) return null;
    const hash = tokenHash(token);
    const device = await this.database.door(hash, (tx) => tx.findOne(KnownDevice, { tokenHash: hash }));
    if (!device || device.expiresAt <= this.clock.now()) return null;
    return { id: device.id, accountId: device.accountId, memberId: device.memberId };
  }

  /** Knows this browser from now on as the member's, under its own token or a new one. */
  async remember(tx: Tx, who: Credentials, token: string | undefined): Promise<{ token: string; wasKnown: boolean }> {
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + DEVICE_MS);
    if (token !== undefined) {
      const own = { tokenHash: tokenHash(token), memberId: who.memberId, expiresAt: { $gt: now } };
      if ((await tx.nativeUpdate(KnownDevice, own, { expiresAt })) === 1) return { token, wasKnown: true };
    }
    const fresh = newSecret();
    tx.persist(
      tx.create(KnownDevice, {
        id: newId(),
        accountId: who.accountId,
        memberId: who.memberId,
        tokenHash: tokenHash(fresh),
        createdAt: now,
        expiresAt,
      }),
    );
    await tx.flush();
    await query(
      tx,
      'delete from known_device where member_id = $1 and id in (select id from known_device where member_id = $1 order by id desc offset $2)',
      [who.memberId, MOST],
    );
    return { token: fresh, wasKnown: false };
  }

  async forget(tx: Tx, memberId: string, token: string): Promise<void> {
    await tx.nativeDelete(KnownDevice, { memberId, tokenHash: tokenHash(token) });
  }

  async forgetAll(tx: Tx, memberId: string): Promise<void> {
    await tx.nativeDelete(KnownDevice, { memberId });
  }
}
