import { resolve } from 'node:path';
import { z } from 'zod';
import { namesProxies } from './http/trusted-proxies.js';
import type { Mailbox } from './mail/mail-transport.js';
import { Sender, isLoopback, readSmtpUrl, type SmtpServer } from './mail/smtp-server.js';
import { isNetwork } from './outbound/networks.js';

const count = (fallback: number, min = 1) => z.coerce.number().int().min(min).default(fallback);
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  );

function isSmtpUrl(text: string): boolean {
  try {
    return readSmtpUrl(text, false).host !== '';
  } catch {
    return false;
  }
}

/** Every setting Sotto reads, from the environment. Documented in docs/operations.md. */
const Environment = z.object({
  SOTTO_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  SOTTO_HOST: z.string().min(1).default('127.0.0.1'),
  SOTTO_DATA: z.string().min(1).default('./data'),
  /** Where the built panel and widget are. */
  SOTTO_WEB_DIRECTORY: z.string().min(1).default('./dist'),
  SOTTO_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  SOTTO_DATABASE_POOL: count(10),
  SOTTO_REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  SOTTO_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  SOTTO_MASTER_KEY: z.base64().optional(),
  SOTTO_MASTER_KEY_FILE: z.string().min(1).optional(),
  /** How many reverse proxies stand in front, or their addresses, as Express's `trust proxy` takes them. */
  SOTTO_TRUSTED_PROXIES: list.refine(
    namesProxies,
    'must be how many proxies stand in front (0 to 10), or their addresses and networks, separated by commas',
  ),
  /** Networks that are not public and may be connected to for an account. */
  SOTTO_OUTBOUND_PRIVATE: list.refine(
    (networks) => networks.every(isNetwork),
    'must be networks such as 10.0.0.0/8 or fd00::/8, separated by commas',
  ),
  SOTTO_SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .refine(isSmtpUrl, 'must be smtp://user:password@host:port, or smtps://')
    .optional(),
  SOTTO_MAIL_FROM: Sender.optional(),
  /** Without encryption to a mail server on this very machine. */
  SOTTO_SMTP_ALLOW_PLAIN: z.stringbool().default(false),
  SOTTO_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  SOTTO_VISITOR_MESSAGES_PER_MINUTE: count(60),
  SOTTO_VISITOR_SESSIONS_PER_MINUTE: count(20),
  SOTTO_VISITOR_SESSIONS_PER_HOUR: z.coerce.number().int().min(1).optional(),
  SOTTO_ATTACK_SESSIONS_PER_MINUTE: z.coerce.number().int().min(1).optional(),
  SOTTO_LOGIN_ATTEMPTS_PER_MINUTE: count(10),
  SOTTO_MEMBER_CALLS_PER_MINUTE: count(1200),
  SOTTO_TOKEN_CALLS_PER_MINUTE: count(600),
  SOTTO_OVERDUE_SECONDS: count(300),
  /** How long a new owner may work before a second factor is demanded. */
  SOTTO_SETUP_GRACE_HOURS: count(24, 0),
});

/** Wrong together, each in a line; settings that are wrong by themselves are found before. */
function conflicts(e: z.infer<typeof Environment>): string[] {
  const server = e.SOTTO_SMTP_URL ? readSmtpUrl(e.SOTTO_SMTP_URL, false) : null;
  return [
    ...(server && !e.SOTTO_MAIL_FROM ? ['SOTTO_MAIL_FROM: is needed with SOTTO_SMTP_URL'] : []),
    ...(server && e.SOTTO_SMTP_ALLOW_PLAIN && !isLoopback(server.host)
      ? ['SOTTO_SMTP_ALLOW_PLAIN: is only for a mail server on this machine']
      : []),
  ];
}

const wrong = (lines: string[]) => new ConfigError(`Some settings are wrong.\n${lines.join('\n')}`);

