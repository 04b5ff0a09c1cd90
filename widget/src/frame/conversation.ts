import {
  ApiError,
  Connection,
  Feeds,
  Outbox,
  pendingIn,
  TypingSender,
  TypingWatcher,
  type ConnectionState,
  type FailureCode,
  type OutboxEntry,
  type PendingMessage,
  type Sent,
  type Thread,
  type VisitorApi,
} from '@sotto/client';
import type { TypingNotice } from '@sotto/protocol';
import type { Device, Remembered } from './device';
import type { Page } from './page';

export type Refusal = FailureCode | Extract<ConnectionState, { name: 'closed' }>['reason'];

/** The chat the conversation is held in. */
export interface Surroundings {
  readonly api: VisitorApi;
  readonly device: Device;
  readonly page: Page;
  readonly remembered: Remembered | undefined;
  /** Whether the visitor has the conversation before their eyes. */
  readonly inView: boolean;
  draw(): void;
  /** The server closes the connection for good, or does not take a message. */
  refused(reason: Refusal): void;
}

/** The visitor's conversation: what was said, what waits to be sent, who writes and what was read. */
export class Conversation {
  draft = '';
  connection: ConnectionState = { name: 'connecting' };
  thread: Thread | null = null;
  pending: readonly PendingMessage[] = [];
  writers: readonly TypingNotice[] = [];
  online = false;
  readonly typing = new TypingSender((typing) => {
    if (this.conversationId) this.line?.call('typing', { conversationId: this.conversationId, typing }).catch(() => undefined);
  });

  private line: Connection | undefined;
  private feeds: Feeds | undefined;
  private outbox: Outbox | undefined;
  private conversationId: string | null = null;
  private looked: Promise<void> | undefined;
  private told = 0;
  private readTo = 0;
  private readonly watcher = new TypingWatcher((writers) => this.set({ writers }));

  constructor(private readonly chat: Surroundings) {
    document.addEventListener('visibilitychange', () => this.markRead());
  }

  /** Unsent messages of this conversation. */
  get unsent(): PendingMessage[] {
    return pendingIn(this.thread, this.pending, [this.conversationId, this.chat.remembered?.clientConversationId]);
  }

  write(draft: string): void {
    if (draft.trim()) this.typing.stroke();
    else this.typing.stop();
    this.set({ draft });
  }

  send(): void {
    const body = this.draft.trim();
    const { outbox } = this;
    const { remembered } = this.chat;
    // Emptied at once: a second click finds nothing to send.
    if (!body || !outbox || !remembered) return;
    this.write('');
    void outbox.add({ thread: this.conversationId ?? remembered.clientConversationId, unborn: !this.conversationId, body });
  }

  retry(clientMessageId: string): void {
    void this.outbox?.retry(clientMessageId);
  }

  discard(clientMessageId: string): void {
    void this.outbox?.discard(clientMessageId);
  }

  loadEarlier(): void {
    if (this.conversationId)
      void this.feeds
        ?.open(this.conversationId, { onChange: () => undefined })
        .loadEarlier()
        .catch(() => undefined);
  }

  async open(): Promise<void> {
    const line = new Connection({ namespace: '/visitor', token: () => this.chat.remembered?.session.token });
    this.line = line;
    this.feeds = new Feeds(line, (id, seq) => this.chat.api.eventsBefore(id, seq));
    this.outbox = new Outbox({
      store: this.chat.device.outbox,
      lock: this.chat.device.name,
      send: (entry, conversationId) => this.deliver(line, entry, conversationId),
      onChange: (pending) => this.set({ pending }),
      onSent: (_entry, { conversationId, seq }) => {
        this.enter(conversationId);
        this.feeds?.receiveHead(conversationId, seq);
      },
    });
    line.on(
      'typing',
      (notice) => notice.conversationId === this.conversationId && notice.actor.kind === 'member' && this.watcher.receive(notice),
    );
    line.on('presence', ({ online }) => this.set({ online }));
    // A conversation begun in another tab.
    line.on('event', (event) => this.enter(event.conversationId));
    const known = this.conversationId;
    this.conversationId = null;
    if (known) this.enter(known);
    await this.outbox.restore();
    line.watch((state) => this.connected(state));
    line.connect();
  }

