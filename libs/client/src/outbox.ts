/// <reference lib="dom" />
import type { MessageKind } from '@sotto/protocol';
import { ApiError, isBusy, isOffline, needsPerson } from './errors.js';
import { uuidv7 } from './ids.js';
import type { OutboxEntry, OutboxStore } from './outbox-store.js';

/** What a message not yet in the thread looks like to its writer. `sent`: acknowledged, its event is on the way. */
export interface PendingMessage extends OutboxEntry {
  state: 'sending' | 'sent' | 'failed';
}

export interface Sent {
  conversationId: string;
  id: string;
  seq: number;
}

export interface OutboxOptions {
  store: OutboxStore;
  /**
   * Makes the call. `conversationId` is null while the server does not know the thread: start the conversation then,
   * with `entry.thread` as `clientConversationId`.
   */
  send: (entry: OutboxEntry, conversationId: string | null) => Promise<Sent>;
  onChange: (pending: readonly PendingMessage[]) => void;
  onSent?: (entry: OutboxEntry, sent: Sent) => void;
  /** Tabs of one browser that share a store send in turn under this name (Web Locks, where there are). */
  lock?: string;
  /** Milliseconds to wait where the server gives no `retryAfter`; doubles with every refusal in a row. */
  retryDelay?: number;
}

/** Unknown faults of the server in a row before a message is given back to its writer. */
const ATTEMPTS = 5;
const LONGEST_DELAY = 30_000;

/**
 * Keeps what was written until the server has acknowledged it: in order, always under the same clientMessageId,
 * never dropped in silence. Call `flush` whenever sending may work again.
 */
export class Outbox {
  private pending: readonly PendingMessage[] = [];
  private conversations: ReadonlyMap<string, string> = new Map();
  private flushing: Promise<void> | undefined;
  private again = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;
  private paused = false;
  private refusals = 0;
  private faults = 0;
  /** Entries this page has written to the store. */
  private readonly stored = new Set<string>();
  /** Seen in their thread: the store may name them once more while it is being tidied. */
  private readonly arrived = new Set<string>();

  constructor(private readonly options: OutboxOptions) {}

  get messages(): readonly PendingMessage[] {
    return this.pending;
  }

  /** The server's id of a conversation started here, once known. */
  conversationOf(thread: string): string | undefined {
    return this.conversations.get(thread);
  }

  /** Takes up what an earlier page left behind. */
  async restore(): Promise<void> {
    await this.refresh();
  }

  /** Shows the message at once and sends it when its turn comes. */
  async add(message: { thread: string; unborn?: boolean; body: string; kind?: MessageKind; clientMessageId?: string }): Promise<string> {
    const entry: OutboxEntry = { kind: 'message', clientMessageId: uuidv7(), at: new Date().toISOString(), ...message };
    this.set([...this.pending, { ...entry, state: 'sending' }]);
    await this.keep(entry);
    void this.flush();
    return entry.clientMessageId;
  }

  /** Sends a refused message again, as it is. */
  async retry(clientMessageId: string): Promise<void> {
    const found = this.pending.find((message) => message.clientMessageId === clientMessageId && message.state === 'failed');
    if (!found) return;
    const { state: _state, failed: _failed, ...entry } = found;
    this.change(clientMessageId, { state: 'sending', failed: undefined });
    await this.keep(entry);
    void this.flush();
  }

  /** The writer gives a refused message up. */
  async discard(clientMessageId: string): Promise<void> {
    if (!this.pending.some((message) => message.clientMessageId === clientMessageId && message.state === 'failed')) return;
    this.set(this.pending.filter((message) => message.clientMessageId !== clientMessageId));
    await this.forget(clientMessageId);
  }

  /** The message was seen in its conversation: the server has it, even where the acknowledgement was lost. */
  async settle(clientMessageId: string, conversationId: string): Promise<void> {
    this.arrived.add(clientMessageId);
    const found = this.pending.find((message) => message.clientMessageId === clientMessageId);
    if (!found) return;
    this.set(this.pending.filter((message) => message !== found));
    await this.know(found.thread, conversationId);
    if (found.state !== 'sent') await this.forget(clientMessageId);
  }

  /** Sends what waits. Resolves when there is nothing left to do for now. */
  flush(): Promise<void> {
    if (this.closed || this.paused) return Promise.resolve();
    if (this.flushing) this.again = true;
    this.flushing ??= this.inTurn(() => this.drain())
      .catch(() => undefined)
      .finally(() => {
        this.flushing = undefined;
        if (this.again) void this.flush();
      });
    return this.flushing;
  }

  /** Stops sending; what waits stays in the store. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  /** Forgets everything, sent or not. */
  async clear(): Promise<void> {
    this.set([]);
    await this.options.store.clear();
  }

