import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { notFound, type Actor } from '@sotto/kernel';
import { Database, KeyRing, query, type Tx } from '@sotto/platform';
import type { ConversationView, VisitorConversationView } from '@sotto/protocol';
import { AgentViews } from './agent-views.js';
import { forAgents, forVisitor, rowsOf } from './conversation.rows.js';
import { visitorConversation } from './conversation.views.js';
import { numbered, visibleTo, type Audience } from './visibility.js';

const KNOWN_CONTACTS = 50_000;

export interface Head extends Audience {
  id: string;
  contactId: string;
  lastSeq: number;
  visitorSeq: number;
  agentReadSeq: number;
  visitorReadSeq: number;
}

export interface ReadStateOf extends Audience {
  contactId: string;
  visitor: number;
  agents: number;
  unreadByAgents: number;
  unreadByVisitor: number;
}

/** Reads one conversation: whose it is, how far each side has read, and how it looks to whoever may see it. */
@Injectable()
export class ConversationReader {
  /** Whose conversation it is never changes. */
  private readonly contactIds = new LRUCache<string, string>({ max: KNOWN_CONTACTS });

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly agentViews: AgentViews,
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

  get(actor: Actor, id: string): Promise<ConversationView | VisitorConversationView> {
    return this.database.in(actor.accountId, async (tx) => {
      await this.assertMaySee(tx, actor, id);
      if (actor.kind === 'member') return this.agentViewOf(tx, actor.accountId, id);
      const [row] = await rowsOf(tx, forVisitor, 'where c.id = $1', [id]);
      if (!row) throw notFound();
      return visitorConversation(row, await this.keys.cipher(actor.accountId, actor.contactId, tx));
    });
  }

  /** One conversation as agents see it, for whoever sends it to them. Asks nobody whether they may. */
  async agentViewOf(tx: Tx, accountId: string, id: string): Promise<ConversationView> {
    const rows = await rowsOf(tx, forAgents, 'where c.id = $1', [id]);
    const [view] = await this.agentViews.of(tx, accountId, rows);
    if (!view) throw notFound();
    return view;
  }

  viewOf(accountId: string, conversationId: string): Promise<ConversationView> {
    return this.database.in(accountId, (tx) => this.agentViewOf(tx, accountId, conversationId));
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

  private async contactIn(tx: Tx, id: string): Promise<string> {
    const [found] = await query<{ contactId: string }>(tx, 'select contact_id as "contactId" from conversation where id = $1', [id]);
    if (!found) throw notFound();
    return found.contactId;
  }
}
