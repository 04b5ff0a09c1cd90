import { Injectable } from '@nestjs/common';
import { AuditLog } from '@sotto/audit';
import { AppError, Clock, notFound, type MemberActor } from '@sotto/kernel';
import { Database, LiveFeed, Outbox, type Tx } from '@sotto/platform';
import type { OwnershipOffer as OwnershipOfferInput, OwnershipOfferView } from '@sotto/protocol';
import type { z } from 'zod';
import { Account } from '../account.entity.js';
import { asTheyStand, assertOwned, holdMembers } from '../members/encounter.js';
import { Member } from '../members/member.entity.js';
import { MembersService } from '../members/members.service.js';
import { Observers } from '../members/observers.js';
import { OwnershipOffer } from './ownership-offer.entity.js';
import { wrongField } from '../wrong-field.js';

const VALID_MS = 7 * 24 * 60 * 60_000;

/** Handing an account over: an owner offers, the other accepts with a second factor. One offer at a time. */
@Injectable()
export class OwnershipService {
  constructor(
    private readonly database: Database,
    private readonly members: MembersService,
    private readonly observers: Observers,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
    private readonly live: LiveFeed,
    private readonly clock: Clock,
  ) {}

  /** Takes the place of an earlier offer. The other needs a second factor, since accepting takes one. */
  offer(actor: MemberActor, { memberId, stay }: z.output<typeof OwnershipOfferInput>): Promise<OwnershipOfferView> {
    const { accountId } = actor;
    return this.database.in(accountId, async (tx) => {
      const held = await holdMembers(tx, [actor.memberId, memberId]);
      const me = asTheyStand(actor, held);
      if (me.role !== 'owner') throw new AppError('permission.denied');
      const to = held.get(memberId);
      if (to?.status !== 'active') throw wrongField('memberId', 'is nobody who can sign in to this account');
      if (to.role === 'owner') throw wrongField('memberId', 'is an owner already');
      if (!to.twoFactor) throw new AppError('second-factor.needed', 'Ask them to set up a second factor first.');
      const now = this.clock.now();
      await tx.nativeDelete(OwnershipOffer, { accountId });
      const expiresAt = new Date(now.getTime() + VALID_MS);
      tx.persist(
        tx.create(OwnershipOffer, { accountId, fromMemberId: me.memberId, toMemberId: memberId, stay, createdAt: now, expiresAt }),
      );
      await tx.flush();
      const names = await this.members.namesOf(accountId, [me.memberId], tx);
      const account = (await tx.findOneOrFail(Account, { id: accountId })).name;
      await this.outbox.add(tx, { accountId, memberId }, 'ownership-offered', { by: names.get(me.memberId) ?? '', account });
      await this.audit.record(tx, me, { action: 'ownership.offered', target: { kind: 'member', id: memberId }, data: { stay } });
      return this.viewIn(tx, me);
    });
  }

  /** The open offer, for owners and for whom it is made. Throws `not-found`. */
  get(actor: MemberActor): Promise<OwnershipOfferView> {
    return this.database.in(actor.accountId, (tx) => this.viewIn(tx, actor));
  }

  /** Takes an offer back, or declines it. */
  withdraw(actor: MemberActor): Promise<void> {
    const { accountId } = actor;
    return this.database.in(accountId, async (tx) => {
      const offer = await this.openOffer(tx, actor);
      if (!offer || (await tx.nativeDelete(OwnershipOffer, { accountId })) !== 1) throw notFound();
      const target = { kind: 'member', id: offer.toMemberId } as const;
      await this.audit.record(tx, actor, {
        action: 'ownership.withdrawn',
        target,
        data: { declined: offer.toMemberId === actor.memberId },
      });
    });
  }

  /** What is offered to this member; null when nothing is. */
  async offerTo(tx: Tx, { accountId, memberId }: MemberActor): Promise<{ from: string; expiresAt: string } | null> {
    const offer = await this.valid(tx);
    if (offer?.toMemberId !== memberId) return null;
    const names = await this.members.namesOf(accountId, [offer.fromMemberId], tx);
    return { from: names.get(offer.fromMemberId) ?? '', expiresAt: offer.expiresAt.toISOString() };
  }

  /** Makes the actor an owner and, unless they stay, an admin of whoever offered. The caller has checked the actor's second factor. */
  async accept(tx: Tx, actor: MemberActor): Promise<void> {
    const { accountId } = actor;
    const offered = await this.valid(tx);
    if (offered?.toMemberId !== actor.memberId) throw notFound();
    const { fromMemberId, stay } = offered;
    const held = await holdMembers(tx, [actor.memberId, fromMemberId]);
    asTheyStand(actor, held);
    const from = held.get(fromMemberId);
    const used = await tx.nativeDelete(OwnershipOffer, { accountId, fromMemberId, toMemberId: actor.memberId, stay });
    if (used !== 1 || from?.role !== 'owner' || from.status !== 'active') throw notFound();
    await tx.nativeUpdate(Member, { id: actor.memberId }, { role: 'owner', customRoleId: null });
    await this.tell(tx, accountId, actor.memberId, 'owner');
    if (!stay) {
      await tx.nativeUpdate(Member, { id: fromMemberId }, { role: 'admin' });
      await this.observers.revokeAccess(tx, { accountId, memberId: fromMemberId }, { forGood: true });
      await this.tell(tx, accountId, fromMemberId, 'admin');
    }
    await assertOwned(tx);
    this.database.afterCommit(tx, () => this.live.publish({ type: 'access.changed', accountId }));
    await this.audit.record(tx, actor, { action: 'ownership.accepted', target: { kind: 'member', id: fromMemberId }, data: { stay } });
  }

  private tell(tx: Tx, accountId: string, memberId: string, role: string): Promise<void> {
    return this.outbox.add(tx, { accountId, memberId }, 'role-changed', { role });
  }

  private async viewIn(tx: Tx, actor: MemberActor): Promise<OwnershipOfferView> {
    const offer = await this.openOffer(tx, actor);
    if (!offer) throw notFound();
    const { fromMemberId, toMemberId, stay, expiresAt } = offer;
    const names = await this.members.namesOf(actor.accountId, [fromMemberId, toMemberId], tx);
    const person = (id: string) => ({ id, name: names.get(id) ?? '' });
    return { from: person(fromMemberId), to: person(toMemberId), stay, expiresAt: expiresAt.toISOString() };
  }

  /** The offer, where the actor may know of it. */
  private async openOffer(tx: Tx, actor: MemberActor): Promise<OwnershipOffer | null> {
    const offer = await this.valid(tx);
    return actor.permissions.has('ownership.transfer') || offer?.toMemberId === actor.memberId ? offer : null;
  }

  private async valid(tx: Tx): Promise<OwnershipOffer | null> {
    return tx.findOne(OwnershipOffer, { expiresAt: { $gt: this.clock.now() } });
  }
}
