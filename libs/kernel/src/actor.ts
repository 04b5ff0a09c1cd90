import type { Permission, Role, SessionStage } from '@sotto/protocol';

/** A signed-in member of an account, or a program that holds their API token. */
export interface MemberActor {
  readonly kind: 'member';
  readonly accountId: string;
  readonly memberId: string;
  readonly role: Role;
  /** Empty until the sign-in has come all the way. */
  readonly permissions: ReadonlySet<Permission>;
  /** `token`: a program. It may do what its scope and its maker's role both allow, and nothing that is for people. */
  readonly credential: 'session' | 'token';
  /** The session's id, or the API token's. */
  readonly sessionId: string;
  readonly stage: SessionStage;
  /** When this session last proved who is there, with a second factor or, without one, a password. */
  readonly provenAt: Date | null;
  /** Where the call comes from. */
  readonly address: string;
}

/**
 * What was odd about how a visitor's session began. `trap`: a field no person sees was filled in; `fast`: quicker than a
 * person reads; `blocked`: from an address that is blocked.
 */
export type Suspicion = 'trap' | 'fast' | 'blocked';

/** A visitor who has given consent. */
export interface VisitorActor {
  readonly kind: 'visitor';
  readonly accountId: string;
  readonly contactId: string;
  readonly inboxId: string;
  readonly sessionId: string;
  readonly suspicion: Suspicion | null;
  readonly permissions: ReadonlySet<Permission>;
}

/** Who does something. First argument of every service method. */
export type Actor = MemberActor | VisitorActor;
