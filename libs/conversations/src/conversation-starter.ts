import { Injectable } from '@nestjs/common';
import { ContactsService } from '@sotto/contacts';
import { AppError, newId, type MemberActor, type Suspicion, type VisitorActor } from '@sotto/kernel';
import { Database, KeyRing, Limits, isUniqueViolation, query, type Limit, type SubjectCipher, type Tx } from '@sotto/platform';
import type { Channel, ConversationStart, ConversationStartAck, NewConversation, NewMessage } from '@sotto/protocol';
import { EventLog } from './event-log.js';
import { MessageWriter, type Append } from './message-writer.js';
import { Arrivals } from './screening/arrivals.js';
import { acknowledge, eventsOf, toAppend, toAppendOf } from './sending.js';

/** A conversation about to begin. */
interface Beginning {
  accountId: string;
  inboxId: string;
  channel: Channel;
  clientConversationId: string;
  suspicion: Suspicion | null;
  message: NewMessage;
}

/** Conversations one contact may begin within ten minutes: nobody has more questions, programs do. */
const STARTS = { points: 10, seconds: 600 };

/** Begins conversations, whichever door they come through. */
@Injectable()
export class ConversationStarter {
  private readonly starts: Limit;

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly contacts: ContactsService,
    private readonly writer: MessageWriter,
    private readonly log: EventLog,
    private readonly arrivals: Arrivals,
    limits: Limits,
  ) {
    this.starts = limits.make({ name: 'conversation-starts', ...STARTS, withoutRedis: 'local' });
  }

  /** A visitor's first message. The same clientConversationId again gives the first answer. */
  async start(actor: VisitorActor, input: ConversationStart): Promise<ConversationStartAck> {
    const { accountId, contactId, inboxId, suspicion } = actor;
    const message: NewMessage = { ...input.message, kind: 'message' };
    const { clientConversationId } = input;
    const beginning: Beginning = { accountId, inboxId, channel: 'web', suspicion, message, clientConversationId };
    return this.again(() =>
      this.begin(
        beginning,
        async () => contactId,
        (id, _contact, cipher) => toAppend(actor, id, message, cipher),
      ),
    );
  }

  /** A ticket in a contact's words, which a program of the account's brings. */
  async create(actor: MemberActor, input: NewConversation): Promise<ConversationStartAck> {
    const { accountId } = actor;
    await this.assertInbox(accountId, input.inboxId);
    const message: NewMessage = { ...input.message, kind: 'message' };
    const clientConversationId = input.clientConversationId ?? newId();
    const beginning: Beginning = { accountId, inboxId: input.inboxId, channel: 'api', suspicion: null, message, clientConversationId };
    return this.again(() =>
      this.begin(
        beginning,
        (tx) => this.contactFor(tx, accountId, input.contact),
        (conversationId, contactId, cipher) => toAppendOf({ accountId, contactId, conversationId }, message, cipher),
      ),
    );
  }

  private async begin(
    beginning: Beginning,
    contactOf: (tx: Tx) => Promise<string>,
    toWrite: (conversationId: string, contactId: string, cipher: SubjectCipher) => Append,
  ): Promise<ConversationStartAck> {
    const { accountId, message } = beginning;
    // Read while the database works, so that the verdict is there when the message is.
    const arrival = this.arrivals.begin(beginning);
    const { ack, conversation, events } = await this.database.in(accountId, async (tx) => {
      const contactId = await contactOf(tx);
      const cipher = await this.keys.cipher(accountId, contactId, tx);
      const [known] = await query<{ id: string; number: number }>(
        tx,
        'select id, number from conversation where contact_id = $1 and client_conversation_id = $2',
        [contactId, beginning.clientConversationId],
      );
      if (!known && beginning.channel === 'web') await this.starts.take(contactId);
      const found = known ?? (await this.insert(tx, beginning, contactId));
      const append = toWrite(found.id, contactId, cipher);
      const appended = await this.writer.appendIn(tx, append);
      if (known && appended.outcome === 'created') throw new AppError('conversation.id-reused');
      return {
        conversation: found,
        ack: acknowledge(append, appended, message, cipher),
        events: eventsOf(append, appended, contactId, message.body),
      };
    });
    // Its sender does not wait for what the filter says; those it is shown to do, for a moment.
    if (events.length > 0) {
      const show = this.log.hold(conversation.id);
      for (const event of events) this.log.publish(event);
      void this.arrivals.arrived(arrival, conversation.id, show);
    }
    return { conversationId: conversation.id, number: conversation.number, ...ack };
  }

  private async insert(tx: Tx, of: Beginning, contactId: string): Promise<{ id: string; number: number }> {
    const id = newId();
    const [account] = await query<{ number: number }>(
      tx,
      'update account set last_number = last_number + 1 where id = $1 returning last_number as number',
      [of.accountId],
    );
    const number = account?.number ?? 0;
    await query(
      tx,
      `insert into conversation (id, account_id, inbox_id, contact_id, client_conversation_id, number, channel, suspicion, team_id, status, last_seq, visitor_seq,
                                 last_message_seq, visitor_message_seq, visitor_read_seq, agent_read_seq, unread_by_agents, unread_by_visitor, overdue,
                                 created_at, updated_at, visitor_updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, (select team_id from inbox where id = $3), 'open', 0, 0, 0, 0, 0, 0, 0, 0, false,
               date_trunc('milliseconds', now()), date_trunc('milliseconds', now()), date_trunc('milliseconds', now()))`,
      [id, of.accountId, of.inboxId, contactId, of.clientConversationId, number, of.channel, of.suspicion],
    );
    return { id, number };
  }

  /** A double click: the other one has committed meanwhile, so the second try finds it. */
  private async again<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isUniqueViolation(error)) return work();
      throw error;
    }
  }

  private async assertInbox(accountId: string, inboxId: string): Promise<void> {
    const rows = await this.database.in(accountId, (tx) => query(tx, 'select id from inbox where id = $1', [inboxId]));
    if (rows.length === 0)
      throw new AppError('input.invalid', undefined, { errors: [{ path: 'inboxId', message: 'is no inbox of this account' }] });
  }

  private async contactFor(tx: Tx, accountId: string, contact: NewConversation['contact']): Promise<string> {
    if (!('id' in contact)) {
      const [known] = contact.email ? await this.contacts.idsByEmail(tx, accountId, contact.email) : [];
      return known ?? this.contacts.create(tx, accountId, contact);
    }
    const found = await this.contacts.views(tx, accountId, [contact.id]);
    if (found.has(contact.id)) return contact.id;
    throw new AppError('input.invalid', undefined, { errors: [{ path: 'contact.id', message: 'is nobody in this account' }] });
  }
}
