import { z } from 'zod';
import { NewPassword, SecondFactor, SessionStage, TypedPassword } from './accounts.js';
import { Permission } from './permissions.js';
import { Email, Id, Line, Time } from './primitives.js';

/** Six digits of an authenticator app (RFC 6238), or a recovery code; spaces and dashes do not matter. */
export const TypedCode = z
  .string()
  .max(64)
  .overwrite((text) => text.replaceAll(/[\s-]/g, '').toUpperCase())
  .refine((text) => /^(\d{6}|[A-Z2-7]{16})$/.test(text), 'must be six digits, or a recovery code of 16 letters and digits');

/** POST /auth/second-factor */
export const SecondFactorInput = z.strictObject({ code: TypedCode });
export type SecondFactorInput = z.input<typeof SecondFactorInput>;

/** An answer of the browser's WebAuthn interface, as JSON; checked by the library. */
export const WebAuthnAnswer = z.looseObject({
  id: z.string().max(1_400),
  rawId: z.string().max(1_400),
  type: z.literal('public-key'),
  response: z.record(z.string().max(64), z.unknown()),
  clientExtensionResults: z.record(z.string().max(64), z.unknown()),
});
/** POST /auth/second-factor/passkey */
export const PasskeyAnswer = z.strictObject({ response: WebAuthnAnswer });
/** What the browser's WebAuthn interface is to be asked. */
export const WebAuthnOptions = z.record(z.string(), z.unknown());

/** GET /auth/state: how far this browser's sign-in has come, and with what it can go on. */
export const SignInState = z.object({ stage: SessionStage.nullable(), secondFactor: z.array(SecondFactor) });
export type SignInState = z.infer<typeof SignInState>;

/** GET /auth/methods: ways to sign in besides the password. */
export const SignInMethods = z.object({ sso: z.array(z.object({ accountId: Id, name: z.string() })) });
export type SignInMethods = z.infer<typeof SignInMethods>;

/**
 * POST /auth/step-up: proves again who is there, good for 10 minutes. A code of the second factor; the password only for
 * somebody who has none.
 */
export const StepUpInput = z.union([z.strictObject({ code: TypedCode }), z.strictObject({ password: TypedPassword })]);
export type StepUpInput = z.input<typeof StepUpInput>;
export const StepUpState = z.object({ until: Time.nullable(), methods: z.array(z.enum(['totp', 'passkey', 'recovery', 'password'])) });
export type StepUpState = z.infer<typeof StepUpState>;

/** GET /second-factor: what this member has. */
export const SecondFactorState = z.object({
  totp: z.boolean(),
  recoveryCodesLeft: z.number().int(),
  passkeys: z.array(z.object({ id: Id, name: z.string(), createdAt: Time, lastUsedAt: Time.nullable() })),
});
export type SecondFactorState = z.infer<typeof SecondFactorState>;

/** POST /second-factor/totp: a new secret, not in force until confirmed. `uri` is for the QR code. */
export const TotpEnrolment = z.object({ secret: z.string(), uri: z.string() });
export type TotpEnrolment = z.infer<typeof TotpEnrolment>;
/** POST /second-factor/totp/confirm */
export const TotpConfirm = z.strictObject({ code: TypedCode });
/** Ten codes, shown this once. Null where codes exist already. */
export const RecoveryCodes = z.object({ recoveryCodes: z.array(z.string()).nullable() });
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;
/** POST /second-factor/passkeys */
export const NewPasskey = z.strictObject({ name: Line(60), response: WebAuthnAnswer });

/** POST /auth/password-reset: always answered alike. */
export const PasswordResetRequest = z.strictObject({ email: z.string().max(254) });
/** POST /auth/password-reset/confirm */
export const PasswordResetConfirm = z.strictObject({ token: z.string().min(1).max(200), password: NewPassword });
/** POST /me/password */
export const PasswordChange = z.strictObject({ current: TypedPassword, password: NewPassword });
export type PasswordChange = z.infer<typeof PasswordChange>;

