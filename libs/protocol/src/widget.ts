import { z } from 'zod';
import { Email, Id, Language, Line, Time } from './primitives.js';
import { InboxTexts, Purpose } from './inboxes.js';

/** The public name of an inbox, as it stands in the snippet. */
export const InboxKey = z.string().regex(/^[\w-]{1,64}$/, 'must be the key of an inbox');
export type InboxKey = z.infer<typeof InboxKey>;

/**
 * When this page was asked for, signed: says nothing of who asked. `difficulty` above 0 while the inbox is under attack: then
 * `nonce` must be a text with which the SHA-256 of `ticket.nonce` begins with so many zero bits. Good for ten minutes, once.
 */
export const WidgetTicket = z.object({ ticket: z.string(), difficulty: z.number().int() });
export type WidgetTicket = z.infer<typeof WidgetTicket>;

/** GET /widget/v1/inboxes/:key?language= : what the widget shows before anything is known of the visitor. */
export const WidgetConfig = z.object({
  key: z.string(),
  accountName: z.string(),
  colour: z.string(),
  language: Language,
  languages: z.array(Language),
  texts: InboxTexts,
  fallbackEmail: z.string().nullable(),
  ticket: WidgetTicket,
  policy: z.object({
    id: Id,
    version: z.number().int(),
    language: Language,
    text: z.string(),
    url: z.string().nullable(),
    purposes: z.array(Purpose),
  }),
});
export type WidgetConfig = z.infer<typeof WidgetConfig>;

export const WidgetConfigQuery = z.strictObject({ language: z.string().max(35).optional() });

/**
 * POST /widget/v1/sessions: the consent receipt and the visitor's token, in one transaction. Sent with
 * `Authorization: Bearer` of an earlier token it renews consent for the same contact.
 */
export const NewVisitorSession = z.strictObject({
  inboxKey: InboxKey,
  consent: z.strictObject({
    policyId: Id,
    policyVersion: z.number().int().min(1),
    purposes: z.array(z.string().max(40)).max(20),
    language: Language.optional(),
  }),
  contact: z.strictObject({ name: Line(120).optional(), email: Email.optional() }).optional(),
  /** As it came with the inbox, and the work it asked for. */
  ticket: z.string().max(200).optional(),
  nonce: z.string().max(40).optional(),
  /** A field no person sees. Whoever fills it in is a program. */
  website: z.string().max(300).optional(),
});
export type NewVisitorSession = z.infer<typeof NewVisitorSession>;

export const ConsentReceiptView = z.object({
  id: Id,
  policyId: Id,
  policyVersion: z.number().int(),
  noticeHash: z.string(),
  language: Language,
  purposes: z.array(z.string()),
  event: z.enum(['given', 'withdrawn']),
  at: Time,
});
export type ConsentReceiptView = z.infer<typeof ConsentReceiptView>;

export const VisitorSessionView = z.object({ token: z.string(), contactId: Id, expiresAt: Time, receipt: ConsentReceiptView });
export type VisitorSessionView = z.infer<typeof VisitorSessionView>;
