import type { Request, Response } from 'express';
import { parseCookie } from 'cookie';
import { publicUrl, type Config } from '@sotto/platform';

const isSecure = (config: Config) => publicUrl(config).startsWith('https:');
/** Browsers take the `__Host-` prefix only with Secure, and that only over TLS. */
const nameOf = (config: Config) => (isSecure(config) ? '__Host-sotto_session' : 'sotto_session');

/** The session token a request or a socket handshake brings, if any. */
export function sessionTokenOf(config: Config, cookieHeader: string | undefined): string | undefined {
  return cookieHeader === undefined ? undefined : parseCookie(cookieHeader)[nameOf(config)];
}

export function setSessionCookie(config: Config, response: Response, token: string): void {
  // No expiry: the browser forgets it when it closes, the server after 8 hours.
  response.cookie(nameOf(config), token, { httpOnly: true, secure: isSecure(config), sameSite: 'strict', path: '/' });
}

export function clearSessionCookie(config: Config, response: Response): void {
  response.clearCookie(nameOf(config), { httpOnly: true, secure: isSecure(config), sameSite: 'strict', path: '/' });
}

/** The bearer token of a request, if any. */
export function bearerOf(request: Request): string | undefined {
  const match = /^Bearer ([A-Za-z0-9_-]{1,200})$/.exec(request.headers.authorization ?? '');
  return match?.[1];
}