/** One signed-in browser, in GET /sessions. */
export const SessionView = z.object({
  id: Id,
  current: z.boolean(),
  /** Such as "Firefox on Linux". */
  device: z.string(),
  address: z.string(),
  createdAt: Time,
  lastUsedAt: Time,
  expiresAt: Time,
  remembered: z.boolean(),
});
export type SessionView = z.infer<typeof SessionView>;

/** One line of GET /me/sign-ins: kept 90 days, for the member to look through. */
export const SignInView = z.object({
  at: Time,
  device: z.string(),
  address: z.string(),
  outcome: z.enum(['signed-in', 'code-wrong', 'password-wrong', 'address-refused']),
});
export type SignInView = z.infer<typeof SignInView>;

/** An exact address, a wildcard (10.1.*.*), a range (10.0.0.5-10.0.0.20) or a network (10.0.0.0/8, 2001:db8::/32). */
export const AllowedRange = z.strictObject({ range: z.string().min(1).max(100), label: z.string().max(80).default('') });
export type AllowedRange = z.infer<typeof AllowedRange>;

/** GET /settings/security. An empty list lets everybody in. */
export const SecuritySettings = z.object({
  requireTwoFactor: z.boolean(),
  ipAllowlist: z.array(AllowedRange),
  /** The address this request came from. */
  yourAddress: z.string(),
});
export type SecuritySettings = z.infer<typeof SecuritySettings>;
/** PUT /settings/security. To shut oneself out takes an owner, `confirmLockOut` and the account's name typed. */
export const SecuritySettingsInput = z.strictObject({
  requireTwoFactor: z.boolean(),
  ipAllowlist: z.array(AllowedRange).max(200),
  confirmLockOut: z.boolean().optional(),
  confirmation: z.string().max(200).optional(),
});
export type SecuritySettingsInput = z.input<typeof SecuritySettingsInput>;
/** POST /settings/security/test-address: against the list given, or the saved one. */
export const TestAddress = z.strictObject({ address: z.string().max(100), ipAllowlist: z.array(AllowedRange).max(200).optional() });
export const TestedAddress = z.object({ inside: z.boolean(), range: z.string().nullable() });
export type TestedAddress = z.infer<typeof TestedAddress>;

/** GET /settings/sso: signing in through the organisation's own identity provider (OpenID Connect). */
export const SsoSettings = z.object({
  enabled: z.boolean(),
  name: z.string(),
  issuer: z.string(),
  clientId: z.string(),
  hasSecret: z.boolean(),
  /** To be registered with the provider. */
  redirectUri: z.string(),
});
export type SsoSettings = z.infer<typeof SsoSettings>;
/** PUT /settings/sso. Without `clientSecret` the stored one stays. */
export const SsoSettingsInput = z.strictObject({
  enabled: z.boolean(),
  name: Line(60),
  issuer: z.url({ protocol: /^https?$/ }).max(500),
  clientId: Line(200),
  clientSecret: z.string().min(1).max(500).optional(),
});
export type SsoSettingsInput = z.infer<typeof SsoSettingsInput>;

/** GET /api-tokens */
export const ApiTokenView = z.object({
  id: Id,
  name: z.string(),
  memberId: Id,
  scopes: z.array(Permission),
  ipAllowlist: z.array(z.string()),
  createdAt: Time,
  expiresAt: Time,
  lastUsedAt: Time.nullable(),
  /** The last characters, to recognise it by. */
  hint: z.string(),
});
export type ApiTokenView = z.infer<typeof ApiTokenView>;
/** POST /api-tokens. Good for a year at most. */
export const NewApiToken = z.strictObject({
  name: Line(80),
  scopes: z.array(Permission).min(1).max(50),
  expiresInDays: z.number().int().min(1).max(366).default(90),
  ipAllowlist: z.array(z.string().min(1).max(100)).max(50).default([]),
});
export type NewApiToken = z.input<typeof NewApiToken>;
/** The token itself, shown this once. */
export const NewApiTokenAnswer = ApiTokenView.extend({ token: z.string() });
export type NewApiTokenAnswer = z.infer<typeof NewApiTokenAnswer>;

export const EmailChange = z.strictObject({ email: Email });
