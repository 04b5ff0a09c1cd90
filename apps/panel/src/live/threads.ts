import { ApiError, Feeds, type Connection, type ConversationFeed, type Thread } from '@sotto/client';
import type { ConversationEvent, EventsAnswer } from '@sotto/protocol';
import { api } from '../api';
import { Cell } from './cell';

export interface ThreadState {
  /** `failed` is tried again by itself. `hidden`: it was there, and went to a team or an assignee of another one. */
  readonly status: 'loading' | 'ready' | 'failed' | 'gone' | 'hidden';
  readonly thread: Thread | null;
  readonly loadingEarlier: boolean;
}

/** Threads kept live, so that going back to one is instant. */
const KEPT = 12;
const PAGE = 50;
const NOTHING: ThreadState = { status: 'loading', thread: null, loadingEarlier: false };

/** The conversations that were looked at, each kept whole by a feed. */
export class Threads {
  private readonly cells = new Map<string, Cell<ThreadState>>();
  private readonly open = new Map<string, ConversationFeed>();
  private feeds: Feeds | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly seen: (events: readonly ConversationEvent[]) => void,
  ) {}

  start(): void {
    this.feeds = new Feeds(this.connection, (id, seq) => this.page(id, seq));
    for (const id of this.cells.keys()) this.follow(id);
  }

  stop(): void {
    this.feeds?.close();
    this.feeds = undefined;
    this.open.clear();
  }

  /** The thread of a conversation; the first call loads it. */
  of(id: string): Cell<ThreadState> {
    const cell = this.cells.get(id) ?? new Cell(NOTHING);
    // The order of the map is the order of use.
    this.cells.delete(id);
    this.cells.set(id, cell);
    if (!this.open.has(id) && cell.value.status !== 'hidden' && cell.value.status !== 'gone') this.follow(id);
    for (const old of [...this.cells.keys()].slice(0, -KEPT)) this.leave(old);
    return cell;
  }

  isOpen(id: string): boolean {
    return this.cells.has(id);
  }

  retry(id: string): void {
    void this.open.get(id)?.recover();
  }

  async loadEarlier(id: string): Promise<void> {
    const cell = this.cells.get(id);
    const feed = this.open.get(id);
    if (!cell || !feed || cell.value.loadingEarlier) return;
    cell.set({ ...cell.value, loadingEarlier: true });
    await feed.loadEarlier().catch(() => undefined);
    cell.set({ ...cell.value, loadingEarlier: false });
  }

  /** Somebody gave it to others. */
  hide(id: string): void {
    this.cells.get(id)?.set({ ...NOTHING, status: 'hidden' });
    this.feeds?.leave(id);
    this.open.delete(id);
  }

  /** It is there, perhaps again. */
  appear(id: string): void {
    const cell = this.cells.get(id);
    if (cell?.value.status !== 'hidden' && cell?.value.status !== 'gone') return;
    cell.set(NOTHING);
    this.follow(id);
  }

  receiveHead(id: string, seq: number): void {
    this.feeds?.receiveHead(id, seq);
  }

  private follow(id: string): void {
    const cell = this.cells.get(id);
    if (!cell || !this.feeds) return;
    const feed = this.feeds.open(id, {
      onChange: (thread) => {
        cell.set({ ...cell.value, status: 'ready', thread });
        this.seen(thread.events.slice(-PAGE));
      },
      onGone: () => {
        cell.set({ ...NOTHING, status: 'gone' });
        this.open.delete(id);
      },
    });
    this.open.set(id, feed);
  }

  private leave(id: string): void {
    this.feeds?.leave(id);
    this.open.delete(id);
    this.cells.delete(id);
  }

  private async page(id: string, seq: number): Promise<EventsAnswer> {
    try {
      return await api.events(id, { before: seq, limit: PAGE });
    } catch (error) {
      const cell = this.cells.get(id);
      const missing = error instanceof ApiError && (error.code === 'not-found' || error.code === 'input.invalid');
      if (cell && missing) {
        cell.set({ ...NOTHING, status: 'gone' });
        this.feeds?.leave(id);
        this.open.delete(id);
      } else if (cell && cell.value.status === 'loading') cell.set({ ...NOTHING, status: 'failed' });
      throw error;
    }
  }
}
