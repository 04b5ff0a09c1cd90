import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { VisitorSessions } from '@sotto/access';
import { SetupService } from '@sotto/accounts';
import { ConsentService, PoliciesService, textOf } from '@sotto/consent';
import { ContactsService } from '@sotto/contacts';
import { AppError, Clock, notFound, type VisitorActor } from '@sotto/kernel';
import { CONFIG, Database, publicUrl, type Config, type Tx } from '@sotto/platform';
import { LANGUAGES, type Language, type NewVisitorSession, type VisitorSessionView, type WidgetConfig } from '@sotto/protocol';
import { Blocks } from '@sotto/screening';
import { FloodGate } from './flood-gate.js';
import { Inbox } from './inbox.entity.js';

/** What every page view of a customer's site needs of an inbox; kept for a moment. */
interface Doorplate {
  id: string;
  accountId: string;
  key: string;
  colour: string;
  allowedOrigins: string[];
}
const DOORPLATES = 5_000;
const DOORPLATE_MS = 2_000;
/** A sighting of the loader is written down at most this often per inbox and kind. */
const SIGHTING_MS = 30_000;

/** Where a request comes from, as far as it says. */
export interface Caller {
  origin: string | undefined;
  address: string;
  bearer: string | undefined;
}

/** The best of our languages for what a browser asks for, for example `de-AT`. */
export function languageFor(wanted: string | undefined): Language {
  const primary = wanted?.toLowerCase().split(/[-_]/)[0];
  return LANGUAGES.find((language) => language === primary) ?? 'en';
}

/** What a visitor meets before the first message. */
@Injectable()
export class WidgetService {
  private readonly doorplates = new LRUCache<string, Doorplate>({ max: DOORPLATES, ttl: DOORPLATE_MS });
  private readonly sightings = new LRUCache<string, number>({ max: DOORPLATES, ttl: SIGHTING_MS });

  constructor(
    @Inject(CONFIG) private readonly settings: Config,
    private readonly database: Database,
    private readonly setup: SetupService,
    private readonly policies: PoliciesService,
    private readonly consent: ConsentService,
    private readonly contacts: ContactsService,
    private readonly visitors: VisitorSessions,
    private readonly blocks: Blocks,
    private readonly clock: Clock,
    private readonly floods: FloodGate,
  ) {}

  /** The inbox with this public key. Throws `not-found`. */
  async doorplate(key: string): Promise<Doorplate> {
    const cached = this.doorplates.get(key);
    if (cached) return cached;
    const inbox = await this.database.door(key, (tx) => this.find(tx, key));
    const doorplate = { id: inbox.id, accountId: inbox.accountId, key, colour: inbox.colour, allowedOrigins: inbox.allowedOrigins };
    this.doorplates.set(key, doorplate);
    return doorplate;
  }

  /** Pages that may show the widget: the inbox's own list, and this server's try-it page. */
  isAllowed(inbox: { allowedOrigins: string[] }, origin: string): boolean {
    return origin === publicUrl(this.settings) || inbox.allowedOrigins.includes(origin);
  }

  /** Whether a page may hold a socket of this visitor. */
  async isAllowedFor(actor: VisitorActor, origin: string): Promise<boolean> {
    if (origin === publicUrl(this.settings)) return true;
    const inbox = await this.database.in(actor.accountId, (tx) => tx.findOne(Inbox, { id: actor.inboxId }));
    return inbox !== null && this.isAllowed(inbox, origin);
  }

  /** Everything the widget shows before anything is known of the visitor. Stores nothing. */
  config(key: string, { language: wanted, address }: { language?: string | undefined; address: string }): Promise<WidgetConfig> {
    const language = languageFor(wanted);
    return this.database.door(key, async (tx) => {
      const inbox = await this.find(tx, key);
      await this.database.enter(tx, inbox.accountId);
      const version = await this.policies.current(tx, inbox.policyId);
      return {
        key,
        accountName: await this.setup.accountNameIn(tx, inbox.accountId),
        colour: inbox.colour,
        language,
        languages: [...LANGUAGES],
        texts: inbox.texts[language] ?? {},
        fallbackEmail: inbox.fallbackEmail ?? null,
        ticket: await this.floods.ticket(inbox, address),
        policy: {
          id: version.policyId,
          version: version.version,
          ...textOf(version.texts, language),
          url: version.url ?? null,
          purposes: version.purposes,
        },
      };
    });
  }

