import { resolve } from 'node:path';
import { z } from 'zod';
import { namesProxies } from './http/trusted-proxies.js';

const count = (fallback: number, min = 1) => z.coerce.number().int().min(min).default(fallback);

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
  SOTTO_TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .refine(namesProxies, 'must be how many proxies stand in front (0 to 10), or their addresses and networks, separated by commas'),
  SOTTO_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  SOTTO_VISITOR_MESSAGES_PER_MINUTE: count(60),
  SOTTO_VISITOR_SESSIONS_PER_MINUTE: count(20),
  SOTTO_LOGIN_ATTEMPTS_PER_MINUTE: count(10),
  SOTTO_MEMBER_CALLS_PER_MINUTE: count(1200),
  SOTTO_OVERDUE_SECONDS: count(300),
  /** How long a new owner may work before a second factor is demanded. */
  SOTTO_SETUP_GRACE_HOURS: count(24, 0),
});

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
  logLevel: string;
  limits: { visitorMessages: number; visitorSessions: number; loginAttempts: number; memberCalls: number };
  overdueSeconds: number;
  setupGraceHours: number;
}

export class ConfigError extends Error {}

/** Reads the settings. Throws `ConfigError` with one line per wrong setting. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([name, value]) => name.startsWith('SOTTO_') && value !== ''));
  const parsed = Environment.safeParse(present);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`Some settings are wrong.\n${lines.join('\n')}`);
  }
  const e = parsed.data;
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
    logLevel: e.SOTTO_LOG_LEVEL,
    limits: {
      visitorMessages: e.SOTTO_VISITOR_MESSAGES_PER_MINUTE,
      visitorSessions: e.SOTTO_VISITOR_SESSIONS_PER_MINUTE,
      loginAttempts: e.SOTTO_LOGIN_ATTEMPTS_PER_MINUTE,
      memberCalls: e.SOTTO_MEMBER_CALLS_PER_MINUTE,
    },
    overdueSeconds: e.SOTTO_OVERDUE_SECONDS,
    setupGraceHours: e.SOTTO_SETUP_GRACE_HOURS,
  };
}

/** Injection token of the settings. */
export const CONFIG = Symbol('config');

/** Origin people reach this server at. Known once it listens. */
export const publicUrl = (config: Config): string => config.publicUrl ?? `http://localhost:${config.port}`;
