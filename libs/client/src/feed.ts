import type { ConversationEvent, EventsAnswer, ReadState } from '@sotto/protocol';
import { append, emptyThread, isNext, prepend, withRead, type Thread } from './thread.js';

export interface FeedOptions {
  conversationId: string;
  /** Everything after a seq: the socket's `resume`. Null when the caller may not see the conversation. */
  resume: (after: number) => Promise<EventsAnswer | null>;
  /** The page that ends just before a seq, for scrolling back and for starting at the end. */
  before?: (seq: number) => Promise<EventsAnswer>;
  onChange: (thread: Thread) => void;
  /** The conversation cannot be seen any more. */
  onGone?: () => void;
  /** Milliseconds a gap may last before the server is asked; neighbours often arrive out of turn. */
  gapDelay?: number;
  /** Milliseconds before a failed recovery is tried again; doubles up to 20 times this. */
  retryDelay?: number;
}

/** Beyond every event: the page that ends before it is the newest. The greatest the server's counter can hold. */
const LAST = 2_147_483_647;

/**
 * Keeps a thread whole. Sockets carry hints that may be lost, doubled or out of order; what is missing is asked
 * for again, so the thread ends as the server has it.
 */
export class ConversationFeed {
  thread: Thread;
  private readonly waiting = new Map<number, ConversationEvent>();
  private head = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | undefined;
  private again = false;
  private failures = 0;
  private closed = false;
  private opened = false;

  constructor(private readonly options: FeedOptions) {
    this.thread = emptyThread(options.conversationId);
  }

  /** Loads the page before the first event held. */
  async loadEarlier(): Promise<void> {
    const first = this.thread.events[0]?.seq;
    if (!this.options.before || !this.thread.earlier || !first) return;
    const page = await this.options.before(first);
    this.set(prepend(this.thread, page.events, page.more));
  }

  receive(event: ConversationEvent): void {
    if (this.closed || event.seq <= this.thread.last) return;
    this.waiting.set(event.seq, event);
    if (this.opened || !this.options.before) this.drain();
  }

  /** The server's newest seq, from `head`, an acknowledgement or an answer. */
  receiveHead(head: number): void {
    this.head = Math.max(this.head, head);
    if (this.opened || !this.options.before) this.askLater();
  }

  receiveRead(read: ReadState): void {
    this.set(withRead(this.thread, read));
  }

  /**
   * Asks for everything after the last event: first of all, then on reconnect, `resync`, coming online or becoming
   * visible. The first time it starts with the newest page, or without `before` reads from the start.
   */
  recover(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.closed) return Promise.resolve();
    if (this.running) this.again = true;
    this.running ??= this.ask().finally(() => {
      this.running = undefined;
      if (this.again && !this.closed) void this.recover();
    });
    return this.running;
  }

  /** The conversation is not there for this audience any more. */
  hide(): void {
    if (this.closed) return;
    this.close();
    this.options.onGone?.();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private async ask(): Promise<void> {
    try {
      let more = (await this.open()) || this.isBehind();
      while (more && !this.closed) {
        this.again = false;
        const from = this.thread.last;
        const answer = await this.options.resume(from);
        if (this.closed) return;
        if (!answer) return this.hide();
        this.set(withRead(append(this.thread, answer.events), answer.read));
        this.head = Math.max(this.head, answer.head);
        this.drain(false);
        more = answer.more && this.thread.last > from;
      }
      this.failures = 0;
      // What the server does not know of cannot be waited for: a head it has since taken back, or an event not ours.
      if (!this.again) {
        this.head = this.thread.last;
        this.waiting.clear();
      }
    } catch {
      this.failures += 1;
      const delay = this.options.retryDelay ?? 1_000;
      this.again = false;
      this.timer ??= setTimeout(() => void this.recover(), Math.min(delay * 2 ** (this.failures - 1), delay * 20));
    }
  }

  /** Whether what follows the newest event held is still to be asked for. */
  private async open(): Promise<boolean> {
    if (this.opened || !this.options.before) return true;
    const page = await this.options.before(LAST);
    this.opened = true;
    const newest = page.events.at(-1)?.seq ?? 0;
    this.set(withRead(prepend({ ...this.thread, last: newest }, page.events, page.more), page.read));
    this.head = Math.max(this.head, page.head);
    this.drain(false);
    return false;
  }

  private isBehind(): boolean {
    return this.waiting.size > 0 || this.head > this.thread.last;
  }

  private drain(ask = true): void {
    for (const [seq, event] of [...this.waiting].sort(([a], [b]) => a - b)) {
      if (seq <= this.thread.last) this.waiting.delete(seq);
      else if (isNext(this.thread, event)) {
        this.waiting.delete(seq);
        this.set(append(this.thread, [event]));
      }
    }
    if (ask) this.askLater();
  }

  private askLater(): void {
    if (!this.isBehind() && this.failures === 0) {
      clearTimeout(this.timer);
      this.timer = undefined;
    } else if (this.running) this.again = true;
    else this.timer ??= setTimeout(() => void this.recover(), this.options.gapDelay ?? 100);
  }

  private set(thread: Thread): void {
    if (thread === this.thread) return;
    this.thread = thread;
    this.options.onChange(thread);
  }
}
