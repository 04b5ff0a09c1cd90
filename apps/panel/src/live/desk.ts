import {
  applyRead,
  broughtBy,
  Connection,
  MemoryOutboxStore,
  Outbox,
  TypingWatcher,
  type ConnectionState,
  type PendingMessage,
} from '@sotto/client';
import type { ConversationEvent, ConversationPatch, ConversationView, Me, MessageKind, ReadNotice, TypingNotice } from '@sotto/protocol';
import { api } from '../api';
import { doubtSession, queries, type EndReason } from '../session/session';
import { teamsQuery } from '../settings/queries';
import { Cell } from './cell';
import { Conversations } from './conversations';
import { Threads } from './threads';
import { Verdicts } from './verdicts';

const SOCKET_PATIENCE = 1_500;
/** A server that lets the member in but not the socket is not asked without a pause, in milliseconds. */
const COME_BACK_EVERY = 5_000;
/** What the end of a socket says about the session. */
const ENDINGS: Readonly<Record<string, EndReason>> = {
  // One's own signing out closes the desk first.
  'logged-out': 'ended-elsewhere',
  'access-changed': 'access-changed',
  'address-refused': 'address-refused',
  expired: 'expired',
  'auth.required': 'expired',
  'auth.second-factor-required': 'access-changed',
  'auth.enrolment-required': 'access-changed',
  'address.refused': 'address-refused',
};

/**
 * Everything the panel knows live: joins the socket first, then reads the snapshot, and puts the events
 * that came meanwhile on top, whichever of the two is newer per conversation.
 */
export class Desk {
  readonly connection = new Cell<ConnectionState>({ name: 'connecting' });
  readonly conversations: Conversations;
  readonly pending = new Cell<readonly PendingMessage[]>([]);
  readonly online = new Cell<readonly string[]>([]);
  /** Who is writing, the agent apart. */
  readonly writers = new Cell<readonly TypingNotice[]>([]);
  readonly threads: Threads;
  readonly verdicts: Verdicts;
  /** Unsent text by conversation and kind; lives as long as the page. */
  readonly drafts = new Map<string, string>();

  private readonly socket: Connection;
  private typing: TypingWatcher | undefined;
  private readonly outbox: Outbox;
  private readonly reading = new Map<string, number>();
  private stops: (() => void)[] = [];
  private cameBack = 0;
  private waitingForSocket: () => void = () => undefined;

  constructor(readonly me: Me) {
    this.socket = new Connection({ namespace: '/agent' });
    this.threads = new Threads(this.socket, (events) => this.settle(events));
    this.conversations = new Conversations(me.member.id, (id) => this.threads.isOpen(id));
    this.verdicts = new Verdicts(this.conversations);
    this.outbox = new Outbox({
      store: new MemoryOutboxStore(),
      send: async ({ thread, clientMessageId, kind, body }) => {
        const { id, seq } = await this.socket.call('message.send', { conversationId: thread, clientMessageId, kind, body });
        return { conversationId: thread, id, seq };
      },
      onChange: (pending) => this.pending.set(pending),
      onSent: (entry, { seq }) => this.threads.receiveHead(entry.thread, seq),
    });
  }

  start(): void {
    const typing = new TypingWatcher((writers) => this.writers.set(writers));
    this.typing = typing;
    this.threads.start();
    this.stops = [
      () => this.threads.stop(),
      () => typing.close(),
      this.socket.watch((state) => this.onState(state)),
      this.socket.on('event', (event) => this.onEvent(event)),
      this.socket.on('hidden', ({ conversationId }) => this.onHidden(conversationId)),
      this.socket.on('head', (head) => this.conversations.receiveHead(head)),
      this.socket.on('read', (notice) => this.onRead(notice)),
      this.socket.on('typing', (notice) => notice.actor.id !== this.me.member.id && typing.receive(notice)),
      this.socket.on('presence', ({ memberIds }) => this.online.set(memberIds ?? [])),
      this.socket.on('resync', () => this.onResync()),
    ];
    this.socket.connect();
    // Without a socket, a blocked one for instance, the panel still shows what there is.
    const patience = setTimeout(() => this.conversations.refresh(), SOCKET_PATIENCE);
    this.stops.push(() => clearTimeout(patience));
    this.waitingForSocket = () => clearTimeout(patience);
  }

