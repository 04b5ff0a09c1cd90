import { Injectable } from '@nestjs/common';
import type { EntityName } from '@mikro-orm/core';
import { Eraser, type ErasureCount, type Subject, type SubjectEraser, type Trace, type Tx } from '@sotto/platform';
import { SsoIdentity } from './allowlist/account-security.entity.js';
import { ApiToken } from './api-tokens/api-token.entity.js';
import { IdempotentRequest } from './idempotent-request.entity.js';
import { Passkey, RecoveryCode, Totp } from './second-factor/second-factor.entities.js';
import { Session } from './sessions/session.entity.js';
import { KnownDevice, PasswordReset, SignIn } from './sign-in/sign-in.entities.js';
import { VisitorSession } from './sessions/visitor-session.entity.js';

/** Tables of this library whose rows belong to one member. */
const OF_MEMBER: Record<string, EntityName<{ memberId: string }>> = {
  session: Session,
  idempotent_request: IdempotentRequest,
  totp: Totp,
  recovery_code: RecoveryCode,
  passkey: Passkey,
  sign_in: SignIn,
  known_device: KnownDevice,
  password_reset: PasswordReset,
  api_token: ApiToken,
  sso_identity: SsoIdentity,
};

/** Erases a person's sessions with their footprints, and whatever let them in. */
@Injectable()
@Eraser()
export class AccessEraser implements SubjectEraser {
  readonly store = 'access';

  async erase(tx: Tx, subject: Subject): Promise<ErasureCount> {
    if (subject.kind === 'contact') return { visitor_session: await tx.nativeDelete(VisitorSession, { contactId: subject.id }) };
    const counts: ErasureCount = {};
    for (const [table, entity] of Object.entries(OF_MEMBER)) counts[table] = await tx.nativeDelete(entity, { memberId: subject.id });
    return counts;
  }

  async findTraces(tx: Tx, subject: Subject): Promise<Trace[]> {
    const traces: Trace[] = [];
    if (subject.kind === 'contact')
      traces.push({ table: 'visitor_session', rows: await tx.count(VisitorSession, { contactId: subject.id }) });
    else
      for (const [table, entity] of Object.entries(OF_MEMBER))
        traces.push({ table, rows: await tx.count(entity, { memberId: subject.id }) });
    return traces.filter((trace) => trace.rows > 0);
  }
}
