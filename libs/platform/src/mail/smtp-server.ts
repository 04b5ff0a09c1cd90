import { isIP } from 'node:net';
import { z } from 'zod';
import { Email, Line } from '@sotto/protocol';
import type { Mailbox } from './mail-transport.js';

/** A mail server to send through. */
export interface SmtpServer {
  host: string;
  port: number;
  /** `tls` from the first byte, `starttls` after a greeting and never without; `plain` on this machine only. */
  security: 'tls' | 'starttls' | 'plain';
  user: string;
  password: string;
}

const PORTS = { 'smtp:': 587, 'smtps:': 465 };

/** Whether a host name means this very machine. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));

/** Reads `smtp://user:password@host:port` (STARTTLS) or `smtps://…` (TLS from the first byte). */
export function readSmtpUrl(text: string, allowPlain: boolean): SmtpServer {
  const url = new URL(text);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = url.protocol === 'smtps:';
  return {
    host,
    port: url.port ? Number(url.port) : PORTS[secure ? 'smtps:' : 'smtp:'],
    security: secure ? 'tls' : allowPlain && isLoopback(host) ? 'plain' : 'starttls',
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

/** A sender as the environment gives it: `help@example.com` or `Example help <help@example.com>`. */
export const Sender = z
  .string()
  .transform((text): Mailbox => {
    const bracket = text.lastIndexOf('<');
    if (bracket < 0 || !text.trimEnd().endsWith('>')) return { name: 'Sotto', address: text.trim() };
    return {
      name: text.slice(0, bracket).trim() || 'Sotto',
      address: text
        .trimEnd()
        .slice(bracket + 1, -1)
        .trim(),
    };
  })
  .pipe(z.object({ name: Line(120), address: Email }));
