import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { MembersService } from '@sotto/accounts';
import { ConversationReader, agentView, visitorView, type LocalEvent, type LocalRead, type StoredEvent } from '@sotto/conversations';
import { LiveFeed, type Hint } from '@sotto/platform';
import { Connections } from './connections.js';
import { Lane } from './lane.js';
import { rooms } from './sockets.js';

/** Conversations whose place in the stream this process remembers. */
const LANES = 50_000;

type Of<T extends Hint['type']> = Extract<Hint, { type: T }>;

/** Turns hints into what connected people see, in order, each audience its own view. */
@Injectable()
export class Delivery implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger('Delivery');
  private readonly lanes = new LRUCache<string, Lane<StoredEvent>>({ max: LANES });
  private unsubscribe = () => undefined as void;

  constructor(
    private readonly live: LiveFeed,
    private readonly connections: Connections,
    private readonly reader: ConversationReader,
    private readonly members: MembersService,
  ) {}

  onModuleInit(): void {
    this.unsubscribe = this.live.subscribe((hint, local) => {
      this.take(hint, local).catch((error: unknown) => {
        // A hint is no promise: heartbeats and resume bring what is missing here.
        this.log.warn(`A hint of kind ${hint.type} could not be delivered: ${error instanceof Error ? error.message : 'unknown reason'}`);
      });
    });
  }

  onApplicationShutdown(): void {
    this.unsubscribe();
  }

  private async take(hint: Hint, local: unknown): Promise<void> {
    switch (hint.type) {
      case 'event':
        this.lane(hint).take(hint.seq, local as LocalEvent | undefined);
        return;
      case 'read':
        return this.sendRead(hint, local as LocalRead | undefined);
      case 'typing':
        return this.sendTyping(hint);
      case 'session.closed':
        this.connections.closeSession(hint.sessionId, hint.reason);
        return;
      case 'presence':
      case 'access.changed':
      case 'member.changed':
      case 'consent.stale':
        return;
    }
  }

  private lane(hint: Of<'event'>): Lane<StoredEvent> {
    const known = this.lanes.get(hint.conversationId);
    if (known) return known;
    const { accountId, conversationId, seq } = hint;
    const lane = new Lane<StoredEvent>(seq - 1, {
      after: (after, limit) => this.reader.after(accountId, conversationId, after, limit),
      deliver: (event) => this.sendEvent(event),
      failed: (error) =>
        this.log.warn(`Events could not be read for delivery: ${error instanceof Error ? error.message : 'unknown reason'}`),
    });
    this.lanes.set(conversationId, lane);
    return lane;
  }

  private async sendEvent(event: StoredEvent): Promise<void> {
    const agents = rooms.agents(event.accountId);
    const visitor = rooms.visitor(event.contactId);
    const toAgents = this.connections.hasRoom('agent', agents);
    const toVisitor = event.visibleToVisitor && this.connections.hasRoom('visitor', visitor);
    if (!toAgents && !toVisitor) return;
    const people = await this.reader.peopleOf(event.accountId, [event]);
    if (toVisitor) {
      const view = visitorView(event, people);
      if (view) this.connections.send('visitor', visitor, 'event', view);
    }
    if (toAgents) {
      const conversation = event.seq === 1 ? await this.reader.viewOf(event.accountId, event.conversationId) : undefined;
      this.connections.send('agent', agents, 'event', agentView(event, people, conversation));
    }
  }

  private async sendRead(hint: Of<'read'>, local: LocalRead | undefined): Promise<void> {
    const state = local ?? (await this.reader.readStateOf(hint.accountId, hint.conversationId));
    const read = { visitor: state.visitor, agents: state.agents };
    const { conversationId } = hint;
    this.connections.send('agent', rooms.agents(hint.accountId), 'read', { conversationId, read, unread: state.unreadByAgents });
    this.connections.send('visitor', rooms.visitor(state.contactId), 'read', { conversationId, read, unread: state.unreadByVisitor });
  }

  private async sendTyping(hint: Of<'typing'>): Promise<void> {
    const { accountId, conversationId, by, actorId, typing } = hint;
    const name = by === 'member' ? ((await this.members.namesOf(accountId, [actorId])).get(actorId) ?? null) : null;
    const notice = { conversationId, actor: { kind: by, id: actorId, name }, typing };
    this.connections.send('agent', rooms.agents(accountId), 'typing', notice);
    if (by === 'member')
      this.connections.send('visitor', rooms.visitor(await this.reader.contactOf(accountId, conversationId)), 'typing', notice);
  }
}
