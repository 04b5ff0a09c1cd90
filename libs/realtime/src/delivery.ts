import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { MembersService } from '@sotto/accounts';
import {
  ConversationReader,
  EventReader,
  agentView,
  visitorView,
  type Audience,
  type LocalEvent,
  type LocalRead,
  type StoredEvent,
} from '@sotto/conversations';
import { LiveFeed, type Hint } from '@sotto/platform';
import type { ConversationView } from '@sotto/protocol';
import { Connections } from './connections.js';
import { Lane } from './lane.js';
import { rooms, roomsFor } from './sockets.js';

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
    private readonly eventReader: EventReader,
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
      case 'screening.changed':
        return;
    }
  }

  private lane(hint: Of<'event'>): Lane<StoredEvent> {
    const known = this.lanes.get(hint.conversationId);
    if (known) return known;
    const { accountId, conversationId, seq } = hint;
    const lane = new Lane<StoredEvent>(seq - 1, {
      after: (after, limit) => this.eventReader.after(accountId, conversationId, after, limit),
      deliver: (event) => this.sendEvent(event),
      failed: (error) =>
        this.log.warn(`Events could not be read for delivery: ${error instanceof Error ? error.message : 'unknown reason'}`),
    });
    this.lanes.set(conversationId, lane);
    return lane;
  }

  private async sendEvent(event: StoredEvent): Promise<void> {
    const agents = roomsFor(event.accountId, event.audience);
    const visitor = [rooms.visitor(event.contactId)];
    this.hide(event, agents);
    const toAgents = this.connections.hasRoom('agent', agents);
    const toVisitor = event.visibleToVisitor && this.connections.hasRoom('visitor', visitor);
    if (!toAgents && !toVisitor) return;
    const people = await this.eventReader.peopleOf(event.accountId, [event]);
    if (toVisitor) {
      const view = visitorView(event, people);
      if (view) this.connections.send('visitor', visitor, 'event', view);
    }
    if (toAgents) {
      const conversation = await this.shownWith(event);
      this.connections.send('agent', agents, 'event', agentView(event, people, conversation));
    }
  }

  /** Tells those who may not see the conversation any more that for them it is gone. */
  private hide(event: StoredEvent, agents: readonly string[]): void {
    const before = audienceBefore(event);
    if (!before || event.audience.teamId === null) return;
    this.connections.sendBut('agent', roomsFor(event.accountId, before), agents, 'hidden', { conversationId: event.conversationId });
  }

  /** The conversation itself, with an event that makes it appear to somebody. */
  private async shownWith(event: StoredEvent): Promise<ConversationView | undefined> {
    const { audience, seq, type } = event;
    if (seq !== 1 && type !== 'team.changed' && (type !== 'assigned' || audience.teamId === null)) return undefined;
    const view = await this.reader.viewOf(event.accountId, event.conversationId);
    // It has gone on to others since: what is new in it may not be for these.
    const same = (view.team?.id ?? null) === audience.teamId && (view.assignee?.id ?? null) === audience.assigneeId;
    return same ? view : undefined;
  }

  private async sendRead(hint: Of<'read'>, local: LocalRead | undefined): Promise<void> {
    const state = local ?? (await this.reader.readStateOf(hint.accountId, hint.conversationId));
    const read = { visitor: state.visitor, agents: state.agents };
    const { conversationId } = hint;
    const agents = roomsFor(hint.accountId, state);
    this.connections.send('agent', agents, 'read', { conversationId, read, unread: state.unreadByAgents });
    this.connections.send('visitor', [rooms.visitor(state.contactId)], 'read', { conversationId, read, unread: state.unreadByVisitor });
  }

  private async sendTyping(hint: Of<'typing'>): Promise<void> {
    const { accountId, conversationId, by, actorId, typing } = hint;
    const name = by === 'member' ? ((await this.members.namesOf(accountId, [actorId])).get(actorId) ?? null) : null;
    const notice = { conversationId, actor: { kind: by, id: actorId, name }, typing };
    this.connections.send('agent', roomsFor(accountId, hint), 'typing', notice);
    if (by === 'member')
      this.connections.send('visitor', [rooms.visitor(await this.reader.contactOf(accountId, conversationId))], 'typing', notice);
  }
}

/** Whom the conversation was shown to before an event that changed that; null for every other event. */
function audienceBefore({ type, data, audience }: StoredEvent): Audience | null {
  if (type === 'team.changed') return { ...audience, teamId: data?.fromTeamId ?? null };
  if (type === 'assigned') return { ...audience, assigneeId: data?.fromAssigneeId ?? null };
  return null;
}
