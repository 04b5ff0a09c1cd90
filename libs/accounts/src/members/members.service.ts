import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { newId, type MemberActor } from '@sotto/kernel';
import { Database, KeyRing, LiveFeed, query, type SubjectCipher, type Tx } from '@sotto/platform';
import type { MemberStatus, MemberView, PanelLanguage, Permission, Role } from '@sotto/protocol';
import { permissionsOf } from '../roles/rank.js';
import { Member } from './member.entity.js';
import { hashPassword } from '../passwords/password.js';

/** What `MembersService.add` needs. */
export interface NewMember {
  accountId: string;
  name: string;
  email: string;
  /** None for somebody invited, who chooses one on joining. */
  password?: string;
  role: Role;
  /** Of this account; for agents only. */
  customRoleId?: string | null;
  /** A new owner may work without a second factor until then. */
  graceUntil?: Date;
}

/** A member, as far as signing in needs it. */
export interface Credentials {
  accountId: string;
  memberId: string;
}

/** What a member is allowed now. */
export interface Standing {
  role: Role;
  status: MemberStatus;
  permissions: ReadonlySet<Permission>;
  twoFactor: boolean;
  graceUntil: Date | null;
}

interface StandingRow {
  role: Role;
  status: MemberStatus;
  custom: Permission[] | null;
  twoFactorSince: Date | null;
  graceUntil: Date | null;
}

interface ViewRow {
  id: string;
  role: Role;
  status: MemberStatus;
  nameSealed: Uint8Array;
  emailSealed: Uint8Array;
  customRoleId: string | null;
  customRoleName: string | null;
  twoFactorSince: Date | null;
  avatarVersion: string | null;
  teamIds: string[];
  createdAt: Date;
}

const VIEW = `
  select m.id, m.role, m.status, m.name_sealed as "nameSealed", m.email_sealed as "emailSealed", m.custom_role_id as "customRoleId",
         r.name as "customRoleName", m.two_factor_since as "twoFactorSince", a.version as "avatarVersion", m.created_at as "createdAt",
         array(select t.team_id::text from team_member t where t.member_id = m.id order by t.team_id) as "teamIds"
    from member m left join custom_role r on r.id = m.custom_role_id left join avatar a on a.member_id = m.id`;

/** Names kept in memory, and for how long a changed one may be seen. */
const NAMES = 10_000;
const NAMES_MS = 60_000;

@Injectable()
export class MembersService implements OnModuleInit {
  private readonly names = new LRUCache<string, string>({ max: NAMES, ttl: NAMES_MS });

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly live: LiveFeed,
  ) {}

  onModuleInit(): void {
    this.live.subscribe((hint) => {
      if (hint.type !== 'member.changed') return;
      this.names.delete(hint.memberId);
      // Whoever was erased has no key any more; a copy read meanwhile must not outlive it.
      this.keys.forget(hint.memberId);
    });
  }

  async add(tx: Tx, input: NewMember): Promise<MemberView> {
    const id = newId();
    const cipher = await this.keys.createSubjectKey(tx, input.accountId, id);
    tx.persist(
      tx.create(Member, {
        id,
        accountId: input.accountId,
        role: input.role,
        customRoleId: input.customRoleId ?? null,
        status: input.password === undefined ? 'invited' : 'active',
        nameSealed: cipher.seal('member', id, 'name', input.name),
        emailSealed: cipher.seal('member', id, 'email', input.email),
        loginHash: this.keys.loginHash(input.email),
        passwordHash: input.password === undefined ? null : await hashPassword(input.password),
        graceUntil: input.graceUntil ?? null,
      }),
    );
    await tx.flush();
    const [view] = await this.viewsIn(tx, input.accountId, id);
    if (!view) throw new Error('A member that was just added is not there');
    return view;
  }

  /** What a member is allowed now, or null when there is no such member. */
  async standing(tx: Tx, memberId: string): Promise<Standing | null> {
    const [row] = await query<StandingRow>(
      tx,
      `select m.role, m.status, m.two_factor_since as "twoFactorSince", m.grace_until as "graceUntil",
              case when m.custom_role_id is not null then coalesce(r.permissions, '[]'::jsonb) end as custom
         from member m left join custom_role r on r.id = m.custom_role_id where m.id = $1`,
      [memberId],
    );
    if (!row) return null;
    return {
      role: row.role,
      status: row.status,
      permissions: permissionsOf(row.role, row.custom),
      twoFactor: row.twoFactorSince !== null,
      graceUntil: row.graceUntil === null ? null : new Date(row.graceUntil),
    };
  }

  /** Holds the member until the transaction ends, so that what depends on one another is decided one after another. */
  async hold(tx: Tx, memberId: string): Promise<void> {
    await query(tx, 'select id from member where id = $1 for update', [memberId]);
  }

  /** Says since when a member has a second factor; null when the last one is gone. */
  async setTwoFactor(tx: Tx, memberId: string, since: Date | null): Promise<void> {
    await tx.nativeUpdate(Member, { id: memberId }, { twoFactorSince: since });
  }

  /** The language a member chose for the panel and for mails, or null. */
  async languageOf(tx: Tx, memberId: string): Promise<PanelLanguage | null> {
    return (await tx.findOne(Member, { id: memberId }, { fields: ['language'] }))?.language ?? null;
  }

  list(actor: MemberActor): Promise<MemberView[]> {
    return this.database.in(actor.accountId, (tx) => this.viewsIn(tx, actor.accountId));
  }

  async get(actor: MemberActor): Promise<MemberView | null> {
    return this.database.in(actor.accountId, async (tx) => (await this.viewsIn(tx, actor.accountId, actor.memberId))[0] ?? null);
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

  /** Members as colleagues see them, oldest first; all, or the one. */
  async viewsIn(tx: Tx, accountId: string, id?: string): Promise<MemberView[]> {
    const rows = await query<ViewRow>(
      tx,
      `${VIEW} ${id === undefined ? '' : 'where m.id = $1'} order by m.created_at, m.id`,
      id === undefined ? [] : [id],
    );
    const ciphers = await this.keys.ciphers(
      accountId,
      rows.map((row) => row.id),
      tx,
    );
    return rows.flatMap((row) => {
      const cipher = ciphers.get(row.id);
      return cipher ? [toView(row, cipher)] : [];
    });
  }
}

const toView = (row: ViewRow, cipher: SubjectCipher): MemberView => ({
  id: row.id,
  name: cipher.open('member', row.id, 'name', row.nameSealed),
  email: cipher.open('member', row.id, 'email', row.emailSealed),
  role: row.role,
  customRole: row.customRoleId === null ? null : { id: row.customRoleId, name: row.customRoleName ?? '' },
  status: row.status,
  twoFactor: row.twoFactorSince !== null,
  avatar: row.avatarVersion === null ? null : `/members/${row.id}/avatar?v=${row.avatarVersion}`,
  teamIds: row.teamIds,
  createdAt: new Date(row.createdAt).toISOString(),
});
