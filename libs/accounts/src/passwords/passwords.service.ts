import { Injectable } from '@nestjs/common';
import { Database, KeyRing, type Tx } from '@sotto/platform';
import type { MemberStatus } from '@sotto/protocol';
import { Account } from '../account.entity.js';
import { Member } from '../members/member.entity.js';
import { MembersService, type Credentials } from '../members/members.service.js';
import { assertStrongPassword, hashPassword, verifyPassword } from './password.js';

/** Who signs in with an address. */
export interface Login extends Credentials {
  status: MemberStatus;
}

/** What came of trying an address and a password. `login` is null for an address nobody has. */
export interface Tried {
  login: Login | null;
  isRight: boolean;
}

/** Compared against when there is no password to compare, so that the answer takes as long. */
const decoy = hashPassword('a password nobody has');

/** Passwords of members: tried, judged, changed. */
@Injectable()
export class Passwords {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly members: MembersService,
  ) {}

  /** Takes the same work for an unknown address, a wrong password and somebody who may not sign in; those are never right. */
  async try(email: string, password: string): Promise<Tried> {
    const member = await this.find(email);
    const matches = await verifyPassword(password, member?.passwordHash ?? (await decoy));
    const login = member && { accountId: member.accountId, memberId: member.id, status: member.status };
    return { login, isRight: matches && member?.status === 'active' && member.passwordHash !== null };
  }

  /** Whether this is the password of somebody signed in. */
  async isRight(who: Credentials, password: string): Promise<boolean> {
    const member = await this.database.in(who.accountId, (tx) => tx.findOne(Member, { id: who.memberId }, { fields: ['passwordHash'] }));
    return (await verifyPassword(password, member?.passwordHash ?? (await decoy))) && typeof member?.passwordHash === 'string';
  }

  /** Who signs in with this address, or null. */
  async loginOf(email: string): Promise<Login | null> {
    const member = await this.find(email);
    return member && { accountId: member.accountId, memberId: member.id, status: member.status };
  }

  /** Whether this is the address the member signs in with. */
  async signsInWith(who: Credentials, email: string): Promise<boolean> {
    const loginHash = this.keys.loginHash(email);
    return (await this.database.in(who.accountId, (tx) => tx.count(Member, { id: who.memberId, loginHash }))) > 0;
  }

  /** Judges a new password; answers the hash to give to `set`. Throws `password.weak`. Takes long: not for a transaction. */
  async judge(who: Credentials, password: string): Promise<string> {
    const known = await this.database.in(who.accountId, async (tx) => {
      const [member] = await this.members.viewsIn(tx, who.accountId, who.memberId);
      const account = await tx.findOneOrFail(Account, { id: who.accountId });
      return [member?.email ?? '', member?.name ?? '', account.name, 'sotto'];
    });
    await assertStrongPassword(password, known, 'password');
    return hashPassword(password);
  }

  async set(tx: Tx, memberId: string, passwordHash: string): Promise<void> {
    await tx.nativeUpdate(Member, { id: memberId }, { passwordHash });
  }

  private find(email: string): Promise<Member | null> {
    const loginHash = this.keys.loginHash(email);
    return this.database.door(loginHash, (tx) => tx.findOne(Member, { loginHash }));
  }
}
