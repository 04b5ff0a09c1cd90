import { Injectable } from '@nestjs/common';
import { OwnershipService, holdMembers } from '@sotto/accounts';
import { notFound, type MemberActor } from '@sotto/kernel';
import { Database } from '@sotto/platform';
import { SecondFactorSignIn } from '../second-factor/second-factor-sign-in.service.js';
import { SecondFactorTries } from '../second-factor/second-factor-tries.js';
import { SessionsService, type OpenedSession } from '../sessions/sessions.service.js';
import type { Footprint } from './sign-in-footprint.js';

/** Taking over an account, with a code of one's own second factor. */
@Injectable()
export class OwnershipAcceptance {
  constructor(
    private readonly database: Database,
    private readonly ownership: OwnershipService,
    private readonly signIn: SecondFactorSignIn,
    private readonly tries: SecondFactorTries,
    private readonly sessions: SessionsService,
  ) {}

  /** Goes on as owner under a token nobody has seen before; the new owner's other sessions end. */
  async accept(actor: MemberActor, code: string, footprint: Footprint): Promise<OpenedSession> {
    const offer = await this.database.in(actor.accountId, (tx) => this.ownership.offerTo(tx, actor));
    if (!offer) throw notFound();
    return this.tries.make(actor, {
      purpose: 'step-up',
      method: 'code',
      check: async (tx) => {
        // Members before their factors, as everywhere, so that no two wait for each other.
        await holdMembers(tx, [actor.memberId]);
        return this.signIn.useCode(tx, actor, code);
      },
      succeed: async (tx) => {
        await this.sessions.endAll(tx, actor, 'access-changed', actor.sessionId);
        await this.ownership.accept(tx, actor);
        return this.sessions.renew(tx, actor, footprint);
      },
    });
  }
}
