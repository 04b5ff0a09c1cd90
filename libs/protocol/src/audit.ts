import { z } from 'zod';
import { Id, PageQuery, Time } from './primitives.js';

/** Every act the audit log keeps. */
export const AUDIT_ACTIONS = [
  'account.created',
  'auth.logged-in',
  'auth.failed',
  'auth.code-wrong',
  'auth.address-refused',
  'auth.logged-out',
  'auth.sessions-ended',
  'auth.stepped-up',
  'auth.password-changed',
  'auth.password-reset-asked',
  'auth.password-reset',
  'auth.sso-linked',
  'auth.new-device',
  'second-factor.enabled',
  'second-factor.disabled',
  'second-factor.reset',
  'second-factor.recovery-used',
  'second-factor.recovery-renewed',
  'second-factor.passkey-added',
  'second-factor.passkey-removed',
  'security.changed',
  'security.allowlist-emptied',
  'sso.changed',
  'mail.changed',
  'member.invited',
  'member.joined',
  'member.invitation-revoked',
  'member.role-changed',
  'member.disabled',
  'member.enabled',
  'member.removed',
  'member.email-changed',
  'member.profile-changed',
  'role.created',
  'role.changed',
  'role.removed',
  'team.created',
  'team.changed',
  'team.removed',
  'ownership.offered',
  'ownership.withdrawn',
  'ownership.accepted',
  'token.created',
  'token.revoked',
  'inbox.created',
  'inbox.changed',
  'policy.published',
  'contact.changed',
  'consent.given',
  'consent.withdrawn',
  'audit.exported',
  'screening.threshold-changed',
  'screening.blocked',
  'screening.unblocked',
  'screening.lesson-accepted',
  'screening.rolled-back',
] as const;
export const AuditAction = z.enum(AUDIT_ACTIONS);
export type AuditAction = z.infer<typeof AuditAction>;

export const AuditActor = z.object({
  kind: z.enum(['member', 'token', 'visitor', 'system', 'operator']),
  id: Id.nullable(),
  /** Null when the person is erased. */
  name: z.string().nullable(),
});

/** One act. `data` holds ids, codes and numbers, never a name or an address. */
export const AuditEntryView = z.object({
  seq: z.number().int(),
  at: Time,
  action: AuditAction,
  actor: AuditActor,
  target: z.object({ kind: z.string(), id: Id, name: z.string().nullable() }).nullable(),
  /** Where from; null when unknown or erased. */
  address: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
});
export type AuditEntryView = z.infer<typeof AuditEntryView>;

/** GET /audit, newest first; also the filter of the export. `action` may end in a dot: `auth.` means all of them. */
export const AuditFilter = z.strictObject({
  action: z
    .string()
    .max(60)
    .regex(/^[a-z-]+\.[a-z-]*$/)
    .optional(),
  member: Id.optional(),
  from: Time.optional(),
  to: Time.optional(),
});
export type AuditFilter = z.infer<typeof AuditFilter>;
export const AuditQuery = PageQuery.extend(AuditFilter.shape);
export type AuditQuery = z.infer<typeof AuditQuery>;

/** GET /audit/verification: whether the chain holds, and where it breaks. */
export const AuditVerification = z.object({
  ok: z.boolean(),
  entries: z.number().int(),
  /** Digest of the newest entry: note it down elsewhere, and a cut-off end shows. */
  head: z.string(),
  problems: z.array(z.object({ seq: z.number().int(), problem: z.enum(['changed', 'missing', 'unexpected', 'head-wrong']) })),
});
export type AuditVerification = z.infer<typeof AuditVerification>;
