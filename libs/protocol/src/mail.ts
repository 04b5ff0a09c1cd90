import { z } from 'zod';
import { Email, Line } from './primitives.js';

/** A mail server's commands are lines: what is sent in one must not start another. */
const Credential = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !/\p{Cc}/u.test(text), 'must not hold control characters');

const server = {
  host: z
    .string()
    .min(1)
    .max(253)
    .regex(/^[A-Za-z0-9.:-]+$/, 'must be a host name or an address'),
  port: z.number().int().min(1).max(65_535),
  /** `tls` from the first byte (465), `starttls` after a greeting (587). There is no third way. */
  security: z.enum(['tls', 'starttls']),
  user: Credential(254),
  fromName: Line(120),
  fromAddress: Email,
};

/** GET /settings/mail. `source` says whose server sends at the moment. */
export const MailSettings = z.object({
  source: z.enum(['account', 'installation', 'mailbox']),
  server: z.object({ ...server, hasPassword: z.boolean() }).nullable(),
});
export type MailSettings = z.infer<typeof MailSettings>;
/** PUT /settings/mail. Without `password` the stored one stays. */
export const MailSettingsInput = z.strictObject({ ...server, password: Credential(500).optional() });
export type MailSettingsInput = z.infer<typeof MailSettingsInput>;
export const MailTest = z.object({ ok: z.literal(true) });
