import { Injectable } from '@nestjs/common';
import { AuditLog } from '@sotto/audit';
import { AppError, newId, notFound, type MemberActor } from '@sotto/kernel';
import { Database, query, type Tx } from '@sotto/platform';
import { GRANTABLE, PERMISSIONS, type Permission, type RoleInput, type RolePatch, type RoleView } from '@sotto/protocol';
import { CustomRole } from './custom-role.entity.js';
import { asTheyStand, holdMembers } from '../members/encounter.js';
import { Observers } from '../members/observers.js';
import { assertMayGrant, permissionsOf } from './rank.js';
import { withFreeName, wrongField } from '../wrong-field.js';

const grantable = new Set(GRANTABLE);
const ordered = (permissions: readonly Permission[]) => PERMISSIONS.filter((permission) => permissions.includes(permission));
const same = (one: readonly Permission[], other: readonly Permission[]) => ordered(one).join() === ordered(other).join();

/** Roles an account makes of permissions. Nobody makes or changes one that may more than they do. */
@Injectable()
export class RolesService {
  constructor(
    private readonly database: Database,
    private readonly observers: Observers,
    private readonly audit: AuditLog,
  ) {}

  list(actor: MemberActor): Promise<RoleView[]> {
    return this.database.in(actor.accountId, (tx) => this.views(tx));
  }

  create(actor: MemberActor, input: RoleInput): Promise<RoleView> {
    return withFreeName(
      this.database.in(actor.accountId, async (tx) => {
        const permissions = grantableOnly(input.permissions);
        assertMayGrant(await this.actorNow(tx, actor), { role: 'agent', permissions: new Set(permissions) });
        const id = newId();
        tx.persist(tx.create(CustomRole, { id, accountId: actor.accountId, name: input.name, permissions }));
        await tx.flush();
        await this.audit.record(tx, actor, { action: 'role.created', target: { kind: 'role', id }, data: { permissions } });
        return this.view(tx, id);
      }),
    );
  }

  /** Other permissions end the sessions of whoever has the role, and their tokens where it may less now. */
  patch(actor: MemberActor, id: string, patch: RolePatch): Promise<RoleView> {
    return withFreeName(
      this.database.in(actor.accountId, async (tx) => {
        const role = await this.hold(tx, actor, id);
        const permissions = patch.permissions ? grantableOnly(patch.permissions) : role.permissions;
        assertMayGrant(await this.actorNow(tx, actor), { role: 'agent', permissions: new Set(permissions) });
        const holders = same(permissions, role.permissions) ? [] : await this.holders(tx, id);
        const narrower = role.permissions.some((permission) => !permissions.includes(permission));
        await tx.nativeUpdate(CustomRole, { id }, { name: patch.name ?? role.name, permissions });
        for (const memberId of holders)
          await this.observers.revokeAccess(tx, { accountId: actor.accountId, memberId }, { forGood: narrower });
        await this.audit.record(tx, actor, { action: 'role.changed', target: { kind: 'role', id }, data: { permissions } });
        return this.view(tx, id);
      }),
    );
  }

  remove(actor: MemberActor, id: string): Promise<void> {
    return this.database.in(actor.accountId, async (tx) => {
      await this.hold(tx, actor, id);
      if ((await this.holders(tx, id)).length > 0) throw new AppError('role.in-use', 'Give its members another role first.');
      await tx.nativeDelete(CustomRole, { id });
      await this.audit.record(tx, actor, { action: 'role.removed', target: { kind: 'role', id } });
    });
  }

  /** A role to give somebody, held as it is until the transaction ends. Throws `input.invalid`. */
  async permissionsToGive(tx: Tx, id: string): Promise<ReadonlySet<Permission>> {
    const [role] = await query<{ permissions: Permission[] }>(tx, 'select permissions from custom_role where id = $1 for share', [id]);
    if (!role) throw wrongField('customRoleId', 'is no role of this account');
    return permissionsOf('agent', role.permissions);
  }

  /** Holds a role the actor may change: not their own, and none that may more than they do. */
  private async hold(tx: Tx, actor: MemberActor, id: string): Promise<{ name: string; permissions: Permission[] }> {
    const me = await this.actorNow(tx, actor);
    const [role] = await query<{ name: string; permissions: Permission[] }>(
      tx,
      'select name, permissions from custom_role where id = $1 for update',
      [id],
    );
    if (!role) throw notFound();
    assertMayGrant(me, { role: 'agent', permissions: permissionsOf('agent', role.permissions) });
    if ((await this.holders(tx, id)).includes(actor.memberId)) throw new AppError('permission.denied', 'You have this role yourself.');
    return role;
  }

  private async actorNow(tx: Tx, actor: MemberActor): Promise<MemberActor> {
    return asTheyStand(actor, await holdMembers(tx, [actor.memberId]));
  }

  private async holders(tx: Tx, id: string): Promise<string[]> {
    const rows = await query<{ id: string }>(tx, 'select id from member where custom_role_id = $1 order by id', [id]);
    return rows.map((row) => row.id);
  }

  private async view(tx: Tx, id: string): Promise<RoleView> {
    const [view] = await this.views(tx, id);
    if (!view) throw notFound();
    return view;
  }

  private async views(tx: Tx, id?: string): Promise<RoleView[]> {
    const rows = await query<RoleView>(
      tx,
      `select r.id, r.name, r.permissions, count(m.id)::int as members from custom_role r left join member m on m.custom_role_id = r.id
        ${id === undefined ? '' : 'where r.id = $1'} group by r.id order by lower(r.name), r.id`,
      id === undefined ? [] : [id],
    );
    return rows.map((row) => ({ ...row, permissions: ordered(row.permissions).filter((permission) => grantable.has(permission)) }));
  }
}

function grantableOnly(permissions: readonly Permission[]): Permission[] {
  if (permissions.some((permission) => !grantable.has(permission)))
    throw wrongField('permissions', 'holds one that no role of your own can have');
  return ordered(permissions);
}
