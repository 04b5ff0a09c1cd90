import { ApiError } from '@sotto/client';
import { say, whenIn } from './language';

/** What went wrong, and what to do about it. */
export function wordsFor(error: unknown): string {
  if (!(error instanceof ApiError)) return say('wrong');
  if (error.code === 'network' || error.code === 'timeout') return say('unreachable');
  if (error.code === 'rate.limited' && error.retryAfter) return say('limited', { when: whenIn(error.retryAfter) });
  if (error.code === 'proof.required' || error.code === 'rate.limited' || error.code === 'overloaded' || error.code === 'not-ready')
    return say('busy');
  if (error.code === 'origin.refused') return say('unavailable');
  if (error.errors.some(({ path }) => path === 'contact.email')) return say('checkEmail');
  return say(error.code === 'input.invalid' ? 'checkForm' : 'wrong');
}

/** Longest message, in UTF-16 code units: `MAX_BODY` of the protocol. */
export const LONGEST = 10_000;

/** Why a message was not sent. */
export const reasonFor = (code: string | undefined, body: string): string =>
  say(code === 'payload.too-large' || body.length > LONGEST ? 'tooLong' : 'refused');
