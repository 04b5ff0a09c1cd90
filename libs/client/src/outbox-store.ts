/// <reference lib="dom" />
import type { MessageKind } from '@sotto/protocol';

/** A message that the server has not acknowledged. */
export interface OutboxEntry {
  clientMessageId: string;
  /** A conversation's id, or `clientConversationId` while the server does not know the conversation. */
  thread: string;
  /** `thread` is a clientConversationId. */
  unborn?: boolean;
  kind: MessageKind;
  body: string;
  /** ISO 8601, by this device's clock. */
  at: string;
  /** The server refused it for good; waits for the person. */
  failed?: { code: string; message: string };
}

/** Where unsent messages are kept. Entries come back in the order they were added. */
export interface OutboxStore {
  load(): Promise<{ entries: OutboxEntry[]; conversations: ReadonlyMap<string, string> }>;
  /** Adds an entry at the end, or changes it in its place. */
  put(entry: OutboxEntry): Promise<void>;
  remove(clientMessageId: string): Promise<void>;
  /** Remembers under which id the server knows a conversation started here. */
  link(clientConversationId: string, conversationId: string): Promise<void>;
  clear(): Promise<void>;
}

export class MemoryOutboxStore implements OutboxStore {
  private readonly entries = new Map<string, OutboxEntry>();
  private readonly conversations = new Map<string, string>();

  async load() {
    return { entries: [...this.entries.values()], conversations: this.conversations };
  }
  async put(entry: OutboxEntry) {
    this.entries.set(entry.clientMessageId, entry);
  }
  async remove(clientMessageId: string) {
    this.entries.delete(clientMessageId);
  }
  async link(clientConversationId: string, conversationId: string) {
    this.conversations.set(clientConversationId, conversationId);
  }
  async clear() {
    this.entries.clear();
    this.conversations.clear();
  }
}

/** A promise for an IndexedDB request. */
export const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The database gave no reason.'));
  });

/** Names of the object stores `IndexedDbOutboxStore` needs in its database; `createOutboxTables` makes them. */
export const OUTBOX_TABLES = { entries: 'outbox', conversations: 'conversations' } as const;

/** For the database's `upgradeneeded`. */
export function createOutboxTables(database: IDBDatabase): void {
  database
    .createObjectStore(OUTBOX_TABLES.entries, { keyPath: 'order', autoIncrement: true })
    .createIndex('id', 'clientMessageId', { unique: true });
  database.createObjectStore(OUTBOX_TABLES.conversations);
}

/** Survives a reload and is shared by the tabs of a browser. */
export class IndexedDbOutboxStore implements OutboxStore {
  constructor(private readonly database: IDBDatabase) {}

  async load() {
    const tables = this.database.transaction([OUTBOX_TABLES.entries, OUTBOX_TABLES.conversations]);
    const conversations = tables.objectStore(OUTBOX_TABLES.conversations);
    const [entries, keys, values] = await Promise.all([
      settled(tables.objectStore(OUTBOX_TABLES.entries).getAll() as IDBRequest<OutboxEntry[]>),
      settled(conversations.getAllKeys()),
      settled(conversations.getAll() as IDBRequest<string[]>),
    ]);
    return { entries, conversations: new Map(keys.map((key, at) => [key as string, values[at]!])) };
  }

  async put(entry: OutboxEntry) {
    const table = this.table(OUTBOX_TABLES.entries);
    const order = await settled(table.index('id').getKey(entry.clientMessageId));
    await settled(table.put(order === undefined ? entry : { ...entry, order }));
  }

  async remove(clientMessageId: string) {
    const table = this.table(OUTBOX_TABLES.entries);
    const order = await settled(table.index('id').getKey(clientMessageId));
    if (order !== undefined) await settled(table.delete(order));
  }

  async link(clientConversationId: string, conversationId: string) {
    await settled(this.table(OUTBOX_TABLES.conversations).put(conversationId, clientConversationId));
  }

  async clear() {
    await Promise.all([settled(this.table(OUTBOX_TABLES.entries).clear()), settled(this.table(OUTBOX_TABLES.conversations).clear())]);
  }

  private table(name: string): IDBObjectStore {
    return this.database.transaction(name, 'readwrite').objectStore(name);
  }
}
