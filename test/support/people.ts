import request, { type Response } from 'supertest';
import { io, type Socket } from 'socket.io-client';
import { v7 } from 'uuid';
import type {
  Ack,
  ClientToServer,
  ConversationEvent,
  ConversationStartAck,
  MessageAck,
  ServerToClient,
  VisitorSessionView,
} from '@sotto/protocol';

/** Everybody's password in tests. */
export const PASSWORD = 'quiet-otter-umbrella-42';

type Method = 'get' | 'post' | 'patch' | 'put' | 'delete';
type Incoming = keyof ServerToClient;

/** A socket that remembers everything it received. */
export class LiveClient {
  readonly received: { name: string; value: unknown }[] = [];
  private readonly watchers = new Set<() => void>();

  constructor(readonly socket: Socket) {
    socket.onAny((name: string, value: unknown) => this.note(name, value));
    socket.on('disconnect', (reason) => this.note('disconnect', reason));
  }

  /** Resolves when connected; rejects with the refusal's code. */
  connected(): Promise<this> {
    return new Promise((resolve, reject) => {
      this.socket.once('connect', () => resolve(this));
      this.socket.once('connect_error', (error: Error & { data?: { code?: string } }) =>
        reject(new Error(error.data?.code ?? error.message)),
      );
      this.socket.connect();
    });
  }

  /** Sends what the protocol does not allow, too. */
  call<T extends object = object>(name: keyof ClientToServer | (string & {}), input?: unknown): Promise<Ack<T>> {
    return this.socket.timeout(10_000).emitWithAck(name, input) as Promise<Ack<T>>;
  }

  of<T>(name: Incoming | 'disconnect'): T[] {
    return this.received.filter((entry) => entry.name === name).map((entry) => entry.value as T);
  }

  get events(): ConversationEvent[] {
    return this.of<ConversationEvent>('event');
  }

  /** Waits until the received satisfy `predicate`. Fails after 10 s. */
  until(predicate: (client: this) => boolean, what = 'what was expected'): Promise<void> {
    if (predicate(this)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.watchers.delete(watcher);
        reject(new Error(`${what} did not arrive; received ${JSON.stringify(this.received).slice(0, 2_000)}`));
      }, 10_000);
      const watcher = () => {
        if (!predicate(this)) return;
        clearTimeout(timer);
        this.watchers.delete(watcher);
        resolve();
      };
      this.watchers.add(watcher);
    });
  }

  close(): void {
    this.socket.close();
  }

  private note(name: string, value: unknown): void {
    this.received.push({ name, value });
    for (const watcher of [...this.watchers]) watcher();
  }
}

/** Somebody who calls the server, with the headers that say who they are. */
export class Caller {
  private readonly clients: LiveClient[] = [];

  constructor(
    readonly url: string,
    readonly headers: Readonly<Record<string, string>>,
  ) {}

  send(method: Method, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const call = request(this.url)
      [method](path)
      .set({ ...this.headers, ...headers });
    return body === undefined
      ? Promise.resolve(call)
      : Promise.resolve(call.set('content-type', 'application/json').send(JSON.stringify(body)));
  }
  get = (path: string) => this.send('get', path);
  post = (path: string, body?: unknown) => this.send('post', path, body);
  patch = (path: string, body?: unknown) => this.send('patch', path, body);
  put = (path: string, body?: unknown) => this.send('put', path, body);
  delete = (path: string, body?: unknown) => this.send('delete', path, body);

  /** A socket that has not connected yet. */
  client(namespace: '/agent' | '/visitor', auth: object = {}, headers: Record<string, string> = {}): LiveClient {
    const socket = io(`${this.url}${namespace}`, {
      path: '/socket',
      transports: ['websocket'],
      autoConnect: false,
      reconnection: false,
      forceNew: true,
      auth,
      extraHeaders: { ...this.headers, ...headers },
    });
    const client = new LiveClient(socket);
    this.clients.push(client);
    return client;
  }

  close(): void {
    for (const client of this.clients) client.close();
  }
}

/** The session cookie an answer sets, as a browser sends it back. */
export function sessionCookieOf(answer: Response): string | undefined {
  const set = ([] as string[]).concat((answer.headers['set-cookie'] as unknown as string[] | undefined) ?? []);
  return set.map((cookie) => cookie.split(';')[0] ?? '').find((pair) => /sotto_session=./.test(pair));
}

/** A signed-in member. */
export class Member extends Caller {
  constructor(
    url: string,
    cookie: string,
    readonly id: string,
    readonly accountId: string,
  ) {
    super(url, { cookie, origin: url });
  }

  connects(): Promise<LiveClient> {
    return this.client('/agent').connected();
  }

  /** Goes on under the session an answer brought, if it did. */
  take(answer: Response): this {
    const cookie = sessionCookieOf(answer);
    if (cookie) Object.assign(this.headers, { cookie });
    return this;
  }
}

/** A visitor with consent. */
export class Visitor extends Caller {
  constructor(
    url: string,
    readonly session: VisitorSessionView,
  ) {
    super(url, { authorization: `Bearer ${session.token}` });
  }

  get contactId(): string {
    return this.session.contactId;
  }

  connects(): Promise<LiveClient> {
    return this.client('/visitor', { token: this.session.token }).connected();
  }
}

export const newClientId = (): string => v7();

/** Starts a conversation over a visitor's socket. */
export async function starts(client: LiveClient, body = 'Hello'): Promise<ConversationStartAck> {
  return must(
    await client.call<ConversationStartAck>('conversation.start', {
      clientConversationId: newClientId(),
      message: { clientMessageId: newClientId(), body },
    }),
  );
}

export async function says(client: LiveClient, conversationId: string, body: string, kind?: 'message' | 'note'): Promise<MessageAck> {
  return must(
    await client.call<MessageAck>('message.send', { conversationId, clientMessageId: newClientId(), body, ...(kind ? { kind } : {}) }),
  );
}

/** The answer, or an error that shows the refusal. */
export function must<T extends object>(ack: Ack<T>): T {
  if (!ack.ok) throw new Error(`refused: ${ack.error.code} ${ack.error.message} ${JSON.stringify(ack.error.errors ?? [])}`);
  const { ok: _, ...answer } = ack as { ok: true } & T;
  return answer as unknown as T;
}
