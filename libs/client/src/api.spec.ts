import { describe, expect, it } from '@jest/globals';
import { createCall } from './api.js';

const answering = (status: number, body: string, seen: Request[] = []) =>
  createCall({
    base: 'http://desk.example/api/v1',
    token: () => 'secret',
    fetch: async (url, init) => {
      seen.push(new Request(url as string, init));
      return new Response(status === 204 ? null : body, { status });
    },
  });

describe('calls', () => {
  it('carry token, query and body', async () => {
    const seen: Request[] = [];
    await expect(
      answering(200, '{"ok":1}', seen)('POST', '/x', { query: { q: 'a b', none: undefined }, body: { a: 1 }, idempotencyKey: 'k' }),
    ).resolves.toEqual({ ok: 1 });
    expect(seen[0]!.url).toBe('http://desk.example/api/v1/x?q=a+b');
    expect(seen[0]!.headers.get('authorization')).toBe('Bearer secret');
    expect(seen[0]!.headers.get('idempotency-key')).toBe('k');
    await expect(seen[0]!.json()).resolves.toEqual({ a: 1 });
  });

  it('make errors of problem documents and of anything else that is not an answer', async () => {
    const problem = { code: 'rate.limited', detail: 'Wait', status: 429, retryAfter: 7, errors: [{ path: 'a', message: 'wrong' }] };
    await expect(answering(429, JSON.stringify(problem))('GET', '/x')).rejects.toMatchObject(problem);
    await expect(answering(502, '<html>')('GET', '/x')).rejects.toMatchObject({ code: 'internal', status: 502 });
    await expect(answering(204, '')('POST', '/x')).resolves.toBeUndefined();
  });

  it('tell no answer, a late answer and a stopped call apart', async () => {
    const never: typeof fetch = (_url, init) =>
      new Promise((_, reject) => init!.signal!.addEventListener('abort', () => reject(new Error('aborted'))));
    await expect(createCall({ fetch: async () => Promise.reject(new TypeError('no network')) })('GET', '/x')).rejects.toMatchObject({
      code: 'network',
    });
    await expect(createCall({ fetch: never, timeout: 1 })('GET', '/x')).rejects.toMatchObject({ code: 'timeout' });
    const stopping = new AbortController();
    const call = createCall({ fetch: never })('GET', '/x', { signal: stopping.signal });
    stopping.abort(new Error('left the page'));
    await expect(call).rejects.toThrow('left the page');
  });
});
