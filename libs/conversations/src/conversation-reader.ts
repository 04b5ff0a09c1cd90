import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { MembersService, Memberships } from '@sotto/accounts';
import { ContactsService } from '@sotto/contacts';
import { AppError, notFound, type Actor, type MemberActor, type VisitorActor } from '@sotto/kernel';
import { Database, KeyRing, query, type Tx } from '@sotto/platform';
import type {
  ConversationCounts,
  ConversationEvent,
  ConversationQuery,
  ConversationView,
  EventsAnswer,
  EventsQuery,
  Page,
  VisitorConversationView,
} from '@sotto/protocol';
import { Filter, decodeCursor, encodeCursor } from './keyset.js';
import { CONVERSATION_COLUMNS, agentConversation, visitorConversation, type ConversationRow } from './conversation.views.js';
import { agentView, visitorView, type People } from './event.views.js';
import { EVENT_COLUMNS, toEvent, type EventRow, type StoredEvent } from './stored-event.js';
import { numbered, visibleTo, type Audience } from './visibility.js';

/** Counts stop here: beyond it the exact number tells nobody anything and costs a scan. */
const COUNT_CAP = 1_000;
const KNOWN_CONTACTS = 50_000;
/** Heartbeats tell of conversations that moved within this time; a lost hint shows in the next of several. */
const RECENT = '90 seconds';
const MAX_HEADS = 500;

export interface Head extends Audience {
  id: string;
  contactId: string;
  lastSeq: number;
  visitorSeq: number;
  agentReadSeq: number;
  visitorReadSeq: number;
}

/** The newest seq of a conversation, and who sees it. */
export type AgentHead = Pick<Head, 'id' | 'lastSeq' | 'teamId' | 'assigneeId'>;

export interface ReadStateOf extends Audience {
  contactId: string;
  visitor: number;
  agents: number;
  unreadByAgents: number;
  unreadByVisitor: number;
}

/** Which newest message and which time a side of the conversation goes by. */
interface Side {
  messageSeq: string;
  updatedAt: string;
  timeOf(row: ConversationRow): Date;
}
const forAgents: Side = { messageSeq: 'c.last_message_seq', updatedAt: 'c.updated_at', timeOf: (row) => row.updatedAt };
const forVisitor: Side = { messageSeq: 'c.visitor_message_seq', updatedAt: 'c.visitor_updated_at', timeOf: (row) => row.visitorUpdatedAt };

