import { z } from 'zod';
import { Email, Id, Line, Time } from './primitives.js';
import { Permission, Role } from './permissions.js';

/** 12 to 128 characters, no composition rules (OWASP ASVS 5.0, 6.2). Strength is judged apart. */
export const NewPassword = z.string().min(12).max(128);
/** A password as somebody types it to prove who they are: of any shape. */
export const TypedPassword = z.string().max(1_000);

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

/** `remember`: stay signed in for 30 days in this browser. A choice, off unless made. */
export const LoginInput = z.strictObject({ email: z.string().max(254), password: TypedPassword, remember: z.boolean().default(false) });
export type LoginInput = z.input<typeof LoginInput>;

/** Languages of the panel and of mails to members. */
export const PanelLanguage = z.enum(['en', 'de']);
export type PanelLanguage = z.infer<typeof PanelLanguage>;

/** `invited`: has not accepted yet. `disabled`: may not sign in. */
export const MemberStatus = z.enum(['invited', 'active', 'disabled']);
export type MemberStatus = z.infer<typeof MemberStatus>;

/** A member as colleagues see them. */
export const MemberView = z.object({
  id: Id,
  name: z.string(),
  email: z.string(),
  role: Role,
  /** A custom role; its members stand where agents stand. */
  customRole: z.object({ id: Id, name: z.string() }).nullable(),
  status: MemberStatus,
  twoFactor: z.boolean(),
  /** Address of the picture below /api/v1, or null. */
  avatar: z.string().nullable(),
  teamIds: z.array(Id),
  createdAt: Time,
});
export type MemberView = z.infer<typeof MemberView>;

/** Second factors somebody can answer with. */
export const SecondFactor = z.enum(['totp', 'passkey', 'recovery']);
export type SecondFactor = z.infer<typeof SecondFactor>;

/** How far a sign-in has come. `full`: all the way; the others may do nothing but finish. */
export const SessionStage = z.enum(['full', 'second-factor', 'enrolment']);
export type SessionStage = z.infer<typeof SessionStage>;

/** GET /me, and the answer of whatever ends in being signed in. */
export const Me = z.object({
  member: MemberView,
  language: PanelLanguage.nullable(),
  account: z.object({ id: Id, name: z.string() }),
  permissions: z.array(Permission),
  session: z.object({ id: Id, expiresAt: Time }),
  twoFactor: z.object({
    /** Whether this account or role demands it. */
    required: z.boolean(),
    enrolled: z.boolean(),
    /** Until when a new owner may work without; null when nothing is owed or nothing is left. */
    graceUntil: Time.nullable(),
  }),
  /** Somebody offers the ownership of the account to this member. */
  ownershipOffer: z.object({ from: z.string(), expiresAt: Time }).nullable(),
});
export type Me = z.infer<typeof Me>;

/** The first half of a sign-in: the password was right, a second factor is asked for. */
export const SecondFactorAsked = z.object({ secondFactor: z.array(SecondFactor) });
/** The account demands a second factor and this member has none: only enrolling is possible now. */
export const EnrolmentAsked = z.object({ enrolment: z.literal(true) });
/** Answer of /auth/login and of every other first factor. */
export const LoginAnswer = z.union([Me, SecondFactorAsked, EnrolmentAsked]);
export type LoginAnswer = z.infer<typeof LoginAnswer>;
