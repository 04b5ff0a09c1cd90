import type { Permission, Role } from '@sotto/protocol';

/** A signed-in member of an account. */
export interface MemberActor {
  readonly kind: 'member';
  readonly accountId: string;
  readonly memberId: string;
  readonly role: Role;
  readonly permissions: ReadonlySet<Permission>;
  readonly sessionId: string;
}

/** A visitor who has given consent. */
export interface VisitorActor {
  readonly kind: 'visitor';
  readonly accountId: string;
  readonly contactId: string;
  readonly inboxId: string;
  readonly sessionId: string;
  readonly permissions: ReadonlySet<Permission>;
}

/** Who does something. First argument of every service method. */
export type Actor = MemberActor | VisitorActor;
