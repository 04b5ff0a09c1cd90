/// <reference lib="dom" />
import type { Problem } from '@sotto/protocol';
import { ApiError } from './errors.js';

export interface ApiOptions {
  /** What comes before every path, for example `/api/v1`. */
  base?: string;
  /** Visitors and programs. Without it the session cookie is sent. */
  token?: () => string | null | undefined;
  /** Milliseconds until a call is given up. */
  timeout?: number;
  fetch?: typeof fetch;
}

export interface CallOptions {
  query?: Record<string, string | number | undefined>;
  /** Sent as JSON; a Blob as it is, under its own type. */
  body?: unknown;
  signal?: AbortSignal;
  idempotencyKey?: string;
  /** The answer is text to keep as it is, not JSON. */
  text?: boolean;
}

export type Call = <T>(method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, options?: CallOptions) => Promise<T>;

/** A typed fetch. Throws ApiError; an aborted call throws the signal's own reason. */
export function createCall({ base = '', token, timeout = 15_000, fetch: send = (...args) => fetch(...args) }: ApiOptions = {}): Call {
  return async <T>(method: string, path: string, { query, body, signal, idempotencyKey, text: asText }: CallOptions = {}): Promise<T> => {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(name, String(value));
    const headers: Record<string, string> = { accept: 'application/json' };
    const raw = body instanceof Blob;
    if (body !== undefined) headers['content-type'] = raw ? body.type : 'application/json';
    if (idempotencyKey) headers['idempotency-key'] = idempotencyKey;
    const bearer = token?.();
    if (bearer) headers['authorization'] = `Bearer ${bearer}`;

    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeout);
    const stop = () => limit.abort();
    signal?.addEventListener('abort', stop);
    try {
      signal?.throwIfAborted();
      const answer = await send(base + path + (search.size ? `?${search}` : ''), {
        method,
        headers,
        body: raw || body === undefined ? body : JSON.stringify(body),
        credentials: token ? 'omit' : 'same-origin',
        signal: limit.signal,
      });
      const text = await answer.text();
      if (!answer.ok) throw ApiError.fromProblem(parsed<Problem>(text) ?? {}, answer.status);
      return (asText ? text : parsed<T>(text)) as T;
    } catch (error) {
      if (error instanceof ApiError) throw error;
      signal?.throwIfAborted();
      throw limit.signal.aborted
        ? new ApiError('timeout', 'The server did not answer in time')
        : new ApiError('network', 'The server could not be reached');
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  };
}

function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    // A proxy's own error page is not JSON; the status says enough.
    return undefined;
  }
}