  disconnect(): void {
    this.line?.close();
  }

  close(): void {
    this.typing.stop();
    this.watcher.close();
    this.outbox?.close();
    this.feeds?.close();
    const { line } = this;
    this.line = this.feeds = this.outbox = undefined;
    line?.close();
    this.told = this.readTo = 0;
  }

  /** Closes it and forgets what was not sent. */
  async abandon(): Promise<void> {
    const { outbox } = this;
    this.close();
    await outbox?.clear().catch(() => undefined);
  }

  /** Another contact has another conversation; what was written for this one goes there. */
  async replace(unsent: readonly PendingMessage[], thread: string): Promise<void> {
    const { outbox } = this.chat.device;
    await outbox.clear();
    for (const { clientMessageId, kind, body, at } of unsent) await outbox.put({ clientMessageId, kind, body, at, thread, unborn: true });
    this.forget();
  }

  forget(): void {
    this.conversationId = null;
    this.thread = null;
    this.pending = [];
  }

  markRead(): void {
    const { thread, conversationId } = this;
    if (!this.chat.inView || !thread || !conversationId) return;
    const last = thread.events.findLast((event) => event.actor.kind !== 'visitor')?.seq ?? 0;
    if (last <= Math.max(thread.read.visitor, this.readTo)) return;
    this.readTo = last;
    this.line?.call('read', { conversationId, seq: last }).catch(() => (this.readTo = 0));
    this.count(thread);
  }

  private connected(state: ConnectionState): void {
    this.set(state.name === 'online' ? { connection: state } : { connection: state, online: false, writers: [] });
    if (state.name === 'online') {
      void this.outbox?.flush();
      this.look();
    }
    if (state.name === 'closed') this.chat.refused(state.reason);
  }

  /** A returning visitor finds the same conversation. */
  private look(): void {
    if (this.conversationId) return;
    this.looked ??= this.chat.api
      .conversations(1)
      .then(({ items: [newest] }) => newest && this.enter(newest.id))
      .catch(() => undefined)
      .finally(() => (this.looked = undefined)) as Promise<void>;
  }

  private enter(conversationId: string): void {
    if (this.conversationId) return;
    this.conversationId = conversationId;
    this.feeds?.open(conversationId, { onChange: (thread) => this.arrived(thread) });
  }

  private arrived(thread: Thread): void {
    this.set({ thread });
    for (const event of thread.events.slice(-100)) {
      if (event.type !== 'message.created') continue;
      void this.outbox?.settle(event.message.clientMessageId, event.conversationId);
      if (event.actor.kind === 'member' && event.seq > this.told) this.watcher.arrived(event.conversationId, event.actor);
    }
    this.told = thread.last;
    this.markRead();
    this.count(thread);
  }

  private async deliver(line: Connection, { clientMessageId, body, thread }: OutboxEntry, known: string | null): Promise<Sent> {
    try {
      if (known) return { conversationId: known, ...(await line.call('message.send', { conversationId: known, clientMessageId, body })) };
      return await line.call('conversation.start', { clientConversationId: thread, message: { clientMessageId, body } });
    } catch (error) {
      if (error instanceof ApiError) this.chat.refused(error.code);
      throw error;
    }
  }

  private count({ events, read }: Thread): void {
    const seen = Math.max(read.visitor, this.readTo);
    const count = events.filter((event) => event.type === 'message.created' && event.actor.kind === 'member' && event.seq > seen).length;
    this.chat.page.tell({ sotto: 'unread', count });
  }

  private set(change: Partial<Conversation>): void {
    Object.assign(this, change);
    this.chat.draw();
  }
}
