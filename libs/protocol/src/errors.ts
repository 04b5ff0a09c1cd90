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
  'auth.second-factor-required': [401, 'Finish signing in with your second factor first'],
  'auth.enrolment-required': [403, 'Set up a second factor first'],
  'auth.code-wrong': [401, 'The code is not right or has been used'],
  'auth.link-invalid': [403, 'This link is not right, has been used or is too old'],
  'auth.sso-failed': [403, 'Signing in through your organisation did not work'],
  'step-up.required': [403, 'Confirm that it is you first'],
  'address.refused': [403, 'This account may not be used from your address'],
  'member.outranks-you': [403, 'This member stands above you'],
  'permission.not-yours': [403, 'You cannot give what you do not have'],
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
  'screening.nothing-to-undo': [409, 'You have no verdict here to take back'],
  'proof.required': [403, 'This page has to do a little work first'],
  'owner.last': [409, 'The account needs an owner'],
  'member.exists': [409, 'Somebody signs in with this address already'],
  'role.in-use': [409, 'Members still have this role'],
  'team.in-use': [409, 'Conversations or inboxes still belong to this team'],
  'name.taken': [409, 'Another one has this name'],
  'allowlist.excludes-you': [409, 'This list would shut you out'],
  'second-factor.needed': [409, 'A second factor is needed here'],
  'policy.changed': [409, 'Somebody published another version meanwhile'],
  'payload.too-large': [413, 'The request is too large'],
  'password.weak': [422, 'The password is too easy to guess'],
  'file.refused': [422, 'This file cannot be used'],
  'outbound.refused': [422, 'This server may not be reached from here'],
  'mail.failed': [502, 'The mail server did not take the message'],
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
