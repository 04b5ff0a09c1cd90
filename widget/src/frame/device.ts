import { createOutboxTables, IndexedDbOutboxStore, MemoryOutboxStore, settled, type OutboxStore } from '@sotto/client';
import type { Language, VisitorSessionView } from '@sotto/protocol';

/** What this device keeps of a consenting visitor. */
export interface Remembered {
  session: VisitorSessionView;
  /** Name of the visitor's conversation until the server has given it one. Shared by the tabs, so that they start only one. */
  clientConversationId: string;
  language?: Language;
}

const TABLE = 'visitor';
const RECORD = 'me';

/** A browser's memory of one inbox: IndexedDB, made only once the visitor consents; where it is blocked, the page's own memory. */
export class Device {
  private database: IDBDatabase | undefined;
  private memory = new MemoryOutboxStore();

  constructor(private readonly key: string) {}

  get name(): string {
    return `sotto:${this.key}`;
  }

  get lasting(): boolean {
    return this.database !== undefined;
  }

  get outbox(): OutboxStore {
    return this.database ? new IndexedDbOutboxStore(this.database) : this.memory;
  }

  /** What an earlier page kept. Leaves no empty database behind. */
  async recall(): Promise<Remembered | undefined> {
    this.database = await this.open(false);
    if (!this.database) return undefined;
    return settled(this.database.transaction(TABLE).objectStore(TABLE).get(RECORD) as IDBRequest<Remembered | undefined>).catch(
      () => undefined,
    );
  }

  /** Call only with the visitor's consent. */
  async keep(remembered: Remembered): Promise<void> {
    this.database ??= await this.open(true);
    const { database } = this;
    if (database) await settled(database.transaction(TABLE, 'readwrite').objectStore(TABLE).put(remembered, RECORD)).catch(() => undefined);
  }

  async forget(): Promise<void> {
    this.memory = new MemoryOutboxStore();
    this.database?.close();
    this.database = undefined;
    await new Promise<void>((resolve) => {
      try {
        const request = indexedDB.deleteDatabase(this.name);
        request.onsuccess = request.onerror = request.onblocked = () => resolve();
      } catch {
        resolve();
      }
    });
  }

  private open(create: boolean): Promise<IDBDatabase | undefined> {
    return new Promise((resolve) => {
      try {
        const request = indexedDB.open(this.name, 1);
        request.onupgradeneeded = () => {
          // Looking is not keeping: without consent the database that was just made goes again.
          if (!create) return request.transaction!.abort();
          request.result.createObjectStore(TABLE);
          createOutboxTables(request.result);
        };
        request.onsuccess = () => {
          const database = request.result;
          // Another tab withdraws consent and deletes the database.
          database.onversionchange = () => database.close();
          resolve(database);
        };
        request.onerror = request.onblocked = () => resolve(undefined);
      } catch {
        resolve(undefined);
      }
    });
  }
}
