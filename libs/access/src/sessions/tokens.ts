import { createHash } from 'node:crypto';

/** How a secret is stored: SHA-256 suffices, since a token has 256 random bits. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url');
