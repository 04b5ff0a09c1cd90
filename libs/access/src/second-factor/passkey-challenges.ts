import { Injectable } from '@nestjs/common';
import { Clock, type MemberActor } from '@sotto/kernel';
import { query, type Tx } from '@sotto/platform';
import { Session } from '../sessions/session.entity.js';

const VALID_MS = 5 * 60_000;

/** What the browser is to sign with a passkey, kept with the session that asked. */
@Injectable()
export class PasskeyChallenges {
  constructor(private readonly clock: Clock) {}

  /** Replaces an earlier one of this session. */
  async set(tx: Tx, actor: MemberActor, challenge: string): Promise<void> {
    const challengeUntil = new Date(this.clock.now().getTime() + VALID_MS);
    await tx.nativeUpdate(Session, { id: actor.sessionId }, { challenge, challengeUntil });
  }

  /** Gives it out this once; null when there is none or it is older than five minutes. */
  async take(tx: Tx, actor: MemberActor): Promise<string | null> {
    const [taken] = await query<{ challenge: string | null; until: Date | string | null }>(
      tx,
      `with held as (select id, challenge, challenge_until from session where id = $1 for update)
       update session s set challenge = null, challenge_until = null from held where s.id = held.id
       returning held.challenge, held.challenge_until as until`,
      [actor.sessionId],
    );
    if (!taken?.challenge || !taken.until || new Date(taken.until) <= this.clock.now()) return null;
    return taken.challenge;
  }
}
