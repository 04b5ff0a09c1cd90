import { z } from 'zod';
import { Email, Id, Language, Line, Origin, Text, Time } from './primitives.js';

/** Texts a visitor reads, the owner's own words. What is missing is filled from the widget's language file. */
export const InboxTexts = z.strictObject({
  title: Line(60).optional(),
  greeting: Line(300).optional(),
  consent: Line(500).optional(),
});
export type InboxTexts = z.infer<typeof InboxTexts>;

const Colour = z.string().regex(/^#[0-9a-f]{6}$/, 'must be a colour such as #4f46e5');

const inboxFields = {
  name: Line(80),
  /** Pages the widget may run on. The server's own address is always allowed, for the try-it page. */
  allowedOrigins: z.array(Origin).max(50),
  colour: Colour,
  texts: z.partialRecord(Language, InboxTexts),
  /** Where somebody who declines consent can write instead. Public. */
  fallbackEmail: Email.nullable(),
  /** The team its new conversations belong to; null: everybody's. */
  teamId: Id.nullable(),
};

export const NewInbox = z.strictObject({
  name: inboxFields.name,
  allowedOrigins: inboxFields.allowedOrigins.default([]),
  colour: Colour.default('#4f46e5'),
  texts: inboxFields.texts.default({}),
  fallbackEmail: inboxFields.fallbackEmail.default(null),
  teamId: inboxFields.teamId.default(null),
});
export type NewInbox = z.infer<typeof NewInbox>;

export const InboxPatch = z
  .strictObject(inboxFields)
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, 'must change something');
export type InboxPatch = z.infer<typeof InboxPatch>;

/** When and on which page's origin the loader was last asked for. Origins only, never an address or a path. */
export const Sighting = z.object({ at: Time, origin: z.string() });
export type Sighting = z.infer<typeof Sighting>;

export const InboxView = z.object({
  id: Id,
  channel: z.literal('web'),
  key: z.string(),
  name: z.string(),
  allowedOrigins: z.array(z.string()),
  colour: z.string(),
  texts: z.partialRecord(Language, InboxTexts),
  fallbackEmail: z.string().nullable(),
  teamId: Id.nullable(),
  policyId: Id,
  policyVersion: z.number().int(),
  /** The line to paste into a page. */
  snippet: z.string(),
  /** Address of a page of this server with the widget on it. */
  tryItUrl: z.string(),
  seen: Sighting.nullable(),
  /** Last page outside `allowedOrigins` that asked for the widget: a hint what to add. */
  refused: Sighting.nullable(),
  createdAt: Time,
});
export type InboxView = z.infer<typeof InboxView>;

/** One thing consent is asked for. Required ones must be agreed to before a chat. */
export const Purpose = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be a short name such as support'),
  required: z.boolean(),
  label: Line(200),
});
export type Purpose = z.infer<typeof Purpose>;

/** POST /policies/:id/versions. `basedOn` is the version the writer saw: 409 if another came in between. */
export const NewPolicyVersion = z.strictObject({
  basedOn: z.number().int().min(1),
  texts: z.partialRecord(Language, Text(50_000)).refine((texts) => Object.keys(texts).length > 0, 'must have at least one language'),
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .refine((url) => !/[\p{C}\s]/u.test(url), 'must not hold spaces or control characters')
    .nullable(),
  purposes: z
    .array(Purpose)
    .min(1)
    .max(20)
    .refine((list) => list.some((purpose) => purpose.required), 'must have at least one required purpose')
    .refine((list) => new Set(list.map((purpose) => purpose.id)).size === list.length, 'must not name a purpose twice'),
});
export type NewPolicyVersion = z.infer<typeof NewPolicyVersion>;

export const PolicyVersionView = z.object({
  version: z.number().int(),
  texts: z.partialRecord(Language, z.string()),
  url: z.string().nullable(),
  purposes: z.array(Purpose),
  /** SHA-256 over what the visitor was shown, in hex; receipts carry it. */
  noticeHash: z.string(),
  publishedAt: Time,
});
export type PolicyVersionView = z.infer<typeof PolicyVersionView>;

/** Versions newest first. */
export const PolicyView = z.object({ id: Id, name: z.string(), currentVersion: z.number().int(), versions: z.array(PolicyVersionView) });
export type PolicyView = z.infer<typeof PolicyView>;