  stop(): void {
    for (const stop of this.stops.splice(0)) stop();
    this.socket.close();
    this.conversations.stop();
  }

  send(conversationId: string, kind: MessageKind, body: string): void {
    void this.outbox.add({ thread: conversationId, kind, body });
  }

  retry(clientMessageId: string): void {
    void this.outbox.retry(clientMessageId);
  }

  discard(clientMessageId: string): void {
    void this.outbox.discard(clientMessageId);
  }

  tellTyping(conversationId: string, typing: boolean): void {
    void this.socket.call('typing', { conversationId, typing }).catch(() => undefined);
  }

  /** Tells that the agent has seen everything up to a seq. */
  read(conversationId: string, seq: number): void {
    const view = this.conversations.get(conversationId);
    if (!view || seq <= view.read.agents || seq <= (this.reading.get(conversationId) ?? 0)) return;
    this.reading.set(conversationId, seq);
    this.conversations.update(conversationId, (told) => ({ ...told, unread: 0, read: { ...told.read, agents: seq } }));
    this.socket.call('read', { conversationId, seq }).catch(() => this.reading.delete(conversationId));
  }

  /** Changes at once and takes it back when the server refuses. */
  async change(conversationId: string, patch: ConversationPatch, shown: Partial<ConversationView>): Promise<void> {
    const view = this.conversations.get(conversationId);
    const settle = this.conversations.change(conversationId, shown);
    try {
      const changed = await api.updateConversation(conversationId, patch);
      // Whoever gives it to another team may have been told meanwhile that it is gone.
      if (!view || this.conversations.get(conversationId)) this.conversations.learn([changed]);
    } catch (error) {
      this.conversations.refused(conversationId);
      throw error;
    } finally {
      settle();
    }
  }

  private onState(state: ConnectionState): void {
    const before = this.connection.value;
    this.connection.set(state);
    if (state.name === 'online') {
      this.waitingForSocket();
      if (before.name !== 'online') this.conversations.refresh();
      this.reading.clear();
      void this.outbox.flush();
    } else {
      this.online.set([]);
      this.writers.set([]);
    }
    const reason = state.name === 'closed' ? ENDINGS[state.reason] : undefined;
    if (reason) void this.comeBack(reason);
  }

  /** The socket of a session ends with it, also when this browser goes on under a new one. */
  private async comeBack(reason: EndReason): Promise<void> {
    const goesOn = await doubtSession(reason);
    if (!goesOn || this.stops.length === 0) return;
    const pause = setTimeout(() => this.socket.connect(), Math.max(0, this.cameBack + COME_BACK_EVERY - Date.now()));
    this.stops.push(() => clearTimeout(pause));
    this.cameBack = Date.now();
  }

  private onEvent(event: ConversationEvent): void {
    this.settle([event]);
    if (event.type === 'message.created') this.typing?.arrived(event.conversationId, event.actor);
    if (broughtBy(event)) this.threads.appear(event.conversationId);
    this.conversations.receive(event);
  }

  private onHidden(conversationId: string): void {
    this.threads.hide(conversationId);
    this.conversations.forget(conversationId);
  }

  /** The socket dropped something, or the member came into a team or left one. */
  private onResync(): void {
    void queries.invalidateQueries({ queryKey: teamsQuery.queryKey });
    this.conversations.refresh();
  }

  private onRead(notice: ReadNotice): void {
    this.conversations.update(notice.conversationId, (told) => applyRead(told, notice));
  }

  private settle(events: readonly ConversationEvent[]): void {
    for (const event of events)
      if (event.type === 'message.created') void this.outbox.settle(event.message.clientMessageId, event.conversationId);
  }
}
