import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { newId, type MemberActor } from '@sotto/kernel';
import { Database, KeyRing, type Tx } from '@sotto/platform';
import type { MemberView, Role } from '@sotto/protocol';
import { Member } from './member.entity.js';
import { hashPassword, verifyPassword } from './password.js';

/** What `MembersService.add` needs. */
export interface NewMember {
  accountId: string;
  name: string;
  email: string;
  password: string;
  role: Role;
}

/** A member, as far as signing in needs it. */
export interface Credentials {
  accountId: string;
  memberId: string;
  role: Role;
}

/** Names kept in memory, and for how long a changed one may be seen. */
const NAMES = 10_000;
const NAMES_MS = 60_000;

/** Compared against when the address is unknown, so that the answer takes as long. */
const decoy = hashPassword('a password nobody has');

@Injectable()
export class MembersService {
  private readonly names = new LRUCache<string, string>({ max: NAMES, ttl: NAMES_MS });

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
  ) {}

  async add(tx: Tx, input: NewMember): Promise<MemberView> {
    const id = newId();
    const cipher = await this.keys.createSubjectKey(tx, input.accountId, id);
    tx.persist(
      tx.create(Member, {
        id,
        accountId: input.accountId,
        role: input.role,
        nameSealed: cipher.seal('member', id, 'name', input.name),
        emailSealed: cipher.seal('member', id, 'email', input.email),
        loginHash: this.keys.loginHash(input.email),
        passwordHash: await hashPassword(input.password),
      }),
    );
    await tx.flush();
    return { id, name: input.name, email: input.email, role: input.role };
  }

  /** The member with this address and password, or null. Takes the same time for an unknown address. */
  async verify(email: string, password: string): Promise<Credentials | null> {
    const loginHash = this.keys.loginHash(email);
    const member = await this.database.door(loginHash, (tx) => tx.findOne(Member, { loginHash }));
    const matches = await verifyPassword(password, member ? member.passwordHash : await decoy);
    return member && matches ? { accountId: member.accountId, memberId: member.id, role: member.role } : null;
  }

  /** The role a member has now, or null when there is no such member. */
  async roleOf(tx: Tx, memberId: string): Promise<Role | null> {
    return (await tx.findOne(Member, { id: memberId }, { fields: ['role'] }))?.role ?? null;
  }

  list(actor: MemberActor): Promise<MemberView[]> {
    return this.views(actor, {});
  }

  async get(actor: MemberActor): Promise<MemberView | null> {
    return (await this.views(actor, { id: actor.memberId }))[0] ?? null;
  }

  /** Whether the account has this member. */
  async exists(tx: Tx, memberId: string): Promise<boolean> {
    return (await tx.count(Member, { id: memberId })) > 0;
  }

  /** Names of members by id; one who is gone is left out. */
  async namesOf(accountId: string, memberIds: Iterable<string>, tx?: Tx): Promise<Map<string, string>> {
    const result = new Map<string, string>();
    const missing: string[] = [];
    for (const id of new Set(memberIds)) {
      const name = this.names.get(id);
      if (name === undefined) missing.push(id);
      else result.set(id, name);
    }
    if (missing.length === 0) return result;
    const load = async (em: Tx) => {
      const members = await em.find(Member, { id: { $in: missing } });
      const ciphers = await this.keys.ciphers(accountId, missing, em);
      for (const member of members) {
        const cipher = ciphers.get(member.id);
        if (!cipher) continue;
        const name = cipher.open('member', member.id, 'name', member.nameSealed);
        this.names.set(member.id, name);
        result.set(member.id, name);
      }
    };
    await (tx ? load(tx) : this.database.in(accountId, load));
    return result;
  }

  private views(actor: MemberActor, which: { id?: string }): Promise<MemberView[]> {
    return this.database.in(actor.accountId, async (tx) => {
      const members = await tx.find(Member, which, { orderBy: { createdAt: 'asc' } });
      const ids = members.map((member) => member.id);
      const ciphers = await this.keys.ciphers(actor.accountId, ids, tx);
      return members.flatMap(({ id, role, nameSealed, emailSealed }) => {
        const cipher = ciphers.get(id);
        return cipher
          ? [{ id, role, name: cipher.open('member', id, 'name', nameSealed), email: cipher.open('member', id, 'email', emailSealed) }]
          : [];
      });
    });
  }
}
