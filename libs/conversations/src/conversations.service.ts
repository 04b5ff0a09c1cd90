import { Inject, Injectable } from '@nestjs/common';
import { MembersService, Memberships } from '@sotto/accounts';
import { ObservesContacts, type ContactObserver } from '@sotto/contacts';
import { AppError, type Actor, type MemberActor, type VisitorActor } from '@sotto/kernel';
import { CONFIG, Database, KeyRing, Limits, LiveFeed, query, type Config, type Limit, type Tx } from '@sotto/platform';
import type {
  ConversationPatch,
  ConversationStart,
  ConversationStartAck,
  ConversationView,
  MessageAck,
  NewConversation,
  NewMessage,
} from '@sotto/protocol';
import { lock } from './activity.js';
import { ConversationReader, type ReadStateOf } from './conversation-reader.js';
import { ConversationStarter } from './conversation-starter.js';
import { assertTransition } from './conversation.states.js';
import { EventLog } from './event-log.js';
import { MessageWriter } from './message-writer.js';
import { Arrivals } from './screening/arrivals.js';
import { acknowledge, eventsOf, toAppend } from './sending.js';
import { visibleTo } from './visibility.js';

/** What `live.publish` hands to listeners in this process with a `read` hint. */
export type LocalRead = ReadStateOf;

