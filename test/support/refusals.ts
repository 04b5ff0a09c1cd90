import { expect } from '@jest/globals';
import type { Response } from 'supertest';
import { contentOf } from './content.js';
import type { Desk } from './desk.js';

/** Status and code of an answer, such as `404 not-found`. */
export const outcome = (answer: Response): string => `${answer.status} ${(answer.body as { code?: string }).code ?? ''}`.trim();

/** Fails unless a call is refused like this and changes nothing. Mails of earlier calls may leave meanwhile. */
export async function isRefused(desk: Desk, call: () => Promise<Response>, expected: string): Promise<void> {
  const content = async () => ({ ...(await contentOf(desk)), 'public.mail_outbox': '' });
  const before = await content();
  expect(outcome(await call())).toBe(expected);
  expect(await content()).toEqual(before);
}