export interface Config {
  port: number;
  host: string;
  dataDirectory: string;
  webDirectory: string;
  databaseUrl: string | undefined;
  databasePool: number;
  redisUrl: string | undefined;
  /** Origin people reach this server at, without a trailing slash; undefined until the port is known. */
  publicUrl: string | undefined;
  masterKey: string | undefined;
  masterKeyFile: string;
  trustedProxies: string[];
  outboundPrivate: string[];
  /** The installation's own mail server, or null, and who its mails are from. */
  mail: { server: SmtpServer | null; from: Mailbox };
  logLevel: string;
  limits: {
    visitorMessages: number;
    visitorSessions: number;
    /** New ones of one address in an hour, beyond which each costs work. */
    visitorSessionsAnHour: number;
    /** Sessions an inbox may see in a minute before visitors' browsers are asked for work. */
    attackSessions: number;
    loginAttempts: number;
    memberCalls: number;
    tokenCalls: number;
  };
  overdueSeconds: number;
  setupGraceHours: number;
}

export class ConfigError extends Error {}

/** Reads the settings. Throws `ConfigError` with one line per wrong setting. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([name, value]) => name.startsWith('SOTTO_') && value !== ''));
  const parsed = Environment.safeParse(present);
  if (!parsed.success) {
    throw wrong(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  const e = parsed.data;
  const lines = conflicts(e);
  if (lines.length > 0) throw wrong(lines);
  const dataDirectory = resolve(e.SOTTO_DATA);
  return {
    port: e.SOTTO_PORT,
    host: e.SOTTO_HOST,
    dataDirectory,
    webDirectory: resolve(e.SOTTO_WEB_DIRECTORY),
    databaseUrl: e.SOTTO_DATABASE_URL,
    databasePool: e.SOTTO_DATABASE_POOL,
    redisUrl: e.SOTTO_REDIS_URL,
    publicUrl: e.SOTTO_PUBLIC_URL ? new URL(e.SOTTO_PUBLIC_URL).origin : undefined,
    masterKey: e.SOTTO_MASTER_KEY,
    masterKeyFile: e.SOTTO_MASTER_KEY_FILE ?? resolve(dataDirectory, 'master.key'),
    trustedProxies: e.SOTTO_TRUSTED_PROXIES,
    outboundPrivate: e.SOTTO_OUTBOUND_PRIVATE,
    mail: {
      server: e.SOTTO_SMTP_URL ? readSmtpUrl(e.SOTTO_SMTP_URL, e.SOTTO_SMTP_ALLOW_PLAIN) : null,
      from: e.SOTTO_MAIL_FROM ?? { name: 'Sotto', address: 'no-reply@localhost' },
    },
    logLevel: e.SOTTO_LOG_LEVEL,
    limits: {
      visitorMessages: e.SOTTO_VISITOR_MESSAGES_PER_MINUTE,
      visitorSessions: e.SOTTO_VISITOR_SESSIONS_PER_MINUTE,
      visitorSessionsAnHour: e.SOTTO_VISITOR_SESSIONS_PER_HOUR ?? e.SOTTO_VISITOR_SESSIONS_PER_MINUTE * 3,
      // More than three places can bring that keep to what one may.
      attackSessions: e.SOTTO_ATTACK_SESSIONS_PER_MINUTE ?? e.SOTTO_VISITOR_SESSIONS_PER_MINUTE * 3,
      loginAttempts: e.SOTTO_LOGIN_ATTEMPTS_PER_MINUTE,
      memberCalls: e.SOTTO_MEMBER_CALLS_PER_MINUTE,
      tokenCalls: e.SOTTO_TOKEN_CALLS_PER_MINUTE,
    },
    overdueSeconds: e.SOTTO_OVERDUE_SECONDS,
    setupGraceHours: e.SOTTO_SETUP_GRACE_HOURS,
  };
}

/** Injection token of the settings. */
export const CONFIG = Symbol('config');

/** Origin people reach this server at. Known once it listens. */
export const publicUrl = (config: Config): string => config.publicUrl ?? `http://localhost:${config.port}`;
