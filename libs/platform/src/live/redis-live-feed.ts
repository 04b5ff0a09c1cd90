import { Logger } from '@nestjs/common';
import { newId } from '@sotto/kernel';
import type { RedisClient } from './redis-client.js';
import { LiveFeed, type Hint } from './live-feed.js';

const channelOf = (accountId: string) => `sotto:live:{${accountId}}`;

interface Envelope {
  node: string;
  hint: Hint;
}

/**
 * Hints between nodes over sharded publish and subscribe (Redis 7, Valkey): one channel an account,
 * listened to only while somebody of that account is connected here. Nothing is kept in Redis.
 */
export class RedisLiveFeed extends LiveFeed {
  private readonly log = new Logger('LiveFeed');
  private readonly node = newId();
  private readonly watchers = new Map<string, number>();

  constructor(
    private readonly publisher: RedisClient,
    private readonly subscriber: RedisClient,
  ) {
    super();
  }

  async start(): Promise<void> {
    this.subscriber.on('ready', () => {
      // A subscription asked for while Redis was away failed; what was published meanwhile is gone.
      for (const accountId of this.watchers.keys()) this.listen(accountId);
      this.gap();
    });
    await Promise.resolve();
  }

  publish(hint: Hint, local?: unknown): void {
    this.deliver(hint, local);
    if (!this.publisher.isReady) return;
    const envelope: Envelope = { node: this.node, hint };
    this.publisher.sPublish(channelOf(hint.accountId), JSON.stringify(envelope)).catch((error: unknown) => this.lost(error));
  }

  watch(accountId: string): void {
    const watching = this.watchers.get(accountId) ?? 0;
    this.watchers.set(accountId, watching + 1);
    if (watching === 0 && this.subscriber.isReady) this.listen(accountId);
  }

  unwatch(accountId: string): void {
    const watching = (this.watchers.get(accountId) ?? 1) - 1;
    if (watching > 0) {
      this.watchers.set(accountId, watching);
      return;
    }
    this.watchers.delete(accountId);
    if (!this.subscriber.isReady) return;
    this.subscriber.sUnsubscribe(channelOf(accountId), this.receive).catch((error: unknown) => this.lost(error));
  }

  isReady(): boolean {
    return this.publisher.isReady && this.subscriber.isReady;
  }

  private readonly receive = (message: string): void => {
    const envelope = JSON.parse(message) as Envelope;
    if (envelope.node !== this.node) this.deliver(envelope.hint);
  };

  private listen(accountId: string): void {
    this.subscriber.sSubscribe(channelOf(accountId), this.receive).then(
      () => this.listening(accountId),
      (error: unknown) => this.lost(error),
    );
  }

  private lost(error: unknown): void {
    this.log.warn(`A hint was lost: ${error instanceof Error ? error.message : 'unknown reason'}`);
  }
}
