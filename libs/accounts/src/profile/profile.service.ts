import { Injectable } from '@nestjs/common';
import { AuditLog } from '@sotto/audit';
import { AppError, newId, notFound, type MemberActor } from '@sotto/kernel';
import { Database, KeyRing, LiveFeed, query, type Tx } from '@sotto/platform';
import type { MemberView, ProfilePatch } from '@sotto/protocol';
import { Avatar } from './avatar.entity.js';
import { Member } from '../members/member.entity.js';
import { MembersService } from '../members/members.service.js';
import type { Picture } from './picture.js';

/** A member's picture, to be shown. */
export interface ShownPicture extends Picture {
  version: string;
}

/** What members say about themselves. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly members: MembersService,
    private readonly audit: AuditLog,
    private readonly live: LiveFeed,
  ) {}

  patch(actor: MemberActor, patch: ProfilePatch): Promise<MemberView> {
    const { accountId, memberId } = actor;
    return this.change(actor, Object.keys(patch), async (tx) => {
      const { name, language } = patch;
      const cipher = await this.keys.cipher(accountId, memberId, tx);
      const changed = {
        ...(name === undefined ? {} : { nameSealed: cipher.seal('member', memberId, 'name', name) }),
        ...(language === undefined ? {} : { language }),
      };
      if (Object.keys(changed).length > 0) await tx.nativeUpdate(Member, { id: memberId }, changed);
    });
  }

  /** Replaces the picture. Each has a version of its own, so that browsers may keep it. */
  setPicture(actor: MemberActor, { type, bytes }: Picture): Promise<MemberView> {
    const { accountId, memberId } = actor;
    return this.change(actor, ['avatar'], async (tx) => {
      const version = newId();
      const cipher = await this.keys.cipher(accountId, memberId, tx);
      const sealed = cipher.seal('avatar', memberId, `bytes ${version}`, bytes.toString('base64'));
      await query(
        tx,
        `insert into avatar (member_id, account_id, version, type, bytes_sealed) values ($1, $2, $3, $4, $5)
         on conflict (member_id) do update set version = excluded.version, type = excluded.type, bytes_sealed = excluded.bytes_sealed`,
        [memberId, accountId, version, type, sealed],
      );
    });
  }

  removePicture(actor: MemberActor): Promise<MemberView> {
    return this.change(actor, ['avatar'], async (tx) => {
      await tx.nativeDelete(Avatar, { memberId: actor.memberId });
    });
  }

  /** Throws `not-found` for a member without a picture, and for one of another account. */
  picture(actor: MemberActor, memberId: string): Promise<ShownPicture> {
    return this.database.in(actor.accountId, async (tx) => {
      const avatar = await tx.findOne(Avatar, { memberId });
      if (!avatar) throw notFound();
      const { version, type, bytesSealed } = avatar;
      const cipher = await this.keys.cipher(actor.accountId, memberId, tx);
      return { version, type, bytes: Buffer.from(cipher.open('avatar', memberId, `bytes ${version}`, bytesSealed), 'base64') };
    });
  }

  private change(actor: MemberActor, fields: string[], work: (tx: Tx) => Promise<void>): Promise<MemberView> {
    const { accountId, memberId } = actor;
    return this.database.in(accountId, async (tx) => {
      await work(tx);
      this.database.afterCommit(tx, () => this.live.publish({ type: 'member.changed', accountId, memberId }));
      await this.audit.record(tx, actor, { action: 'member.profile-changed', target: { kind: 'member', id: memberId }, data: { fields } });
      const [view] = await this.members.viewsIn(tx, accountId, memberId);
      if (!view) throw new AppError('auth.required');
      return view;
    });
  }
}
