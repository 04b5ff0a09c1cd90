import './page.js';
import type { ConversationEvent, ConversationView, EventsAnswer } from '@sotto/protocol';
import {
  agentApi,
  Connection,
  createCall,
  Feeds,
  MemoryOutboxStore,
  Outbox,
  uuidv7,
  type Call,
  type Sent as Confirmed,
} from '@sotto/client';
import { setTimeout as wait } from 'node:timers/promises';
import type { Acked, Delivered, Item, List, Sent } from './log.js';

/** What the clients of one run saw, as it happened. */
export class Witnessed {
  readonly sent: Sent[] = [];
  readonly acked: Acked[] = [];
  readonly delivered: Delivered[] = [];
}

/**
 * One person with the client that ships: its connection, outbox and gap recovery, no retry or repair of the test's
 * own. `url` is where this person's network leads, a proxy as a rule.
 */
abstract class Person {
  protected readonly connection: Connection;
  protected readonly feeds: Feeds;
  protected readonly outbox: Outbox;
  /** How often the server dropped what it had for this client. */
  resyncs = 0;
  private readonly written = new Map<string, { thread: string; body: string; done: () => void }>();

  constructor(
    readonly name: string,
    readonly audience: 'visitor' | 'agent',
    url: string,
    token: string | undefined,
    protected readonly witnessed: Witnessed,
  ) {
    this.connection = new Connection({
      origin: url,
      namespace: `/${audience}`,
      ackTimeout: 3_000,
      ...(token !== undefined && { token: () => token }),
    });
    this.connection.on('event', (event) => {
      witnessed.delivered.push({ client: name, audience, item: itemOf(event) });
      this.heard(event.conversationId);
    });
    this.connection.on('head', (heads) => Object.keys(heads).forEach((conversationId) => this.heard(conversationId)));
    this.connection.on('resync', () => (this.resyncs += 1));
    this.feeds = new Feeds(this.connection);
    this.outbox = new Outbox({
      store: new MemoryOutboxStore(),
      send: async (entry, conversationId) => this.confirmed(entry.clientMessageId, await this.transmit(entry, conversationId)),
      onSent: (_entry, sent) => this.feeds.receiveHead(sent.conversationId, sent.seq),
      onChange: (pending) =>
        pending.filter((message) => message.state === 'failed').forEach((message) => this.retry(message.clientMessageId)),
      retryDelay: 200,
    });
    this.connection.watch((state) => state.name === 'online' && void this.outbox.flush());
  }

  join(): void {
    this.connection.connect();
  }

  leave(): void {
    this.outbox.close();
    this.feeds.close();
    this.connection.close();
  }

  /** What was written and never arrived, as far as the writer knows. */
  unconfirmed(): Sent[] {
    return [...this.written].map(([clientMessageId, { thread, body }]) => {
      return { client: this.name, conversationId: this.outbox.conversationOf(thread) ?? thread, clientMessageId, body };
    });
  }

  /** Hands a message to the outbox. Resolves once it is acknowledged, or seen in its thread. */
  protected async put(thread: string, body: string, more: { unborn?: boolean; kind?: 'message' | 'note' } = {}): Promise<void> {
    const clientMessageId = uuidv7();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.written.set(clientMessageId, { thread, body, done: resolve });
    await this.outbox.add({ thread, body, clientMessageId, ...more });
    await promise;
  }

  abstract lists(): List[];

  /** Something happened in a conversation; whether it is shown yet is up to the client. */
  protected abstract heard(conversationId: string): void;

  protected watch(conversationId: string): void {
    let last = 0;
    this.feeds.open(conversationId, {
      retryDelay: 300,
      onChange: (thread) => {
        const added = thread.events.slice(thread.events.findLastIndex((event) => event.seq <= last) + 1);
        last = thread.last;
        for (const event of added) if (event.type === 'message.created') this.seen(conversationId, event.message.clientMessageId);
      },
    });
  }

  protected listOf(conversationId: string): List {
    const { thread } = this.feeds.open(conversationId, { onChange: () => undefined });
    return { client: this.name, audience: this.audience, conversationId, items: thread.events.map(itemOf) };
  }

  private async transmit(
    entry: { thread: string; clientMessageId: string; kind: 'message' | 'note'; body: string },
    conversationId: string | null,
  ): Promise<Confirmed> {
    const { thread, clientMessageId, kind, body } = entry;
    if (conversationId !== null) {
      const ack = await this.connection.call('message.send', {
        conversationId,
        clientMessageId,
        body,
        ...(this.audience === 'agent' && { kind }),
      });
      return { conversationId, id: ack.id, seq: ack.seq };
    }
    return this.connection.call('conversation.start', { clientConversationId: thread, message: { clientMessageId, body } });
  }

  private confirmed(clientMessageId: string, { conversationId, id, seq }: Confirmed): Confirmed {
    this.witnessed.acked.push({ client: this.name, conversationId, clientMessageId, id, seq });
    this.heard(conversationId);
    this.arrived(conversationId, clientMessageId);
    return { conversationId, id, seq };
  }

