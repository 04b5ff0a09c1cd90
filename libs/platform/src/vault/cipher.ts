import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';

const VERSION = 1;
const IV = 12;
const TAG = 16;

/** Bytes every key has: AES-256. */
export const KEY_BYTES = 32;

/** Where a value lives. Part of what is authenticated, so a value moved to another place does not open. */
export interface Place {
  accountId: string;
  table: string;
  row: string;
  column: string;
}

export class CannotOpen extends Error {
  constructor(place: Place) {
    super(`A value in ${place.table}.${place.column} could not be opened`);
  }
}

const additionalData = (place: Place) => Buffer.from(`${place.accountId}|${place.table}|${place.row}|${place.column}`);

/** AES-256-GCM: version (1 byte), nonce (12), ciphertext, tag (16). */
export function seal(key: Buffer | KeyObject, place: Place, value: Buffer): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG });
  cipher.setAAD(additionalData(place));
  const body = cipher.update(value);
  cipher.final();
  return Buffer.concat([Buffer.of(VERSION), iv, body, cipher.getAuthTag()]);
}

/** Opens what `seal` made. Throws `CannotOpen` for another key, another place or a changed byte. */
export function open(key: Buffer | KeyObject, place: Place, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (bytes.length < 1 + IV + TAG || bytes[0] !== VERSION) throw new CannotOpen(place);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + IV), { authTagLength: TAG });
  decipher.setAAD(additionalData(place));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(1 + IV, bytes.length - TAG)), decipher.final()]);
  } catch {
    throw new CannotOpen(place);
  }
}

/** Seals and opens the texts of one person. */
export class SubjectCipher {
  /** Made once: a key handed over as bytes is set up anew for every value, at more than three times the cost (docs/performance.md). */
  private readonly key: KeyObject;

  constructor(
    private readonly accountId: string,
    key: Buffer,
  ) {
    this.key = createSecretKey(key);
  }

  seal(table: string, row: string, column: string, text: string): Buffer {
    return seal(this.key, { accountId: this.accountId, table, row, column }, Buffer.from(text, 'utf8'));
  }

  open(table: string, row: string, column: string, sealed: Uint8Array): string {
    return open(this.key, { accountId: this.accountId, table, row, column }, sealed).toString('utf8');
  }

  sealOrNull(table: string, row: string, column: string, text: string | null | undefined): Buffer | null {
    return text === null || text === undefined ? null : this.seal(table, row, column, text);
  }

  openOrNull(table: string, row: string, column: string, sealed: Uint8Array | null): string | null {
    return sealed === null ? null : this.open(table, row, column, sealed);
  }
}