/** Reads conversations and their events, as the caller may see them. */
@Injectable()
export class ConversationReader {
  /** Whose conversation it is never changes. */
  private readonly contactIds = new LRUCache<string, string>({ max: KNOWN_CONTACTS });

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly members: MembersService,
    private readonly memberships: Memberships,
    private readonly contacts: ContactsService,
  ) {}

  /** The contact of a conversation of the account. Throws `not-found`, also for another account's. */
  async contactOf(accountId: string, conversationId: string): Promise<string> {
    const key = `${accountId} ${conversationId}`;
    const cached = this.contactIds.get(key);
    if (cached) return cached;
    const contactId = await this.database.in(accountId, (tx) => this.contactIn(tx, conversationId));
    this.contactIds.set(key, contactId);
    return contactId;
  }

  list(actor: MemberActor, input: ConversationQuery): Promise<Page<ConversationView>> {
    return this.database.in(actor.accountId, async (tx) => {
      const filter = this.visible(actor);
      if (input.view === 'mine') filter.add('c.assignee_id = ?', actor.memberId);
      if (input.view === 'unassigned') filter.add("c.assignee_id is null and c.status = 'open'");
      if (input.status) filter.add('c.status = ?', input.status);
      else if (!input.contact && !input.q) filter.add("c.status <> 'spam'");
      if (input.assignee) filter.add('c.assignee_id = ?', input.assignee);
      if (input.team) filter.add('c.team_id = ?', input.team);
      if (input.contact) filter.add('c.contact_id = ?', input.contact);
      if (input.q) await this.search(tx, actor.accountId, input.q, filter);
      const { rows, nextCursor } = await this.page(tx, filter, forAgents, input);
      return { items: await this.agentViews(tx, actor.accountId, rows), nextCursor };
    });
  }

  listOwn(actor: VisitorActor, input: { cursor?: string; limit: number }): Promise<Page<VisitorConversationView>> {
    return this.database.in(actor.accountId, async (tx) => {
      const filter = this.visible(actor);
      const { rows, nextCursor } = await this.page(tx, filter, forVisitor, input);
      const cipher = await this.keys.cipher(actor.accountId, actor.contactId, tx);
      return { items: rows.map((row) => visitorConversation(row, cipher)), nextCursor };
    });
  }

  get(actor: Actor, id: string): Promise<ConversationView | VisitorConversationView> {
    return this.database.in(actor.accountId, async (tx) => {
      await this.assertMaySee(tx, actor, id);
      if (actor.kind === 'member') return this.agentViewOf(tx, actor.accountId, id);
      const [row] = await this.rows(tx, 'where c.id = $1', [id], forVisitor);
      if (!row) throw notFound();
      return visitorConversation(row, await this.keys.cipher(actor.accountId, actor.contactId, tx));
    });
  }

  /** One conversation as agents see it, for whoever sends it to them. Asks nobody whether they may. */
  agentViewOf(tx: Tx, accountId: string, id: string): Promise<ConversationView> {
    return this.rows(tx, 'where c.id = $1', [id], forAgents).then(async (rows) => {
      const [view] = await this.agentViews(tx, accountId, rows);
      if (!view) throw notFound();
      return view;
    });
  }

  counts(actor: MemberActor): Promise<ConversationCounts> {
    return this.database.in(actor.accountId, async (tx) => {
      const visible = numbered(visibleTo(actor), 1);
      const capped = (condition: string) =>
        `(select count(*)::int from (select 1 from conversation c where ${condition} and ${visible.sql} limit ${COUNT_CAP + 1}) x)`;
      const [row] = await query<Record<keyof ConversationCounts, number>>(
        tx,
        `select ${capped("status = 'open'")} as open, ${capped("status = 'open' and assignee_id = $1::uuid")} as mine,
                ${capped("status = 'open' and assignee_id is null")} as unassigned, ${capped("status = 'resolved'")} as resolved,
                ${capped("status = 'spam'")} as spam`,
        [actor.memberId, ...visible.parameters],
      );
      const count = (found = 0) => ({ count: Math.min(found, COUNT_CAP), more: found > COUNT_CAP });
      return {
        open: count(row?.open),
        mine: count(row?.mine),
        unassigned: count(row?.unassigned),
        resolved: count(row?.resolved),
        spam: count(row?.spam),
      };
    });
  }

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

  /** How far each side has read, and what it has not. */
  async readState(tx: Tx, conversationId: string): Promise<ReadStateOf> {
    const [row] = await query<ReadStateOf>(
      tx,
      `select contact_id as "contactId", team_id as "teamId", assignee_id as "assigneeId", visitor_read_seq as visitor, agent_read_seq as agents,
              unread_by_agents as "unreadByAgents", unread_by_visitor as "unreadByVisitor"
         from conversation where id = $1`,
      [conversationId],
    );
    if (!row) throw notFound();
    return row;
  }

  readStateOf(accountId: string, conversationId: string): Promise<ReadStateOf> {
    return this.database.in(accountId, (tx) => this.readState(tx, conversationId));
  }

  viewOf(accountId: string, conversationId: string): Promise<ConversationView> {
    return this.database.in(accountId, (tx) => this.agentViewOf(tx, accountId, conversationId));
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

  /** Throws `not-found` unless the conversation is there for the actor. */
  async assertMaySee(tx: Tx, actor: Actor, conversationId: string): Promise<Head> {
    const visible = numbered(visibleTo(actor), 1);
    const [head] = await query<Head>(
      tx,
      `select id, contact_id as "contactId", team_id as "teamId", assignee_id as "assigneeId", last_seq as "lastSeq",
              visitor_seq as "visitorSeq", agent_read_seq as "agentReadSeq", visitor_read_seq as "visitorReadSeq"
         from conversation c where id = $1 and ${visible.sql}`,
      [conversationId, ...visible.parameters],
    );
    if (!head) throw notFound();
    return head;
  }

  private visible(actor: Actor): Filter {
    const filter = new Filter();
    const { sql, parameters } = visibleTo(actor);
    filter.add(sql, ...parameters);
    return filter;
  }

  private async eventsIn(tx: Tx, actor: Actor, conversationId: string, input: EventsQuery): Promise<EventsAnswer> {
    const head = await this.assertMaySee(tx, actor, conversationId);
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

  private async contactIn(tx: Tx, id: string): Promise<string> {
    const [found] = await query<{ contactId: string }>(tx, 'select contact_id as "contactId" from conversation where id = $1', [id]);
    if (!found) throw notFound();
    return found.contactId;
  }

  private async search(tx: Tx, accountId: string, q: string, filter: Filter): Promise<void> {
    const number = /^#?(\d{1,9})$/.exec(q)?.[1];
    if (number) filter.add('c.number = ?', Number(number));
    else filter.add('c.contact_id = any(?)', await this.contacts.idsByEmail(tx, accountId, q));
  }

  private async page(
    tx: Tx,
    filter: Filter,
    side: Side,
    input: { cursor?: string; limit: number },
  ): Promise<{ rows: ConversationRow[]; nextCursor: string | null }> {
    if (input.cursor !== undefined) {
      const { at, id } = decodeCursor(input.cursor);
      filter.add(`(${side.updatedAt}, c.id) < (?, ?)`, at, id);
    }
    const rows = await this.rows(
      tx,
      `${filter.where} order by ${side.updatedAt} desc, c.id desc limit ${input.limit + 1}`,
      filter.parameters,
      side,
    );
    const wanted = rows.slice(0, input.limit);
    const last = wanted.at(-1);
    return { rows: wanted, nextCursor: rows.length > input.limit && last ? encodeCursor(side.timeOf(last), last.id) : null };
  }

  private rows(tx: Tx, tail: string, parameters: readonly unknown[], side: Side): Promise<ConversationRow[]> {
    return query<ConversationRow>(
      tx,
      `select ${CONVERSATION_COLUMNS} from conversation c left join message m on m.conversation_id = c.id and m.seq = ${side.messageSeq} ${tail}`,
      parameters,
    );
  }

  private async agentViews(tx: Tx, accountId: string, rows: readonly ConversationRow[]): Promise<ConversationView[]> {
    const contactIds = rows.map((row) => row.contactId);
    const [ciphers, contacts] = [await this.keys.ciphers(accountId, contactIds, tx), await this.contacts.views(tx, accountId, contactIds)];
    const present = (ids: readonly (string | null)[]) => ids.filter((id) => id !== null);
    const names = {
      members: await this.members.namesOf(accountId, present(rows.map((row) => row.assigneeId)), tx),
      teams: await this.memberships.namesOfTeams(tx, present(rows.map((row) => row.teamId))),
    };
    return rows.flatMap((row) => {
      const cipher = ciphers.get(row.contactId);
      const contact = contacts.get(row.contactId);
      return cipher && contact ? [agentConversation(row, cipher, contact, names)] : [];
    });
  }
}