  private async drain(): Promise<void> {
    this.again = false;
    await this.refresh();
    for (let next = this.firstWaiting(); next && !this.closed; next = this.firstWaiting()) {
      if (!(await this.attempt(next))) return;
    }
  }

  private firstWaiting(): PendingMessage | undefined {
    return this.pending.find((message) => message.state === 'sending');
  }

  /** False when sending has to pause. */
  private async attempt(message: PendingMessage): Promise<boolean> {
    const { state: _state, ...entry } = message;
    try {
      const sent = await this.options.send(entry, this.conversations.get(entry.thread) ?? (entry.unborn ? null : entry.thread));
      if (this.closed) return false;
      this.refusals = this.faults = 0;
      await this.know(entry.thread, sent.conversationId);
      this.change(entry.clientMessageId, { state: 'sent' });
      await this.forget(entry.clientMessageId);
      this.options.onSent?.(entry, sent);
      return true;
    } catch (error) {
      if (this.closed || isOffline(error) || needsPerson(error)) return false;
      if (isBusy(error) || (isFault(error) && ++this.faults < ATTEMPTS)) return this.pause(error);
      this.refusals = this.faults = 0;
      const failed = error instanceof ApiError ? { code: error.code, message: error.detail } : { code: 'internal', message: String(error) };
      this.change(entry.clientMessageId, { state: 'failed', failed });
      await this.keep({ ...entry, failed });
      return true;
    }
  }

  /** What waits behind the first message of a thread goes to the conversation that came of it. */
  private async know(thread: string, conversationId: string): Promise<void> {
    if (thread === conversationId || this.conversations.get(thread) === conversationId) return;
    this.conversations = new Map(this.conversations).set(thread, conversationId);
    await this.quietly(this.options.store.link(thread, conversationId));
  }

  private pause(error: unknown): false {
    const delay = Math.min((this.options.retryDelay ?? 1_000) * 2 ** this.refusals++, LONGEST_DELAY);
    const asked = error instanceof ApiError && error.retryAfter !== undefined ? error.retryAfter * 1_000 : delay;
    this.paused = true;
    this.timer = setTimeout(
      () => {
        this.paused = false;
        void this.flush();
      },
      asked * (1 + Math.random() / 4),
    );
    return false;
  }

  /** Other tabs may have added or sent messages: the store knows; what only this page knows stays. */
  private async refresh(): Promise<void> {
    const stored = await this.quietly(this.options.store.load());
    if (!stored) return;
    this.conversations = new Map([...this.conversations, ...stored.conversations]);
    const kept = new Set(stored.entries.map((entry) => entry.clientMessageId));
    const known = new Map(this.pending.map((message) => [message.clientMessageId, message]));
    const waiting = stored.entries
      .filter((entry) => !this.arrived.has(entry.clientMessageId))
      .map((entry): PendingMessage => ({
        ...entry,
        state: entry.failed ? 'failed' : known.get(entry.clientMessageId)?.state === 'sent' ? 'sent' : 'sending',
      }));
    const others = this.pending.filter((message) => !kept.has(message.clientMessageId));
    // In the store before, not any more: another tab has sent it, and its event is on the way.
    const gone = others.filter((message) => this.stored.has(message.clientMessageId) || message.state === 'sent');
    for (const id of kept) this.stored.add(id);
    this.set([
      ...gone.map((message): PendingMessage => ({ ...message, state: 'sent' })),
      ...waiting,
      ...others.filter((message) => !gone.includes(message)),
    ]);
  }

  private async keep(entry: OutboxEntry): Promise<void> {
    const written = await this.quietly(this.options.store.put(entry).then(() => true));
    if (written) this.stored.add(entry.clientMessageId);
  }

  private async forget(clientMessageId: string): Promise<void> {
    this.stored.delete(clientMessageId);
    await this.quietly(this.options.store.remove(clientMessageId));
  }

  /** A full or vanished store must not stop the chat: memory still has the message. */
  private async quietly<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch {
      return undefined;
    }
  }

  private async inTurn(work: () => Promise<void>): Promise<void> {
    const { lock } = this.options;
    const locks = typeof navigator === 'undefined' ? undefined : navigator.locks;
    if (!lock || !locks) return work();
    let begun = false;
    try {
      await locks.request(lock, () => {
        begun = true;
        return work();
      });
    } catch (error) {
      if (begun) throw error;
      // A browser that denies a third party its storage denies it locks as well, and then tabs share nothing either.
      await work();
    }
  }

  private change(clientMessageId: string, change: Partial<PendingMessage>): void {
    this.set(this.pending.map((message) => (message.clientMessageId === clientMessageId ? { ...message, ...change } : message)));
  }

  private set(pending: readonly PendingMessage[]): void {
    this.pending = pending;
    this.options.onChange(pending);
  }
}

const isFault = (error: unknown): boolean => !(error instanceof ApiError) || error.code === 'internal';