@Injectable()
@ObservesContacts()
export class ConversationsService implements ContactObserver {
  private readonly visitorMessages: Limit;

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly live: LiveFeed,
    private readonly writer: MessageWriter,
    private readonly reader: ConversationReader,
    private readonly members: MembersService,
    private readonly memberships: Memberships,
    private readonly log: EventLog,
    private readonly starter: ConversationStarter,
    private readonly arrivals: Arrivals,
    @Inject(CONFIG) config: Config,
    limits: Limits,
  ) {
    this.visitorMessages = limits.make({
      name: 'visitor-messages',
      points: config.limits.visitorMessages,
      seconds: 60,
      withoutRedis: 'local',
    });
  }

  /** A visitor's first message. The same clientConversationId again gives the first answer. */
  async start(actor: VisitorActor, input: ConversationStart): Promise<ConversationStartAck> {
    await this.visitorMessages.take(actor.contactId);
    return this.starter.start(actor, input);
  }

  /** A ticket in a contact's own words, brought by a program or a member. */
  create(actor: MemberActor, input: NewConversation): Promise<ConversationStartAck> {
    return this.starter.create(actor, input);
  }

  /** Adds a message or a note. Resolves after commit; sending the same clientMessageId again gives the first answer. */
  async send(actor: Actor, conversationId: string, input: NewMessage): Promise<MessageAck> {
    if (input.kind === 'note' && !actor.permissions.has('conversation.note')) throw new AppError('permission.denied');
    if (actor.kind === 'visitor') await this.visitorMessages.take(actor.contactId);
    const contactId = actor.kind === 'visitor' ? actor.contactId : await this.reader.contactOf(actor.accountId, conversationId);
    const cipher = await this.keys.cipher(actor.accountId, contactId);
    const append = toAppend(actor, conversationId, input, cipher);
    const appended = await this.writer.append(append);
    const ack = acknowledge(append, appended, input, cipher);
    for (const event of eventsOf(append, appended, contactId, input.body)) this.log.publish(event);
    if (appended.outcome === 'created') this.arrivals.continued(append);
    return ack;
  }

  patch(actor: MemberActor, id: string, input: ConversationPatch): Promise<ConversationView> {
    return this.database.in(actor.accountId, async (tx) => {
      const conversation = await lock(tx, id, visibleTo(actor));
      const by = { kind: 'member' as const, id: actor.memberId };
      if (input.status !== undefined && input.status !== conversation.status) {
        assertTransition(conversation.status, input.status);
        const answered = input.status === 'resolved' ? { waiting_since: null, overdue: false } : {};
        await this.log.happen(tx, conversation, {
          type: 'status.changed',
          data: { status: input.status, from: conversation.status },
          visibleToVisitor: true,
          by,
          set: { status: input.status, ...answered },
        });
      }
      if (input.assigneeId !== undefined && input.assigneeId !== conversation.assigneeId) {
        if (input.assigneeId !== null && !(await this.members.exists(tx, input.assigneeId))) {
          throw new AppError('input.invalid', undefined, { errors: [{ path: 'assigneeId', message: 'is nobody in this account' }] });
        }
        await this.log.assign(tx, conversation, input.assigneeId, by);
      }
      if (input.teamId !== undefined && input.teamId !== conversation.teamId) {
        if (input.teamId !== null && !(await this.memberships.hasTeam(tx, input.teamId))) {
          throw new AppError('input.invalid', undefined, { errors: [{ path: 'teamId', message: 'is no team of this account' }] });
        }
        await this.log.giveTo(tx, conversation, input.teamId, by);
      }
      // Whoever gave it away sees once more what they did; from then on it is not there for them.
      return this.reader.agentViewOf(tx, actor.accountId, id);
    });
  }

  /** Notes how far somebody has read and tells the others. Reading never goes back. */
  async read(actor: Actor, conversationId: string, seq: number): Promise<void> {
    const visitor = actor.kind === 'visitor';
    const [mine, unread, head, others] = visitor
      ? ['visitor_read_seq', 'unread_by_visitor', 'visitor_seq', 'member']
      : ['agent_read_seq', 'unread_by_agents', 'last_seq', 'visitor'];
    await this.database.in(actor.accountId, async (tx) => {
      await this.reader.assertMaySee(tx, actor, conversationId);
      const rows = await query(
        tx,
        `update conversation c
            set ${mine} = least($2::bigint, c.${head}),
                ${unread} = (select count(*) from message m where m.conversation_id = c.id and m.seq > least($2::bigint, c.${head})
                              and m.kind = 'message' and m.author_kind = '${others}')
          where c.id = $1 and c.${mine} < least($2::bigint, c.${head})
          returning c.id`,
        [conversationId, seq],
      );
      if (rows.length === 0) return;
      const state: LocalRead = await this.reader.readState(tx, conversationId);
      this.database.afterCommit(tx, () => this.live.publish({ type: 'read', accountId: actor.accountId, conversationId }, state));
    });
  }

  /** Tells the others that somebody writes. Nothing is stored. */
  async typing(actor: Actor, conversationId: string, typing: boolean): Promise<void> {
    const { accountId } = actor;
    const { teamId, assigneeId } = await this.database.in(accountId, (tx) => this.reader.assertMaySee(tx, actor, conversationId));
    const actorId = actor.kind === 'visitor' ? actor.contactId : actor.memberId;
    this.live.publish({ type: 'typing', accountId, conversationId, teamId, assigneeId, by: actor.kind, actorId, typing });
  }

  async contactChanged(tx: Tx, actor: MemberActor, contactId: string): Promise<void> {
    const ids = await query<{ id: string }>(tx, 'select id from conversation where contact_id = $1 order by id', [contactId]);
    for (const { id } of ids) {
      await this.log.happen(tx, await lock(tx, id), {
        type: 'contact.changed',
        data: {},
        visibleToVisitor: false,
        by: { kind: 'member', id: actor.memberId },
      });
    }
  }

  /** Marks a conversation whose visitor still waits as they did then: since the message with this seq, or since this time in ms. */
  async markOverdue(accountId: string, conversationId: string, began: { seq: number } | { since: number }): Promise<void> {
    await this.database.in(accountId, async (tx) => {
      const [conversation] = await query<{ waitingSince: Date }>(
        tx,
        `select c.waiting_since as "waitingSince" from conversation c
          where c.id = $1 and not c.overdue and c.status <> 'spam'
            and c.waiting_since = coalesce($3::timestamptz, (select m.created_at from message m where m.conversation_id = c.id and m.seq = $2))`,
        [conversationId, 'seq' in began ? began.seq : null, 'since' in began ? new Date(began.since) : null],
      );
      if (!conversation) return;
      await this.log.happen(tx, await lock(tx, conversationId), {
        type: 'reply.overdue',
        data: { waitingSince: new Date(conversation.waitingSince).toISOString() },
        visibleToVisitor: true,
        by: { kind: 'system', id: null },
        set: { overdue: true },
      });
    });
  }
}
