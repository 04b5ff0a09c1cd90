import { z } from 'zod';
import { Email, Id, Line, Time } from './primitives.js';
import { Role, PERMISSIONS } from './permissions.js';

/** 12 to 128 characters, no composition rules (OWASP ASVS 5.0, 6.2). Strength is judged apart. */
export const NewPassword = z.string().min(12).max(128);

/** POST /setup: first account and owner, with the code the terminal printed. */
export const SetupInput = z.strictObject({
  code: z.string().min(1).max(64),
  account: z.strictObject({ name: Line(120) }),
  owner: z.strictObject({ name: Line(120), email: Email, password: NewPassword }),
});
export type SetupInput = z.infer<typeof SetupInput>;

/** GET /setup: whether the first account is still to be made. */
export const SetupState = z.object({ needed: z.boolean() });
export type SetupState = z.infer<typeof SetupState>;

export const LoginInput = z.strictObject({ email: z.string().max(254), password: z.string().max(1_000) });
export type LoginInput = z.infer<typeof LoginInput>;

/** A member as colleagues see them. */
export const MemberView = z.object({ id: Id, name: z.string(), email: z.string(), role: Role });
export type MemberView = z.infer<typeof MemberView>;

/** GET /me, and the answer of /setup and /auth/login. */
export const Me = z.object({
  member: MemberView,
  account: z.object({ id: Id, name: z.string() }),
  permissions: z.array(z.enum(PERMISSIONS)),
  session: z.object({ id: Id, expiresAt: Time }),
});
export type Me = z.infer<typeof Me>;
