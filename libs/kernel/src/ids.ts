import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

/** A new UUIDv7 (RFC 9562): sorts by the moment it was made, 74 random bits. */
export const newId = (): string => v7();

/** A secret for a bearer to hold: 256 random bits, 43 characters of base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url');
