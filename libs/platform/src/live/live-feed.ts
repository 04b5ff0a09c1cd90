import type { CloseReason } from '@sotto/protocol';
import type { z } from 'zod';

/**
 * A hint that something happened. Ids and numbers only, so that nothing readable passes through
 * Redis. The database is the truth: a lost hint costs time, never a message.
 */
export type Hint =
  | { type: 'event'; accountId: string; conversationId: string; seq: number }
  | { type: 'read'; accountId: string; conversationId: string }
  | {
      type: 'typing';
      accountId: string;
      conversationId: string;
      teamId: string | null;
      assigneeId: string | null;
      by: 'visitor' | 'member';
      actorId: string;
      typing: boolean;
    }
  | { type: 'presence'; accountId: string; node: string; memberIds: string[] }
  | { type: 'session.closed'; accountId: string; sessionId: string; reason: z.infer<typeof CloseReason> }
  | { type: 'access.changed'; accountId: string }
  /** Another name or picture, or none any more. */
  | { type: 'member.changed'; accountId: string; memberId: string }
  /** The account's spam filter was taught, or made to forget. */
  | { type: 'screening.changed'; accountId: string }
  | { type: 'consent.stale'; accountId: string; policyId: string; version: number };

/** `local` is what the publisher had in hand, for listeners in the same process only. */
export type HintListener = (hint: Hint, local?: unknown) => void;

/** Carries hints to every node that watches an account, this one included. */
export abstract class LiveFeed {
  private readonly listeners = new Set<HintListener>();
  private readonly gapListeners = new Set<() => void>();
  private readonly startListeners = new Set<(accountId: string) => void>();

  /** Tells every listener. Never waits and never fails: a hint may be lost. */
  abstract publish(hint: Hint, local?: unknown): void;
  /** Starts receiving the account's hints from other nodes. */
  abstract watch(accountId: string): void;
  abstract unwatch(accountId: string): void;
  abstract start(): Promise<void>;
  /** Whether hints from other nodes arrive at the moment. */
  abstract isReady(): boolean;

  subscribe(listener: HintListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Called when hints may have been lost, so that whoever depends on them looks at the database. */
  onGap(listener: () => void): () => void {
    this.gapListeners.add(listener);
    return () => this.gapListeners.delete(listener);
  }

  /** Called once an account's hints arrive from other nodes: what was said between `watch` and then was heard by nobody here. */
  onListening(listener: (accountId: string) => void): () => void {
    this.startListeners.add(listener);
    return () => this.startListeners.delete(listener);
  }

  protected deliver(hint: Hint, local?: unknown): void {
    for (const listener of this.listeners) listener(hint, local);
  }

  protected listening(accountId: string): void {
    for (const listener of this.startListeners) listener(accountId);
  }

  protected gap(): void {
    for (const listener of this.gapListeners) listener();
  }
}

/** The feed of a single node: a function call. */
export class InProcessLiveFeed extends LiveFeed {
  publish(hint: Hint, local?: unknown): void {
    this.deliver(hint, local);
  }
  watch(): void {
    return undefined;
  }
  unwatch(): void {
    return undefined;
  }
  start(): Promise<void> {
    return Promise.resolve();
  }
  isReady(): boolean {
    return true;
  }
}
