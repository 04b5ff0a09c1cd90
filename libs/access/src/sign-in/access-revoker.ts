import { Injectable } from '@nestjs/common';
import { RevokesAccess, type AccessRevoker, type Credentials } from '@sotto/accounts';
import type { Tx } from '@sotto/platform';
import { ApiTokens } from '../api-tokens/api-tokens.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { PasswordReset } from './sign-in.entities.js';

/** Ends what lets a member in when their place in the account changes. */
@Injectable()
@RevokesAccess()
export class SessionRevoker implements AccessRevoker {
  constructor(
    private readonly sessions: SessionsService,
    private readonly tokens: ApiTokens,
  ) {}

  async revokeAccess(tx: Tx, who: Credentials, { forGood }: { forGood: boolean }): Promise<void> {
    await this.sessions.endAll(tx, who, 'access-changed');
    if (!forGood) return;
    await tx.nativeDelete(PasswordReset, { memberId: who.memberId });
    await this.tokens.revokeAllOf(tx, who);
  }
}
