import { z } from 'zod';

/** A UUID in lower case. Sotto makes UUIDv7 (RFC 9562), so ids sort by the moment they were made. */
export const Id = z.uuid().toLowerCase();
export type Id = z.infer<typeof Id>;

/** ISO 8601 in UTC, for example `2026-11-21T09:30:00.000Z`. */
export const Time = z.iso.datetime();

/** Position of an event in its conversation: 1, 2, 3 … without gaps. 0 means "before the first". */
export const Seq = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Longest message text, in UTF-16 code units. Keeps a worst-case escaped frame under 64 KiB. */
export const MAX_BODY = 10_000;

const visible = /[^\s\p{C}]/u;

/** What somebody wrote: at least one visible character; lone surrogates become U+FFFD, so equal texts stay equal when stored. */
export const MessageBody = z
  .string()
  .max(MAX_BODY)
  .overwrite((text) => text.toWellFormed())
  .refine((text) => visible.test(text), 'must contain something to read');

/** A one-line text a person reads, such as a name. Control characters are refused. */
export const Line = (max: number) =>
  z
    .string()
    .overwrite((text) => text.toWellFormed().trim())
    .min(1)
    .max(max)
    .refine((text) => !/[\p{Cc}\u2028\u2029]/u.test(text), 'must be one line without control characters');

/** A longer text somebody reads, with line breaks. No NUL: databases do not store it. */
export const Text = (max: number) =>
  z
    .string()
    .overwrite((text) => text.toWellFormed().trim())
    .min(1)
    .max(max)
    .refine((text) => !text.includes('\0'), 'must not hold NUL characters');

/** E-mail address as typed, trimmed and in lower case; 254 octets at most (RFC 5321, 4.5.3.1.3). */
export const Email = z
  .string()
  .overwrite((text) => text.trim().toLowerCase())
  .max(254)
  .pipe(z.email());

/** Languages the widget speaks, as BCP 47 tags. */
export const LANGUAGES = ['en', 'de', 'sl', 'zh', 'ar'] as const;
export const Language = z.enum(LANGUAGES);
export type Language = z.infer<typeof Language>;

/** An origin as browsers send it: scheme, host and port, no path. */
export const Origin = z
  .string()
  .max(300)
  .refine((text) => {
    try {
      const url = new URL(text);
      return ['http:', 'https:'].includes(url.protocol) && url.origin === text;
    } catch {
      return false;
    }
  }, 'must be an origin such as https://www.example.com, without a path');

/** Page of a list. `cursor` is opaque: send back `nextCursor` as received. */
export const PageQuery = z.strictObject({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}