  /** Consent, contact and token in one transaction: either all of them exist or none. */
  async openSession(caller: Caller, input: NewVisitorSession): Promise<VisitorSessionView> {
    await this.floods.takeAddress(caller.address);
    const inboxId = (await this.doorplate(input.inboxKey)).id;
    const known = await this.returning(caller, inboxId);
    // Who was here before has paid already, and keeps what was odd about them then.
    const suspicion =
      known && !input.website ? known.suspicion : await this.floods.admit({ id: inboxId, key: input.inboxKey }, input, caller.address);
    return this.database.door(input.inboxKey, async (tx) => {
      const inbox = await this.find(tx, input.inboxKey);
      if (caller.origin !== undefined && !this.isAllowed(inbox, caller.origin)) throw new AppError('origin.refused');
      await this.database.enter(tx, inbox.accountId);
      const version = await this.consent.check(tx, inbox, input.consent);
      const contactId = await this.contactFor(tx, inbox, known, input);
      const who = { accountId: inbox.accountId, contactId, inboxId: inbox.id };
      const receipt = await this.consent.give(tx, who, version, input.consent);
      const session = await this.visitors.open(tx, {
        ...who,
        policyId: version.policyId,
        policyVersion: version.version,
        receiptId: receipt.id,
        suspicion: (await this.blocks.match(tx, inbox.accountId, { ip: caller.address })) ? 'blocked' : suspicion,
      });
      return { token: session.token, contactId, expiresAt: session.expiresAt.toISOString(), receipt };
    });
  }

  /** Ends the visitor's consent: their tokens stop working, their sockets close. */
  withdraw(actor: VisitorActor): Promise<void> {
    return this.database.in(actor.accountId, async (tx) => {
      await this.consent.withdraw(tx, actor);
      await this.visitors.withdraw(tx, actor);
    });
  }

  /** Notes that a page asked for the loader, by its origin only: the panel shows it to whoever installs the widget. */
  async noteSighting(inbox: Doorplate, referer: string | undefined): Promise<void> {
    const origin = URL.parse(referer ?? '')?.origin;
    if (!origin || origin === 'null' || origin.length > 300 || origin === publicUrl(this.settings)) return;
    const allowed = this.isAllowed(inbox, origin);
    const throttle = `${inbox.id} ${allowed ? origin : 'refused'}`;
    if (this.sightings.has(throttle)) return;
    this.sightings.set(throttle, 1);
    const now = this.clock.now();
    const change = allowed ? { seenAt: now, seenOrigin: origin } : { refusedAt: now, refusedOrigin: origin };
    await this.database.in(inbox.accountId, (tx) => tx.nativeUpdate(Inbox, { id: inbox.id }, change));
  }

  /** The visitor of this inbox whose earlier token came along, unless they have withdrawn their consent. */
  private async returning({ bearer }: Caller, inboxId: string): Promise<VisitorActor | null> {
    const known = bearer ? await this.visitors.resolve(bearer) : null;
    return known && known.standing !== 'consent.required' && known.actor.inboxId === inboxId ? known.actor : null;
  }

  private async contactFor(tx: Tx, inbox: Inbox, known: VisitorActor | null, input: NewVisitorSession): Promise<string> {
    if (!known) return this.contacts.create(tx, inbox.accountId, input.contact ?? {});
    await this.contacts.complete(tx, inbox.accountId, known.contactId, input.contact ?? {});
    return known.contactId;
  }

  private async find(tx: Tx, key: string): Promise<Inbox> {
    const inbox = await tx.findOne(Inbox, { key });
    if (!inbox) throw notFound();
    return inbox;
  }
}
