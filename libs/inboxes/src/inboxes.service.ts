import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Memberships, StartsAccounts, type AccountStarter } from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import { PoliciesService } from '@sotto/consent';
import { AppError, Clock, newId, notFound, type MemberActor } from '@sotto/kernel';
import { CONFIG, Database, publicUrl, type Config, type Tx } from '@sotto/platform';
import type { InboxPatch, InboxView, NewInbox, Sighting } from '@sotto/protocol';
import { Inbox } from './inbox.entity.js';

const sighting = (at: Date | null | undefined, origin: string | null | undefined): Sighting | null =>
  at && origin ? { at: at.toISOString(), origin } : null;

@Injectable()
@StartsAccounts()
export class InboxesService implements AccountStarter {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly policies: PoliciesService,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    private readonly memberships: Memberships,
  ) {}

  /** A new account has a policy and a working inbox, so that the try-it page works at once. */
  async start(tx: Tx, account: { id: string; name: string }): Promise<void> {
    const policyId = await this.policies.createDefault(tx, account);
    const looks = { allowedOrigins: [], colour: '#4f46e5', texts: {}, fallbackEmail: null };
    await this.add(tx, account.id, policyId, { name: 'Website', ...looks, teamId: null });
  }

  list(actor: MemberActor): Promise<InboxView[]> {
    return this.database.in(actor.accountId, async (tx) => {
      const versions = await this.policies.currentVersions(tx);
      const inboxes = await tx.find(Inbox, {}, { orderBy: { createdAt: 'asc' } });
      return inboxes.map((inbox) => this.view(inbox, versions));
    });
  }

  get(actor: MemberActor, id: string): Promise<InboxView> {
    return this.database.in(actor.accountId, async (tx) => this.view(await this.find(tx, id), await this.policies.currentVersions(tx)));
  }

  create(actor: MemberActor, input: NewInbox): Promise<InboxView> {
    return this.database.in(actor.accountId, async (tx) => {
      await this.assertTeam(tx, input.teamId);
      const inbox = await this.add(tx, actor.accountId, await this.policies.first(tx), input);
      await this.audit.record(tx, actor, { action: 'inbox.created', target: { kind: 'inbox', id: inbox.id } });
      return this.view(inbox, await this.policies.currentVersions(tx));
    });
  }

  patch(actor: MemberActor, id: string, input: InboxPatch): Promise<InboxView> {
    return this.database.in(actor.accountId, async (tx) => {
      const inbox = await this.find(tx, id);
      await this.assertTeam(tx, input.teamId);
      Object.assign(inbox, input);
      if (input.allowedOrigins && inbox.refusedOrigin && input.allowedOrigins.includes(inbox.refusedOrigin)) {
        inbox.refusedAt = null;
        inbox.refusedOrigin = null;
      }
      await tx.flush();
      await this.audit.record(tx, actor, { action: 'inbox.changed', target: { kind: 'inbox', id }, data: { fields: Object.keys(input) } });
      return this.view(inbox, await this.policies.currentVersions(tx));
    });
  }

  private async assertTeam(tx: Tx, teamId: string | null | undefined): Promise<void> {
    if (typeof teamId === 'string' && !(await this.memberships.hasTeam(tx, teamId)))
      throw new AppError('input.invalid', undefined, { errors: [{ path: 'teamId', message: 'is no team of this account' }] });
  }

  private async add(tx: Tx, accountId: string, policyId: string, input: NewInbox): Promise<Inbox> {
    const key = randomBytes(16).toString('base64url');
    const inbox = tx.create(Inbox, { id: newId(), accountId, channel: 'web', key, policyId, createdAt: this.clock.now(), ...input });
    tx.persist(inbox);
    await tx.flush();
    return inbox;
  }

  private async find(tx: Tx, id: string): Promise<Inbox> {
    const inbox = await tx.findOne(Inbox, { id });
    if (!inbox) throw notFound();
    return inbox;
  }

  private view(inbox: Inbox, versions: Map<string, number>): InboxView {
    const origin = publicUrl(this.config);
    return {
      id: inbox.id,
      channel: inbox.channel,
      key: inbox.key,
      name: inbox.name,
      allowedOrigins: inbox.allowedOrigins,
      colour: inbox.colour,
      texts: inbox.texts,
      fallbackEmail: inbox.fallbackEmail ?? null,
      teamId: inbox.teamId ?? null,
      policyId: inbox.policyId,
      policyVersion: versions.get(inbox.policyId) ?? 0,
      snippet: `<script async src="${origin}/widget/v1/loader.js?inbox=${inbox.key}"></script>`,
      tryItUrl: `${origin}/try/${inbox.key}`,
      seen: sighting(inbox.seenAt, inbox.seenOrigin),
      refused: sighting(inbox.refusedAt, inbox.refusedOrigin),
      createdAt: inbox.createdAt.toISOString(),
    };
  }
}
