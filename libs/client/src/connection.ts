/// <reference lib="dom" />
import type { Ack, ClientToServer, ErrorCode, ServerToClient, SessionClosed } from '@sotto/protocol';
import { ApiError } from './errors.js';
import { openWebSocket, type OpenWire, type Refusal, type Wire } from './wire.js';

export type ConnectionState =
  | { readonly name: 'connecting' | 'online' | 'reconnecting' }
  /** Ended for good until `connect` is called again. */
  | { readonly name: 'closed'; readonly reason: SessionClosed['reason'] | ErrorCode | 'left' };

type Calls = keyof ClientToServer;
type InputOf<C extends Calls> = Parameters<ClientToServer[C]>[0];
type AnswerOf<C extends Calls> = Extract<Parameters<Parameters<ClientToServer[C]>[1]>[0], { ok: true }>;
type Listener = (value: never) => void;

export interface ConnectionOptions {
  /** Where the server is; the page's own origin when left out. */
  origin?: string;
  namespace: '/agent' | '/visitor';
  /** Visitors. Agents are known by their cookie. Read anew for every connection. */
  token?: () => string | null | undefined;
  /** Milliseconds until an unanswered call counts as lost and the connection as dead. */
  ackTimeout?: number;
  onState?: (state: ConnectionState) => void;
}

/** Refusals that pass by themselves; every other one ends the connection. */
const PASSING: readonly string[] = ['rate.limited', 'overloaded', 'not-ready', 'internal'] satisfies ErrorCode[];
/** Milliseconds before another attempt; doubles up to the longest, with a random half more or less. */
const FIRST_DELAY = 500;
const LONGEST_DELAY = 30_000;
/** Failed attempts in a row after which WebSockets count as blocked. */
const ATTEMPTS_BEFORE_POLLING = 3;

/** A socket that says in what state it is and comes back by itself: with jitter, and at once when the device comes online or the page is looked at. */
export class Connection {
  state: ConnectionState = { name: 'closed', reason: 'left' };
  private wire: Wire | undefined;
  private open: OpenWire = openWebSocket;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempts = 0;
  private everOnline = false;
  private readonly watchers = new Set<(state: ConnectionState) => void>();
  private readonly listeners = new Map<string, Set<Listener>>();
  /** Calls waiting for an answer, to be refused when the connection is lost. */
  private readonly losers = new Set<() => void>();

  constructor(private readonly options: ConnectionOptions) {
    if (options.onState) this.watchers.add(options.onState);
  }

  connect(): void {
    if (this.state.name !== 'closed') return;
    globalThis.addEventListener?.('online', this.wake);
    globalThis.addEventListener?.('offline', this.sleep);
    globalThis.document?.addEventListener('visibilitychange', this.wake);
    this.attempts = 0;
    this.set({ name: this.everOnline ? 'reconnecting' : 'connecting' });
    this.attempt();
  }

  close(): void {
    this.end('left');
  }

  on<E extends keyof ServerToClient>(event: E, listener: ServerToClient[E]): () => void {
    const listeners = this.listeners.get(event) ?? new Set<Listener>();
    this.listeners.set(event, listeners.add(listener as Listener));
    return () => void listeners.delete(listener as Listener);
  }

  /** Tells the present state at once, then every change. */
  watch(watcher: (state: ConnectionState) => void): () => void {
    this.watchers.add(watcher);
    watcher(this.state);
    return () => void this.watchers.delete(watcher);
  }

  /** Makes a call and waits for its acknowledgement. Throws ApiError; after `network` or `timeout` it may still have taken effect. */
  call<C extends Calls>(name: C, input: InputOf<C>): Promise<AnswerOf<C>> {
    return new Promise((resolve, reject) => {
      const { wire } = this;
      if (!wire || this.state.name !== 'online') return reject(new ApiError('network', 'There is no connection'));
      const settle = () => {
        clearTimeout(timer);
        this.losers.delete(lose);
      };
      const lose = () => {
        settle();
        reject(new ApiError('network', 'The connection was lost'));
      };
      const timer = setTimeout(() => {
        settle();
        reject(new ApiError('timeout', 'The server did not answer in time'));
        // A link that takes calls and brings no answers is dead even if nobody closed it.
        if (this.wire === wire) this.lost();
      }, this.options.ackTimeout ?? 10_000);
      this.losers.add(lose);
      wire.send(name, input, (answer) => {
        settle();
        const ack = answer as Ack<AnswerOf<C>>;
        if (ack.ok) resolve(ack);
        else reject(ApiError.fromAck(ack));
      });
    });
  }

  private attempt(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const token = this.options.token?.();
    this.wire = this.open(this.options.origin ?? location.origin, this.options.namespace, token ? { token } : {}, {
      opened: () => {
        this.attempts = 0;
        this.everOnline = true;
        this.set({ name: 'online' });
      },
      refused: (refusal) => this.refused(refusal),
      lost: () => this.lost(),
      received: (name, value) => this.received(name, value),
    });
  }

  private refused({ data }: Refusal): void {
    if (data?.code && !PASSING.includes(data.code)) this.end(data.code);
    else this.later(data?.retryAfter);
  }

  private received(name: string, value: unknown): void {
    for (const listener of this.listeners.get(name) ?? []) listener(value as never);
    if (name !== 'session.closed') return;
    const { reason } = value as SessionClosed;
    if (reason !== 'shutdown') this.end(reason);
  }

  private lost(): void {
    if (this.state.name !== 'closed') this.later();
  }

  /** A socket may take most of a minute to notice that the network is gone. */
  private readonly sleep = (): void => {
    if (this.state.name === 'online') this.lost();
  };

  private readonly wake = (): void => {
    if (globalThis.document?.visibilityState === 'hidden' || !this.timer) return;
    this.attempts = 0;
    this.attempt();
  };

  private later(retryAfter = 0): void {
    this.drop();
    this.set({ name: this.everOnline ? 'reconnecting' : 'connecting' });
    const delay = Math.min(FIRST_DELAY * 2 ** this.attempts++, LONGEST_DELAY);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.again(), retryAfter * 1_000 + delay * (0.5 + Math.random()));
  }

  private async again(): Promise<void> {
    if (!this.everOnline && this.attempts >= ATTEMPTS_BEFORE_POLLING && this.open === openWebSocket) {
      // Without a network the module cannot be loaded either; the next attempt tries again.
      const polling = await import('./polling.js').catch(() => undefined);
      if (polling) this.open = polling.openPolling;
    }
    if (this.state.name !== 'closed' && this.timer) this.attempt();
  }

  private drop(): void {
    this.wire?.close();
    this.wire = undefined;
    for (const lose of [...this.losers]) lose();
  }

  private end(reason: Extract<ConnectionState, { name: 'closed' }>['reason']): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    globalThis.removeEventListener?.('online', this.wake);
    globalThis.removeEventListener?.('offline', this.sleep);
    globalThis.document?.removeEventListener('visibilitychange', this.wake);
    this.set({ name: 'closed', reason });
    this.drop();
  }

  private set(state: ConnectionState): void {
    if (state.name === this.state.name && state.name !== 'closed') return;
    this.state = state;
    for (const watcher of this.watchers) watcher(state);
  }
}
