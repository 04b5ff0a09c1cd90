import { Injectable } from '@nestjs/common';
import { AuditLog } from '@sotto/audit';
import { AppError, Clock, notFound, type MemberActor } from '@sotto/kernel';
import { Database, Erasers, LiveFeed, Outbox, type Tx } from '@sotto/platform';
import type { MemberPatch, MemberView, Permission, Role } from '@sotto/protocol';
import { CustomRole } from '../roles/custom-role.entity.js';
import { assertOwned, meet, type HeldMember } from './encounter.js';
import { assertFresh } from '../passwords/freshness.js';
import { Invitation } from './invitation.entity.js';
import { Member } from './member.entity.js';
import { MembersService } from './members.service.js';
import { Observers } from './observers.js';
import { OwnershipOffer } from '../ownership/ownership-offer.entity.js';
import { assertMayActOn, assertMayGrant, permissionsOf } from '../roles/rank.js';
import { RolesService } from '../roles/roles.service.js';
import { TeamsService } from '../teams/teams.service.js';
import { wrongField } from '../wrong-field.js';

/** Where a member is to stand. */
interface Place {
  role: Role;
  customRoleId: string | null;
}

/** What members do to each other: roles, disabling, removing. Both sides are held and looked at again in the same transaction. */
@Injectable()
export class MemberAdministration {
  constructor(
    private readonly database: Database,
    private readonly members: MembersService,
    private readonly roles: RolesService,
    private readonly teams: TeamsService,
    private readonly observers: Observers,
    private readonly erasers: Erasers,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
    private readonly live: LiveFeed,
    private readonly clock: Clock,
  ) {}

  /** Changes what a member is. Role and status need a fresh proof of who the actor is; with them end the member's sessions. */
  patch(actor: MemberActor, id: string, patch: MemberPatch): Promise<MemberView> {
    return this.database.in(actor.accountId, async (tx) => {
      const { me, target } = await this.encounter(tx, actor, id);
      const place = placeAfter(target, patch);
      const moves = place.role !== target.role || place.customRoleId !== target.customRoleId;
      const turns = patch.status !== undefined && patch.status !== target.status;
      if (moves || turns) assertFresh(actor, this.clock.now());
      if (moves) await this.move(tx, me, target, place);
      if (turns) await this.turn(tx, me, target, patch.status === 'active');
      if (moves || turns) await assertOwned(tx);
      if (patch.teamIds) await this.teams.putInto(tx, me, id, patch.teamIds);
      const [view] = await this.members.viewsIn(tx, actor.accountId, id);
      if (!view) throw notFound();
      return view;
    });
  }

  /** Removes a member from every store. What they wrote stays, without their name. */
  remove(actor: MemberActor, id: string): Promise<void> {
    return this.database.in(actor.accountId, async (tx) => {
      const { me } = await this.encounter(tx, actor, id);
      await this.erase(tx, me, id);
      await assertOwned(tx);
      await this.audit.record(tx, me, { action: 'member.removed', target: { kind: 'member', id } });
    });
  }

  /** Ends whatever lets a member in, and erases them. */
  async erase(tx: Tx, me: MemberActor, id: string): Promise<void> {
    const { accountId } = me;
    await this.observers.memberRemoved(tx, me, id);
    await this.observers.revokeAccess(tx, { accountId, memberId: id }, { forGood: true });
    for (const eraser of this.erasers.all()) await eraser.erase(tx, { accountId, kind: 'member', id });
    this.database.afterCommit(tx, () => {
      this.live.publish({ type: 'member.changed', accountId, memberId: id });
      this.live.publish({ type: 'access.changed', accountId });
    });
  }

  private async encounter(tx: Tx, actor: MemberActor, id: string): Promise<{ me: MemberActor; target: HeldMember }> {
    const { me, target } = await meet(tx, actor, id);
    if (id === me.memberId && me.role === 'owner') await assertOwnedWithout(tx, id);
    assertMayActOn(me, id, target);
    return { me, target };
  }

  private async move(tx: Tx, me: MemberActor, target: HeldMember, { role, customRoleId }: Place): Promise<void> {
    const { id } = target;
    const permissions = customRoleId === null ? permissionsOf(role, null) : await this.roles.permissionsToGive(tx, customRoleId);
    assertMayGrant(me, { role, permissions });
    const less = [...target.permissions].some((permission: Permission) => !permissions.has(permission));
    await tx.nativeUpdate(Member, { id }, { role, customRoleId });
    await this.endAccess(tx, me, id, less);
    if (target.status !== 'invited') {
      const name = customRoleId === null ? role : (await tx.findOneOrFail(CustomRole, { id: customRoleId })).name;
      await this.outbox.add(tx, { accountId: me.accountId, memberId: id }, 'role-changed', { role: name });
    }
    await this.audit.record(tx, me, {
      action: 'member.role-changed',
      target: { kind: 'member', id },
      data: { from: target.role, fromCustomRole: target.customRoleId, to: role, toCustomRole: customRoleId },
    });
  }

  private async turn(tx: Tx, me: MemberActor, target: HeldMember, on: boolean): Promise<void> {
    const { id } = target;
    if (target.status === 'invited') throw wrongField('status', 'cannot change before the invitation is accepted');
    await tx.nativeUpdate(Member, { id }, { status: on ? 'active' : 'disabled' });
    if (!on) await this.endAccess(tx, me, id, true);
    await this.audit.record(tx, me, { action: on ? 'member.enabled' : 'member.disabled', target: { kind: 'member', id } });
  }

  /** `less`: they may less than before, so what they have given out or were offered ends too. */
  private async endAccess(tx: Tx, { accountId }: MemberActor, id: string, less: boolean): Promise<void> {
    await this.observers.revokeAccess(tx, { accountId, memberId: id }, { forGood: less });
    if (!less) return;
    await tx.nativeDelete(Invitation, { invitedBy: id });
    await tx.nativeDelete(OwnershipOffer, { $or: [{ fromMemberId: id }, { toMemberId: id }] });
  }
}

/** Where the patch puts a member. A custom role makes an agent of whoever gets it; any other role ends it. */
function placeAfter(target: HeldMember, { role, customRoleId }: MemberPatch): Place {
  if (role === 'admin' && customRoleId) throw wrongField('customRoleId', 'is for agents only');
  if (customRoleId) return { role: 'agent', customRoleId };
  const next = role ?? target.role;
  const kept = next === 'agent' && customRoleId === undefined ? target.customRoleId : null;
  return { role: next, customRoleId: kept };
}

async function assertOwnedWithout(tx: Tx, memberId: string): Promise<void> {
  const others = await tx.count(Member, { role: 'owner', status: 'active', id: { $ne: memberId } });
  if (others === 0) throw new AppError('owner.last', 'Make somebody else an owner first.');
}
