import { z } from 'zod';

/**
 * Every error code Sotto answers with, its HTTP status and its title. Codes are stable: programs
 * may depend on them. Sockets answer the same codes in `{ ok: false, error: { code, message } }`.
 */
export const ERRORS = {
  'input.invalid': [400, 'The request has a field that is missing or wrong'],
  'input.malformed': [400, 'The request could not be read'],
  'auth.required': [401, 'Sign in first'],
  'auth.failed': [401, 'E-mail or password is not right'],
  'setup.code-invalid': [403, 'The set-up code is not right or has been used'],
  'origin.refused': [403, 'This page may not make this request'],
  'permission.denied': [403, 'Your role does not allow this'],
  'consent.required': [403, 'Consent to the current policy is needed first'],
  'consent.stale': [403, 'The policy has changed; consent to the new version is needed'],
  'not-found': [404, 'Nothing was found here'],
  'message.id-reused': [409, 'This clientMessageId was used for another message'],
  'conversation.id-reused': [409, 'This clientConversationId was used for another conversation'],
  'request.key-reused': [409, 'This Idempotency-Key was used for another request'],
  'conversation.status-refused': [409, 'The conversation cannot go from its status to that one'],
  'policy.changed': [409, 'Somebody published another version meanwhile'],
  'payload.too-large': [413, 'The request is too large'],
  'password.weak': [422, 'The password is too easy to guess'],
  'event.unknown': [404, 'There is no such event'],
  'rate.limited': [429, 'Too many requests; try again later'],
  overloaded: [503, 'The server is busy; try again in a moment'],
  'not-ready': [503, 'A part of the server is not ready'],
  internal: [500, 'Something went wrong on the server'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ErrorCode = keyof typeof ERRORS;

/** One wrong field of a request. `path` is dotted, for example `contact.email`; empty for the whole. */
export const FieldError = z.object({ path: z.string(), message: z.string() });
export type FieldError = z.infer<typeof FieldError>;

/** RFC 9457 problem details. `retryAfter` in seconds where waiting helps. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(FieldError).optional(),
  retryAfter: z.number().optional(),
});
export type Problem = z.infer<typeof Problem>;

/** The error half of a socket acknowledgement. */
export interface AckError {
  ok: false;
  error: { code: ErrorCode; message: string; errors?: FieldError[]; retryAfter?: number };
}
/** What every socket call is answered with. */
export type Ack<T extends object> = ({ ok: true } & T) | AckError;
