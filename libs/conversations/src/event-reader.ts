import { Injectable } from '@nestjs/common';
import { MembersService, Memberships } from '@sotto/accounts';
import { ContactsService } from '@sotto/contacts';
import { AppError, type Actor } from '@sotto/kernel';
import { Database, KeyRing, query, type Tx } from '@sotto/platform';
import type { ConversationEvent, EventsAnswer, EventsQuery } from '@sotto/protocol';
import { ConversationReader, type Head } from './conversation-reader.js';
import { agentView, visitorView, type People } from './event.views.js';
import { EVENT_COLUMNS, toEvent, type EventRow, type StoredEvent } from './stored-event.js';

/** Heartbeats tell of conversations that moved within this time; a lost hint shows in the next of several. */
const RECENT = '90 seconds';
const MAX_HEADS = 500;

/** The newest seq of a conversation, and who sees it. */
export type AgentHead = Pick<Head, 'id' | 'lastSeq' | 'teamId' | 'assigneeId'>;

/** Reads what happened in conversations, in the order of their seqs. */
@Injectable()
export class EventReader {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly conversations: ConversationReader,
    private readonly members: MembersService,
    private readonly memberships: Memberships,
    private readonly contacts: ContactsService,
  ) {}

  events(actor: Actor, conversationId: string, input: EventsQuery): Promise<EventsAnswer> {
    return this.database.in(actor.accountId, (tx) => this.eventsIn(tx, actor, conversationId, input));
  }

  /** Everything after the given seqs. Conversations the caller may not see are left out. */
  resume(actor: Actor, wanted: Record<string, number>, limit: number): Promise<Record<string, EventsAnswer>> {
    return this.database.in(actor.accountId, async (tx) => {
      const answers: Record<string, EventsAnswer> = {};
      for (const [id, after] of Object.entries(wanted)) {
        try {
          answers[id] = await this.eventsIn(tx, actor, id, { after, limit });
        } catch (error) {
          if (!(error instanceof AppError && error.code === 'not-found')) throw error;
        }
      }
      return answers;
    });
  }

  /** Events after a seq as the server knows them, for sending on. */
  async after(accountId: string, conversationId: string, after: number, limit: number): Promise<StoredEvent[]> {
    return this.database.in(accountId, (tx) => this.stored(tx, accountId, conversationId, 'm.seq > $2', after, 'asc', limit));
  }

  /** Newest seqs: of conversations that moved lately for agents, newest first; of their own for visitors. */
  heads(accountId: string, contactIds: string[]): Promise<{ agents: AgentHead[]; visitors: Map<string, Record<string, number>> }> {
    return this.database.in(accountId, async (tx) => {
      const select = `select id, contact_id as "contactId", last_seq as "lastSeq", visitor_seq as "visitorSeq",
                             team_id as "teamId", assignee_id as "assigneeId" from conversation`;
      const recent = await query<Head>(
        tx,
        `${select} where updated_at > now() - interval '${RECENT}' order by updated_at desc limit ${MAX_HEADS}`,
      );
      const own = contactIds.length === 0 ? [] : await query<Head>(tx, `${select} where contact_id = any($1)`, [contactIds]);
      const visitors = new Map<string, Record<string, number>>();
      for (const head of own) visitors.set(head.contactId, { ...visitors.get(head.contactId), [head.id]: head.visitorSeq });
      return { agents: recent, visitors };
    });
  }

  /** Names and contacts that views of these events show. */
  async peopleOf(accountId: string, events: readonly StoredEvent[], tx?: Tx): Promise<People> {
    const present = (ids: readonly (string | null | undefined)[]) => ids.filter((id): id is string => typeof id === 'string');
    const memberIds = present(events.flatMap((event) => [event.by.kind === 'member' ? event.by.id : null, event.data?.assigneeId]));
    const members = await this.members.namesOf(accountId, memberIds, tx);
    const changed = events.filter((event) => event.type === 'contact.changed').map((event) => event.contactId);
    const teamIds = present(events.map((event) => event.data?.teamId));
    if (changed.length === 0 && teamIds.length === 0) return { members, contacts: new Map(), teams: new Map() };
    const rest = async (em: Tx): Promise<People> => ({
      members,
      contacts: await this.contacts.views(em, accountId, changed),
      teams: await this.memberships.namesOfTeams(em, teamIds),
    });
    return tx ? rest(tx) : this.database.in(accountId, rest);
  }

  private async eventsIn(tx: Tx, actor: Actor, conversationId: string, input: EventsQuery): Promise<EventsAnswer> {
    const head = await this.conversations.assertMaySee(tx, actor, conversationId);
    const backward = input.before !== undefined;
    const visible = actor.kind === 'visitor' ? 'and m.visible_to_visitor' : '';
    // A seq may be as large as JavaScript's safe integers, which says "from the end"; the column is smaller.
    const place = backward ? `m.seq < $2::bigint ${visible}` : `m.seq > $2::bigint ${visible}`;
    const stored = await this.stored(
      tx,
      actor.accountId,
      conversationId,
      place,
      input.before ?? input.after ?? 0,
      backward ? 'desc' : 'asc',
      input.limit + 1,
    );
    const more = stored.length > input.limit;
    const wanted = stored.slice(0, input.limit);
    if (backward) wanted.reverse();
    const people = await this.peopleOf(actor.accountId, wanted, tx);
    const events = wanted
      .map((event) => (actor.kind === 'member' ? agentView(event, people) : visitorView(event, people)))
      .filter((event): event is ConversationEvent => event !== null);
    return {
      events,
      head: actor.kind === 'member' ? head.lastSeq : head.visitorSeq,
      more,
      read: { visitor: head.visitorReadSeq, agents: head.agentReadSeq },
    };
  }

  private async stored(
    tx: Tx,
    accountId: string,
    conversationId: string,
    place: string,
    seq: number,
    order: 'asc' | 'desc',
    limit: number,
  ): Promise<StoredEvent[]> {
    const rows = await query<EventRow>(
      tx,
      `select ${EVENT_COLUMNS} from message m join conversation c on c.id = m.conversation_id
        where m.conversation_id = $1 and ${place} order by m.seq ${order} limit $3`,
      [conversationId, seq, limit],
    );
    const [first] = rows;
    if (!first) return [];
    const cipher = await this.keys.cipher(accountId, first.contactId, tx);
    return rows.map((row) => toEvent(row, cipher));
  }
}
