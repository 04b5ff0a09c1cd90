import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Database } from '../database/database.js';
import type { Tx } from '../registry/store.js';
import { CannotOpen, KEY_BYTES, SubjectCipher, open, seal } from './cipher.js';
import { AccountKey, SubjectKey } from './vault.entities.js';

/** Unwrapped keys kept in memory, and for how long. */
const CACHED = 20_000;
const CACHED_MS = 10 * 60_000;

/** The person's key is gone: they were erased. */
export class KeyDestroyed extends Error {}

const derive = (key: Buffer, purpose: string) => Buffer.from(hkdfSync('sha256', key, '', `sotto/${purpose}`, KEY_BYTES));
const accountPlace = (accountId: string) => ({ accountId, table: 'account_key', row: accountId, column: 'wrapped' });
const subjectPlace = (accountId: string, subjectId: string) => ({ accountId, table: 'subject_key', row: subjectId, column: 'wrapped' });

/**
 * Keys: the master key wraps an account's key, which wraps a key for each person. Destroying a
 * person's row in the vault makes everything sealed for them unreadable, in old backups too.
 */
export class KeyRing {
  private readonly accounts = new LRUCache<string, Buffer>({ max: 1_000, ttl: CACHED_MS });
  private readonly subjects = new LRUCache<string, SubjectCipher>({ max: CACHED, ttl: CACHED_MS });
  private readonly loginKey: Buffer;
  private readonly hashKey: Buffer;

  constructor(
    private readonly masterKey: Buffer,
    private readonly database: Database,
  ) {
    this.loginKey = derive(masterKey, 'login');
    this.hashKey = derive(masterKey, 'keyed-hash');
  }

  async createAccountKey(tx: Tx, accountId: string): Promise<void> {
    const key = randomBytes(KEY_BYTES);
    tx.persist(tx.create(AccountKey, { accountId, wrapped: seal(this.masterKey, accountPlace(accountId), key) }));
    await tx.flush();
  }

  /** Makes a key for a person. The row is gone again if the transaction is rolled back. */
  async createSubjectKey(tx: Tx, accountId: string, subjectId: string): Promise<SubjectCipher> {
    const key = randomBytes(KEY_BYTES);
    const wrapped = seal(await this.accountKey(accountId, tx), subjectPlace(accountId, subjectId), key);
    tx.persist(tx.create(SubjectKey, { subjectId, accountId, wrapped }));
    await tx.flush();
    return new SubjectCipher(accountId, key);
  }

  /** The person's cipher. Throws `KeyDestroyed` when they were erased. */
  async cipher(accountId: string, subjectId: string, tx?: Tx): Promise<SubjectCipher> {
    const cached = this.subjects.get(subjectId);
    if (cached) return cached;
    const found = (await this.ciphers(accountId, [subjectId], tx)).get(subjectId);
    if (!found) throw new KeyDestroyed();
    return found;
  }

  /** Ciphers of many people in one query; those whose key is destroyed are left out. */
  async ciphers(accountId: string, subjectIds: Iterable<string>, tx?: Tx): Promise<Map<string, SubjectCipher>> {
    const result = new Map<string, SubjectCipher>();
    const missing: string[] = [];
    for (const id of new Set(subjectIds)) {
      const cached = this.subjects.get(id);
      if (cached) result.set(id, cached);
      else missing.push(id);
    }
    if (missing.length === 0) return result;
    const load = async (em: Tx) => ({
      accountKey: await this.accountKey(accountId, em),
      rows: await em.find(SubjectKey, { accountId, subjectId: { $in: missing } }),
    });
    const { accountKey, rows } = tx ? await load(tx) : await this.database.in(accountId, load);
    for (const row of rows) {
      const cipher = new SubjectCipher(accountId, open(accountKey, subjectPlace(accountId, row.subjectId), row.wrapped));
      this.subjects.set(row.subjectId, cipher);
      result.set(row.subjectId, cipher);
    }
    return result;
  }

  /** Seals what belongs to the account and to no person: its settings and their secrets. */
  async accountCipher(accountId: string, tx?: Tx): Promise<SubjectCipher> {
    return new SubjectCipher(accountId, derive(await this.accountKey(accountId, tx), 'settings'));
  }

  /** Key of the account for digests of its own, such as those of the audit log. */
  async accountDigestKey(accountId: string, purpose: string, tx?: Tx): Promise<Buffer> {
    return derive(await this.accountKey(accountId, tx), `digest/${purpose}`);
  }

  /** Destroys the person's key. Other nodes drop their copy when `forget` reaches them, or after 10 minutes. */
  async destroySubjectKey(tx: Tx, accountId: string, subjectId: string): Promise<number> {
    this.forget(subjectId);
    return tx.nativeDelete(SubjectKey, { accountId, subjectId });
  }

  /** Drops the unwrapped copy in this process. */
  forget(subjectId: string): void {
    this.subjects.delete(subjectId);
  }

  /** Keyed hash for looking a value up inside one account, without storing it. 43 characters. */
  async index(accountId: string, field: string, value: string, tx?: Tx): Promise<string> {
    const key = derive(await this.accountKey(accountId, tx), `index/${field}`);
    return createHmac('sha256', key).update(value).digest('base64url');
  }

  /** Keyed hash of a login address, the same for the whole installation. */
  loginHash(email: string): string {
    return createHmac('sha256', this.loginKey).update(email.trim().toLowerCase()).digest('base64url');
  }

  /** Keyed hash for what must be recognised and not be read or guessed: names of counters, keys of requests. */
  keyedHash(...parts: string[]): string {
    return createHmac('sha256', this.hashKey).update(parts.join('\n')).digest('base64url');
  }

  private async accountKey(accountId: string, tx?: Tx): Promise<Buffer> {
    const cached = this.accounts.get(accountId);
    if (cached) return cached;
    const load = (em: Tx) => em.findOne(AccountKey, { accountId });
    const row = tx ? await load(tx) : await this.database.in(accountId, load);
    if (!row) throw new CannotOpen(accountPlace(accountId));
    const key = open(this.masterKey, accountPlace(accountId), row.wrapped);
    this.accounts.set(accountId, key);
    return key;
  }
}