  private seen(conversationId: string, clientMessageId: string): void {
    this.arrived(conversationId, clientMessageId);
    void this.outbox.settle(clientMessageId, conversationId);
  }

  private arrived(conversationId: string, clientMessageId: string): void {
    const own = this.written.get(clientMessageId);
    if (!own) return;
    this.written.delete(clientMessageId);
    this.witnessed.sent.push({ client: this.name, conversationId, clientMessageId, body: own.body });
    own.done();
  }

  /** The server gave up on it, which a fault may bring about; the person presses "try again". */
  private retry(clientMessageId: string): void {
    setTimeout(() => void this.outbox.retry(clientMessageId), 500).unref();
  }
}

export class Visitor extends Person {
  private readonly thread = uuidv7();
  private born = false;

  constructor(name: string, url: string, token: string, witnessed: Witnessed) {
    super(name, 'visitor', url, token, witnessed);
  }

  /** Known from the acknowledgement, or from the first event if that came sooner. */
  conversationId: string | undefined;

  /** Writes into the one conversation this visitor has; the first message starts it. */
  async write(body: string): Promise<void> {
    const unborn = !this.born;
    this.born = true;
    return this.put(this.thread, body, { unborn });
  }

  lists(): List[] {
    return this.conversationId ? [this.listOf(this.conversationId)] : [];
  }

  protected heard(conversationId: string): void {
    this.conversationId = conversationId;
    this.watch(conversationId);
  }
}

export class Agent extends Person {
  private readonly conversations = new Set<string>();
  private readonly api: ReturnType<typeof agentApi>;

  constructor(name: string, url: string, witnessed: Witnessed) {
    super(name, 'agent', url, undefined, witnessed);
    this.api = agentApi(createCall({ base: `${url}/api/v1` }));
    // As the panel does: first the socket, then the snapshot, with every new connection.
    this.connection.watch((state) => state.name === 'online' && void this.snapshot());
  }

  write(conversationId: string, body: string, kind: 'message' | 'note' = 'message'): Promise<void> {
    return this.put(conversationId, body, { kind });
  }

  lists(): List[] {
    return [...this.conversations].map((conversationId) => this.listOf(conversationId));
  }

  protected heard(conversationId: string): void {
    this.conversations.add(conversationId);
    this.watch(conversationId);
  }

  private async snapshot(): Promise<void> {
    try {
      for (const { id } of await everyConversation((cursor) => this.api.conversations({ cursor, limit: 100 }))) this.heard(id);
    } catch {
      if (this.connection.state.name === 'online') setTimeout(() => void this.snapshot(), 500).unref();
    }
  }
}

/** How the run's result is read once it is over: straight from the server, by the same callers. */
export interface Reader {
  name: string;
  audience: 'visitor' | 'agent';
  call: Call;
}

/** A caller of the REST API with fixed headers, as a browser or a widget would send them. */
export function reader(name: string, audience: 'visitor' | 'agent', url: string, headers: Record<string, string>): Reader {
  const send: typeof fetch = (input, init) =>
    fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), ...headers } });
  return { name, audience, call: createCall({ base: `${url}/api/v1`, fetch: send }) };
}

/** Every list this caller may see, read from the first event. */
export async function freshLists({ name, audience, call }: Reader): Promise<List[]> {
  const lists: List[] = [];
  for (const { id } of await conversationsOf(call)) {
    const items: Item[] = [];
    for (let more = true, after = 0; more;) {
      const page = await call<EventsAnswer>('GET', `/conversations/${id}/events`, { query: { after, limit: 100 } });
      items.push(...page.events.map(itemOf));
      const last = items.at(-1)?.seq ?? 0;
      more = page.more && last > after;
      after = last;
    }
    lists.push({ client: name, audience, conversationId: id, items });
  }
  return lists;
}

export function conversationsOf(call: Call): Promise<ConversationView[]> {
  return everyConversation((cursor) => call('GET', '/conversations', { query: { cursor, limit: 100 } }));
}

async function everyConversation(
  page: (cursor?: string) => Promise<{ items: ConversationView[]; nextCursor: string | null }>,
): Promise<ConversationView[]> {
  const found = new Map<string, ConversationView>();
  for (let cursor: string | null | undefined; cursor !== null;) {
    const answer = await page(cursor);
    // A conversation that moves to the top meanwhile may turn up on two pages.
    for (const view of answer.items) found.set(view.id, view);
    cursor = answer.nextCursor;
  }
  return [...found.values()];
}

export function itemOf(event: ConversationEvent): Item {
  const message = event.type === 'message.created' ? event.message : undefined;
  return {
    conversationId: event.conversationId,
    seq: event.seq,
    prev: event.prev,
    type: event.type,
    authorId: event.actor.id,
    messageId: message?.id ?? null,
    clientMessageId: message?.clientMessageId ?? null,
    kind: message?.kind ?? null,
    body: message?.body ?? null,
  };
}

/** Looks again and again until it is so, or the time is up; the answer is what it saw last. */
export async function eventually(holds: () => boolean | Promise<boolean>, milliseconds: number): Promise<boolean> {
  for (const until = Date.now() + milliseconds; Date.now() < until; await wait(100)) if (await holds()) return true;
  return holds();
}
