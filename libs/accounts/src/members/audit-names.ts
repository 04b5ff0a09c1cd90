import { Injectable } from '@nestjs/common';
import { NamesAudited, type AuditNames } from '@sotto/audit';
import { KeyRing, type Tx } from '@sotto/platform';
import { CustomRole } from '../roles/custom-role.entity.js';
import { Member } from './member.entity.js';
import { Team } from '../teams/team.entity.js';

/** Names members, teams and roles in the audit log. Past the cache of names, since whoever is gone must be gone there at once. */
@Injectable()
@NamesAudited()
export class AccountsAuditNames implements AuditNames {
  readonly kinds = ['member', 'team', 'role'];

  constructor(private readonly keys: KeyRing) {}

  async namesOf(tx: Tx, accountId: string, kind: string, ids: readonly string[]): Promise<Map<string, string>> {
    const where = { id: { $in: [...ids] } };
    if (kind === 'team') return new Map((await tx.find(Team, where)).map(({ id, name }) => [id, name]));
    if (kind === 'role') return new Map((await tx.find(CustomRole, where)).map(({ id, name }) => [id, name]));
    const members = await tx.find(Member, where, { fields: ['id', 'nameSealed'] });
    const ciphers = await this.keys.ciphers(accountId, ids, tx);
    return new Map(
      members.flatMap(({ id, nameSealed }) => {
        const cipher = ciphers.get(id);
        return cipher ? [[id, cipher.open('member', id, 'name', nameSealed)] as const] : [];
      }),
    );
  }
}
