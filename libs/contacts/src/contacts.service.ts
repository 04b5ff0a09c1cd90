import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { ContactGate } from '@sotto/access';
import { AuditLog } from '@sotto/audit';
import { Clock, newId, notFound, type MemberActor } from '@sotto/kernel';
import { Database, KeyRing, type Tx } from '@sotto/platform';
import type { ContactPatch, ContactView } from '@sotto/protocol';
import { ObservesContacts, type ContactObserver } from './contact-observer.js';
import { Contact } from './contact.entity.js';

export interface NewContact {
  name?: string;
  email?: string;
}

@Injectable()
export class ContactsService {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
    private readonly discovery: DiscoveryService,
    private readonly audit: AuditLog,
    private readonly gate: ContactGate,
  ) {}

  /** A new contact with a key of their own. */
  async create(tx: Tx, accountId: string, input: NewContact): Promise<string> {
    const id = newId();
    const cipher = await this.keys.createSubjectKey(tx, accountId, id);
    const now = this.clock.now();
    tx.persist(
      tx.create(Contact, {
        id,
        accountId,
        nameSealed: cipher.sealOrNull('contact', id, 'name', input.name),
        emailSealed: cipher.sealOrNull('contact', id, 'email', input.email),
        emailIndex: await this.emailIndex(accountId, input.email, tx),
        createdAt: now,
        updatedAt: now,
      }),
    );
    await tx.flush();
    return id;
  }

  get(actor: MemberActor, id: string): Promise<ContactView> {
    return this.database.in(actor.accountId, async (tx) => {
      await this.gate.assertMaySee(tx, actor, id);
      const view = (await this.views(tx, actor.accountId, [id])).get(id);
      if (!view) throw notFound();
      return view;
    });
  }

  /** Corrects a contact and tells whoever shows it, in the same transaction. */
  patch(actor: MemberActor, id: string, input: ContactPatch): Promise<ContactView> {
    return this.database.in(actor.accountId, async (tx) => {
      await this.gate.assertMaySee(tx, actor, id);
      await this.change(tx, actor.accountId, id, input);
      const view = (await this.views(tx, actor.accountId, [id])).get(id);
      if (!view) throw notFound();
      for (const observer of this.observers()) await observer.contactChanged(tx, actor, id);
      await this.audit.record(tx, actor, {
        action: 'contact.changed',
        target: { kind: 'contact', id },
        data: { fields: Object.keys(input) },
      });
      return view;
    });
  }

  /** Adds what a person gave of themselves to a contact that is there already. */
  async complete(tx: Tx, accountId: string, id: string, input: NewContact): Promise<void> {
    const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as ContactPatch;
    if (Object.keys(given).length > 0) await this.change(tx, accountId, id, given);
  }

  /** Contacts as agents see them; those who were erased are left out. */
  async views(tx: Tx, accountId: string, ids: Iterable<string>): Promise<Map<string, ContactView>> {
    const wanted = [...new Set(ids)];
    const contacts = await tx.find(Contact, { id: { $in: wanted } });
    const ciphers = await this.keys.ciphers(accountId, wanted, tx);
    const result = new Map<string, ContactView>();
    for (const contact of contacts) {
      const cipher = ciphers.get(contact.id);
      if (!cipher) continue;
      result.set(contact.id, {
        id: contact.id,
        name: cipher.openOrNull('contact', contact.id, 'name', contact.nameSealed ?? null),
        email: cipher.openOrNull('contact', contact.id, 'email', contact.emailSealed ?? null),
        createdAt: contact.createdAt.toISOString(),
      });
    }
    return result;
  }

  /** Ids of the contacts with exactly this address. */
  async idsByEmail(tx: Tx, accountId: string, email: string): Promise<string[]> {
    const emailIndex = await this.emailIndex(accountId, email.trim().toLowerCase(), tx);
    const contacts = await tx.find(Contact, { emailIndex }, { fields: ['id'] });
    return contacts.map((contact) => contact.id);
  }

  private async change(tx: Tx, accountId: string, id: string, input: ContactPatch): Promise<void> {
    const contact = await tx.findOne(Contact, { id });
    if (!contact) throw notFound();
    const cipher = await this.keys.cipher(accountId, id, tx);
    if (input.name !== undefined) contact.nameSealed = cipher.sealOrNull('contact', id, 'name', input.name);
    if (input.email !== undefined) {
      contact.emailSealed = cipher.sealOrNull('contact', id, 'email', input.email);
      contact.emailIndex = await this.emailIndex(accountId, input.email, tx);
    }
    contact.updatedAt = this.clock.now();
    await tx.flush();
  }

  private async emailIndex(accountId: string, email: string | null | undefined, tx: Tx): Promise<string | null> {
    return email ? this.keys.index(accountId, 'contact.email', email, tx) : null;
  }

  private observers(): ContactObserver[] {
    return this.discovery.getProviders({ metadataKey: ObservesContacts.KEY }).map((wrapper) => wrapper.instance as ContactObserver);
  }
}
