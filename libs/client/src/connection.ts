/// <reference lib="dom" />
import type { Ack, ClientToServer, ErrorCode, ServerToClient, SessionClosed, SOCKET_PATH } from '@sotto/protocol';
import { io, type Socket } from 'socket.io-client';
import { ApiError } from './errors.js';

export type ConnectionState =
  | { readonly name: 'connecting' | 'online' | 'reconnecting' }
  /** Ended for good until `connect` is called again. */
  | { readonly name: 'closed'; readonly reason: SessionClosed['reason'] | ErrorCode | 'left' };

type Calls = keyof ClientToServer;
type InputOf<C extends Calls> = Parameters<ClientToServer[C]>[0];
type AnswerOf<C extends Calls> = Extract<Parameters<Parameters<ClientToServer[C]>[1]>[0], { ok: true }>;

export interface ConnectionOptions {
  /** Where the server is; the page's own origin when left out. */
  origin?: string;
  namespace: '/agent' | '/visitor';
  /** Visitors. Agents are known by their cookie. Read anew for every connection. */
  token?: () => string | null | undefined;
  /** Milliseconds until an unanswered call counts as lost and the connection as dead. */
  ackTimeout?: number;
  /** Loads another transport where the network blocks WebSockets. */
  fallback?: () => Promise<unknown>;
  onState?: (state: ConnectionState) => void;
}

const PATH: typeof SOCKET_PATH = '/socket';
/** Refusals that pass by themselves; every other one ends the connection. */
const PASSING: readonly string[] = ['rate.limited', 'overloaded', 'not-ready', 'internal'] satisfies ErrorCode[];
const FIRST_DELAY = 500;
const LONGEST_DELAY = 30_000;
/** Failed attempts in a row after which the fallback transport is tried. */
const ATTEMPTS_BEFORE_FALLBACK = 3;

/** A socket that says in what state it is and comes back by itself: with jitter, and at once when the device comes online or the page is looked at. */
export class Connection {
  state: ConnectionState = { name: 'closed', reason: 'left' };
  private readonly socket: Socket<ServerToClient, ClientToServer>;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempts = 0;
  private everOnline = false;
  private fellBack = false;
  private readonly watchers = new Set<(state: ConnectionState) => void>();

  constructor(private readonly options: ConnectionOptions) {
    const { origin = location.origin, namespace, token, onState } = options;
    if (onState) this.watchers.add(onState);
    this.socket = io(origin + namespace, {
      path: PATH,
      transports: ['websocket'],
      autoConnect: false,
      // Socket.io's own reconnection cannot be hurried; see `wake`.
      reconnection: false,
      auth: (send) => send(token ? { token: token() } : {}),
    });
    this.socket.on('connect', () => {
      this.attempts = 0;
      this.everOnline = true;
      this.set({ name: 'online' });
    });
    this.socket.on('connect_error', (error: Error & { data?: { code?: ErrorCode; retryAfter?: number } }) => {
      const code = error.data?.code;
      if (code && !PASSING.includes(code)) this.end(code);
      else this.later(error.data?.retryAfter);
    });
    this.socket.on('session.closed', ({ reason }) => {
      if (reason !== 'shutdown') this.end(reason);
    });
    this.socket.on('disconnect', () => {
      if (this.state.name !== 'closed') this.later();
    });
  }

  connect(): void {
    if (this.state.name !== 'closed') return;
    addEventListener('online', this.wake);
    document.addEventListener('visibilitychange', this.wake);
    this.attempts = 0;
    this.set({ name: this.everOnline ? 'reconnecting' : 'connecting' });
    this.socket.connect();
  }

  close(): void {
    this.end('left');
  }

  on<E extends keyof ServerToClient>(event: E, listener: ServerToClient[E]): () => void {
    // The generic listener is exactly the event's own; socket.io's overloads cannot see that.
    const known = listener as never;
    this.socket.on(event, known);
    return () => void this.socket.off(event, known);
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
      if (!this.socket.connected) return reject(new ApiError('network', 'There is no connection'));
      const lost = () => settle(() => reject(new ApiError('network', 'The connection was lost')));
      const timer = setTimeout(() => {
        settle(() => reject(new ApiError('timeout', 'The server did not answer in time')));
        // A link that takes calls and brings no answers is dead even if nobody closed it.
        this.socket.io.engine?.close();
      }, this.options.ackTimeout ?? 10_000);
      const settle = (done: () => void) => {
        clearTimeout(timer);
        this.socket.off('disconnect', lost);
        done();
      };
      const answered = (answer: Ack<AnswerOf<C>>) => settle(() => (answer.ok ? resolve(answer) : reject(ApiError.fromAck(answer))));
      this.socket.on('disconnect', lost);
      this.socket.emit(name, ...([input, answered] as unknown as Parameters<ClientToServer[C]>));
    });
  }

  private readonly wake = (): void => {
    if (document.visibilityState === 'hidden' || !this.timer) return;
    this.attempts = 0;
    this.reconnect();
  };

  private later(retryAfter = 0): void {
    this.set({ name: this.everOnline ? 'reconnecting' : 'connecting' });
    const delay = Math.min(FIRST_DELAY * 2 ** this.attempts++, LONGEST_DELAY);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.reconnect(), retryAfter * 1_000 + delay * (0.5 + Math.random()));
  }

  private reconnect(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { fallback } = this.options;
    if (!fallback || this.fellBack || this.everOnline || this.attempts < ATTEMPTS_BEFORE_FALLBACK || navigator.onLine === false) return void this.socket.connect();
    this.fellBack = true;
    fallback()
      .then((transport) => Object.assign(this.socket.io.opts, { transports: [transport] }))
      .catch(() => (this.fellBack = false))
      .finally(() => this.state.name !== 'closed' && this.socket.connect());
  }

  private end(reason: SessionClosed['reason'] | ErrorCode | 'left'): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    removeEventListener('online', this.wake);
    document.removeEventListener('visibilitychange', this.wake);
    this.set({ name: 'closed', reason });
    this.socket.disconnect();
  }

  private set(state: ConnectionState): void {
    if (state.name === this.state.name && state.name !== 'closed') return;
    this.state = state;
    for (const watcher of this.watchers) watcher(state);
  }
}
