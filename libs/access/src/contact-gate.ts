import { Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { notFound, type MemberActor } from '@sotto/kernel';
import type { Tx } from '@sotto/platform';

/** Knows which contacts a member has to do with. */
export interface ContactGuard {
  maySeeContact(tx: Tx, actor: MemberActor, contactId: string): Promise<boolean>;
}

/** Marks a `ContactGuard`. */
export const GuardsContacts = DiscoveryService.createDecorator();

/** Asks before a contact is shown. Who may see one depends on conversations, which stand above whatever shows contacts. */
@Injectable()
export class ContactGate implements OnApplicationBootstrap {
  constructor(private readonly discovery: DiscoveryService) {}

  /** Nobody to ask would mean nobody to refuse. */
  onApplicationBootstrap(): void {
    if (this.guards().length === 0) throw new Error('Nothing says who may see a contact: a provider with @GuardsContacts() is missing');
  }

  /** Throws `not-found` unless every guard lets the member see the contact. */
  async assertMaySee(tx: Tx, actor: MemberActor, contactId: string): Promise<void> {
    for (const guard of this.guards()) if (!(await guard.maySeeContact(tx, actor, contactId))) throw notFound();
  }

  private guards(): ContactGuard[] {
    return this.discovery.getProviders({ metadataKey: GuardsContacts.KEY }).map((wrapper) => wrapper.instance as ContactGuard);
  }
}

@Module({ imports: [DiscoveryModule], providers: [ContactGate], exports: [ContactGate] })
export class ContactGateModule {}
