import { Injectable } from '@nestjs/common';
import { MembersService, type Credentials } from '@sotto/accounts';
import { Clock, newId, type MemberActor } from '@sotto/kernel';
import { Database, KeyRing, type Tx } from '@sotto/platform';
import type { SignInView } from '@sotto/protocol';
import { deviceName, placeOf, type Footprint } from './sign-in-footprint.js';
import { SignIn } from './sign-in.entities.js';

/** How long it is kept who signed in from where. */
const KEPT_MS = 90 * 24 * 60 * 60_000;
/** Newest lines a member is shown. */
const SHOWN = 100;

/** Who signed in, or tried to, and from where: for members to look through, and to notice a browser not seen before. */
@Injectable()
export class SignIns {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly members: MembersService,
    private readonly clock: Clock,
  ) {}

  async note(tx: Tx, who: Credentials, outcome: SignInView['outcome'], footprint: Footprint): Promise<void> {
    const id = newId();
    const now = this.clock.now();
    const cipher = await this.keys.cipher(who.accountId, who.memberId, tx);
    const { address, userAgent } = footprint;
    tx.persist(
      tx.create(SignIn, {
        id,
        accountId: who.accountId,
        memberId: who.memberId,
        outcome,
        footprintSealed: cipher.seal('sign_in', id, 'footprint', JSON.stringify({ address, userAgent })),
        placeHash: this.hashOf(who, footprint),
        createdAt: now,
        expiresAt: new Date(now.getTime() + KEPT_MS),
      }),
    );
    await tx.flush();
  }

  /** Whether the member has not signed in from there within 90 days. Never at the first sign-in: to somebody new all is new. */
  async isNewPlace(tx: Tx, who: Credentials, footprint: Footprint): Promise<boolean> {
    const lately = { memberId: who.memberId, outcome: 'signed-in' as const, expiresAt: { $gt: this.clock.now() } };
    if ((await tx.count(SignIn, { ...lately, placeHash: this.hashOf(who, footprint) })) > 0) return false;
    if ((await tx.count(SignIn, lately)) > 0) return true;
    // Whoever was away for longer has no line left, but is not new.
    const [member] = await this.members.viewsIn(tx, who.accountId, who.memberId);
    return member !== undefined && new Date(member.createdAt).getTime() + KEPT_MS < this.clock.now().getTime();
  }

  /** The member's own, newest first. */
  list(actor: MemberActor): Promise<SignInView[]> {
    return this.database.in(actor.accountId, async (tx) => {
      const found = await tx.find(
        SignIn,
        { memberId: actor.memberId, expiresAt: { $gt: this.clock.now() } },
        { orderBy: { createdAt: 'desc', id: 'desc' }, limit: SHOWN },
      );
      const cipher = await this.keys.cipher(actor.accountId, actor.memberId, tx);
      return found.map(({ id, outcome, footprintSealed, createdAt }) => {
        const { address, userAgent } = JSON.parse(cipher.open('sign_in', id, 'footprint', footprintSealed)) as Footprint;
        return { at: createdAt.toISOString(), device: deviceName(userAgent), address, outcome };
      });
    });
  }

  private hashOf({ memberId }: Credentials, footprint: Footprint): string {
    return this.keys.keyedHash('place', memberId, placeOf(footprint));
  }
}
