import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '@sotto/audit';
import { AppError, Clock, newSecret, notFound, type MemberActor } from '@sotto/kernel';
import { Database, KeyRing, Limits, LiveFeed, Outbox, isUniqueViolation, type Limit, type Tx } from '@sotto/platform';
import type { InvitationView, MemberView, NewInvitation } from '@sotto/protocol';
import type { z } from 'zod';
import { Account } from '../account.entity.js';
import { asTheyStand, holdMembers, meet } from './encounter.js';
import { Invitation } from './invitation.entity.js';
import { MemberAdministration } from './member-administration.js';
import { Member } from './member.entity.js';
import { MembersService, type Credentials } from './members.service.js';
import { assertMayActOn, assertMayGrant, permissionsOf } from '../roles/rank.js';
import { RolesService } from '../roles/roles.service.js';
import { TeamsService } from '../teams/teams.service.js';
import { wrongField } from '../wrong-field.js';

const VALID_MS = 7 * 24 * 60 * 60_000;
/** Mails one member may have sent to people who did not ask for them. */
const PER_HOUR = 60;

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');
const linkInvalid = () => new AppError('auth.link-invalid', 'Ask whoever invited you for a new link.');

/** Invitations: a mail with a link, good once and for seven days. Whoever is invited is a member already, without a password. */
@Injectable()
export class InvitationsService {
  private readonly mails: Limit;

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly members: MembersService,
    private readonly administration: MemberAdministration,
    private readonly roles: RolesService,
    private readonly teams: TeamsService,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
    private readonly live: LiveFeed,
    private readonly clock: Clock,
    limits: Limits,
  ) {
    this.mails = limits.make({ name: 'invitations', points: PER_HOUR, seconds: 3_600, withoutRedis: 'local' });
  }

  /** Says `member.exists` for an address that signs in anywhere in this installation. */
  async invite(actor: MemberActor, input: z.output<typeof NewInvitation>): Promise<MemberView> {
    await this.mails.take(actor.memberId);
    const { email, name, role, customRoleId, teamIds } = input;
    if (customRoleId !== null && role !== 'agent') throw wrongField('customRoleId', 'is for agents only');
    try {
      return await this.database.in(actor.accountId, async (tx) => {
        const me = asTheyStand(actor, await holdMembers(tx, [actor.memberId]));
        const permissions = customRoleId === null ? permissionsOf(role, null) : await this.roles.permissionsToGive(tx, customRoleId);
        assertMayGrant(me, { role, permissions });
        const { id } = await this.members.add(tx, { accountId: me.accountId, name, email, role, customRoleId });
        await this.teams.putInto(tx, me, id, teamIds);
        await this.send(tx, me, id);
        await this.audit.record(tx, me, {
          action: 'member.invited',
          target: { kind: 'member', id },
          data: { role, customRole: customRoleId },
        });
        return this.viewOf(tx, me, id);
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw new AppError('member.exists');
      throw error;
    }
  }

  /** Sends a new link; the one before is worth nothing then. */
  async resend(actor: MemberActor, id: string): Promise<MemberView> {
    await this.mails.take(actor.memberId);
    return this.database.in(actor.accountId, async (tx) => {
      const me = await this.meetInvited(tx, actor, id);
      await this.send(tx, me, id);
      await this.audit.record(tx, me, { action: 'member.invited', target: { kind: 'member', id }, data: { again: true } });
      return this.viewOf(tx, me, id);
    });
  }

  /** Takes an invitation back: nothing of whoever was invited stays. */
  revoke(actor: MemberActor, id: string): Promise<void> {
    return this.database.in(actor.accountId, async (tx) => {
      const me = await this.meetInvited(tx, actor, id);
      await this.administration.erase(tx, me, id);
      await this.audit.record(tx, me, { action: 'member.invitation-revoked', target: { kind: 'member', id } });
    });
  }

  /** Works inside the account of whoever was invited with this token. Throws `auth.link-invalid`. */
  open<T>(token: string, work: (tx: Tx, who: Credentials) => Promise<T>): Promise<T> {
    const tokenHash = hashOf(token);
    return this.database.door(tokenHash, async (tx) => {
      const invitation = await tx.findOne(Invitation, { tokenHash });
      if (!invitation || invitation.expiresAt <= this.clock.now()) throw linkInvalid();
      await this.database.enter(tx, invitation.accountId);
      return work(tx, { accountId: invitation.accountId, memberId: invitation.memberId });
    });
  }

  /** What the invitation of this member says. */
  async view(tx: Tx, { accountId, memberId }: Credentials): Promise<InvitationView> {
    const invitation = await tx.findOne(Invitation, { memberId });
    const [member] = await this.members.viewsIn(tx, accountId, memberId);
    if (!invitation || member?.status !== 'invited') throw linkInvalid();
    const account = await tx.findOneOrFail(Account, { id: accountId });
    const { name, email, role } = member;
    return { account: account.name, name, email, role, expiresAt: invitation.expiresAt.toISOString() };
  }

  /** Uses the token up and makes a member of whoever was invited. Of several at once, one comes through. */
  async accept(tx: Tx, token: string, who: Credentials, input: { name: string; passwordHash: string }): Promise<void> {
    const { accountId, memberId } = who;
    const used = await tx.nativeDelete(Invitation, { memberId, tokenHash: hashOf(token), expiresAt: { $gt: this.clock.now() } });
    const cipher = await this.keys.cipher(accountId, memberId, tx);
    const nameSealed = cipher.seal('member', memberId, 'name', input.name);
    const { passwordHash } = input;
    const joined = await tx.nativeUpdate(Member, { id: memberId, status: 'invited' }, { status: 'active', nameSealed, passwordHash });
    if (used !== 1 || joined !== 1) throw linkInvalid();
    this.database.afterCommit(tx, () => this.live.publish({ type: 'member.changed', accountId, memberId }));
  }

  private async meetInvited(tx: Tx, actor: MemberActor, id: string): Promise<MemberActor> {
    const { me, target } = await meet(tx, actor, id);
    assertMayActOn(me, id, target);
    if (target.status !== 'invited') throw notFound();
    return me;
  }

  private async send(tx: Tx, me: MemberActor, memberId: string): Promise<void> {
    const { accountId } = me;
    const token = newSecret();
    const now = this.clock.now();
    await tx.nativeDelete(Invitation, { memberId });
    const expiresAt = new Date(now.getTime() + VALID_MS);
    tx.persist(tx.create(Invitation, { memberId, accountId, invitedBy: me.memberId, tokenHash: hashOf(token), createdAt: now, expiresAt }));
    await tx.flush();
    const by = (await this.members.namesOf(accountId, [me.memberId], tx)).get(me.memberId) ?? '';
    const account = (await tx.findOneOrFail(Account, { id: accountId })).name;
    await this.outbox.add(tx, { accountId, memberId }, 'invitation', { token, by, account });
  }

  private async viewOf(tx: Tx, { accountId }: MemberActor, id: string): Promise<MemberView> {
    const [view] = await this.members.viewsIn(tx, accountId, id);
    if (!view) throw notFound();
    return view;
  }
}
