/// <reference lib="dom" />
import type { EventsAnswer } from '@sotto/protocol';
import type { Connection } from './connection.js';
import { ConversationFeed, type FeedOptions } from './feed.js';

type Opening = Omit<FeedOptions, 'resume' | 'conversationId' | 'before'>;

/** The feeds of the conversations in view, fed by one connection and made whole whenever it may have missed something. */
export class Feeds {
  private readonly feeds = new Map<string, ConversationFeed>();
  private readonly ends: (() => void)[];

  constructor(
    private readonly connection: Connection,
    /** The page of events that ends just before a seq, over HTTP. */
    private readonly before?: (conversationId: string, seq: number) => Promise<EventsAnswer>,
  ) {
    document.addEventListener('visibilitychange', this.look);
    addEventListener('online', this.look);
    this.ends = [
      () => document.removeEventListener('visibilitychange', this.look),
      () => removeEventListener('online', this.look),
      connection.on('event', (event) => this.feeds.get(event.conversationId)?.receive(event)),
      connection.on('read', (notice) => this.feeds.get(notice.conversationId)?.receiveRead(notice.read)),
      connection.on('head', (head) => {
        for (const [id, seq] of Object.entries(head)) this.feeds.get(id)?.receiveHead(seq);
      }),
      connection.on('hidden', ({ conversationId }) => this.feeds.get(conversationId)?.hide()),
      connection.on('resync', () => this.recover()),
      connection.watch((state) => state.name === 'online' && this.recover()),
    ];
  }

  /** Opens a conversation, or returns the feed already open. */
  open(conversationId: string, options: Opening): ConversationFeed {
    const known = this.feeds.get(conversationId);
    if (known) return known;
    const { before } = this;
    const feed = new ConversationFeed({
      ...options,
      conversationId,
      // It may appear again, to a new feed.
      onGone: () => {
        this.feeds.delete(conversationId);
        options.onGone?.();
      },
      resume: async (after) =>
        (await this.connection.call('resume', { conversations: { [conversationId]: after } })).conversations[conversationId] ?? null,
      ...(before && { before: (seq: number) => before(conversationId, seq) }),
    });
    this.feeds.set(conversationId, feed);
    void feed.recover();
    return feed;
  }

  /** An acknowledgement says how far a conversation has come. */
  receiveHead(conversationId: string, head: number): void {
    this.feeds.get(conversationId)?.receiveHead(head);
  }

  leave(conversationId: string): void {
    this.feeds.get(conversationId)?.close();
    this.feeds.delete(conversationId);
  }

  close(): void {
    for (const end of this.ends) end();
    for (const id of [...this.feeds.keys()]) this.leave(id);
  }

  private readonly look = (): void => {
    if (document.visibilityState === 'visible') this.recover();
  };

  private recover(): void {
    for (const feed of this.feeds.values()) void feed.recover();
  }
}
