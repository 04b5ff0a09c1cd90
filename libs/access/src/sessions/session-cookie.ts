import type { CookieOptions, Request, Response } from 'express';
import { parseCookie } from 'cookie';
import { publicUrl, type Config } from '@sotto/platform';

type Name = 'session' | 'device' | 'sso';

const isSecure = (config: Config) => publicUrl(config).startsWith('https:');
/** Browsers take the `__Host-` prefix only with Secure, and that only over TLS. */
const nameOf = (config: Config, name: Name) => `${isSecure(config) ? '__Host-' : ''}sotto_${name}`;

const read = (config: Config, name: Name, header: string | undefined): string | undefined =>
  header === undefined ? undefined : parseCookie(header)[nameOf(config, name)];

const kept = (config: Config, more: CookieOptions = {}): CookieOptions => ({
  httpOnly: true,
  secure: isSecure(config),
  sameSite: 'strict',
  path: '/',
  ...more,
});

/** The session token a request or a socket handshake brings, if any. */
export const sessionTokenOf = (config: Config, cookieHeader: string | undefined) => read(config, 'session', cookieHeader);

/** Only somebody who chose to stay signed in gets a cookie that outlives the browser; the server forgets others after 8 hours. */
export function setSessionCookie(config: Config, response: Response, token: string, keptMs: number | null): void {
  response.cookie(nameOf(config, 'session'), token, kept(config, keptMs === null ? {} : { maxAge: keptMs }));
}

export function clearSessionCookie(config: Config, response: Response): void {
  response.clearCookie(nameOf(config, 'session'), kept(config));
}

/** The token by which a browser is known that somebody has signed in with. */
export const deviceTokenOf = (config: Config, cookieHeader: string | undefined) => read(config, 'device', cookieHeader);

export function setDeviceCookie(config: Config, response: Response, token: string, keptMs: number): void {
  response.cookie(nameOf(config, 'device'), token, kept(config, { maxAge: keptMs }));
}

export function clearDeviceCookie(config: Config, response: Response): void {
  response.clearCookie(nameOf(config, 'device'), kept(config));
}

/** What a browser on its way to the identity provider and back has to bring again. */
export const ssoTokenOf = (config: Config, cookieHeader: string | undefined) => read(config, 'sso', cookieHeader);

/** Lax, for the way back starts at the identity provider's page. */
export function setSsoCookie(config: Config, response: Response, token: string, keptMs: number): void {
  response.cookie(nameOf(config, 'sso'), token, kept(config, { sameSite: 'lax', maxAge: keptMs }));
}

export function clearSsoCookie(config: Config, response: Response): void {
  response.clearCookie(nameOf(config, 'sso'), kept(config, { sameSite: 'lax' }));
}

/** The bearer token of a request, if any. */
export function bearerOf(request: Request): string | undefined {
  const match = /^Bearer ([A-Za-z0-9_-]{1,200})$/.exec(request.headers.authorization ?? '');
  return match?.[1];
}
