/// <reference lib="dom" />
import type {
  ApiTokenView,
  AuditEntryView,
  AuditVerification,
  MailSettings,
  MailSettingsInput,
  MemberPatch,
  MemberView,
  NewApiToken,
  NewApiTokenAnswer,
  NewInvitation,
  OwnershipOffer,
  OwnershipOfferView,
  Page,
  RoleInput,
  RoleView,
  SecuritySettings,
  SecuritySettingsInput,
  SsoSettings,
  SsoSettingsInput,
  AllowedRange,
  TeamInput,
  TeamView,
  TestedAddress,
} from '@sotto/protocol';
import type { Call } from './api.js';
import { uuidv7 } from './ids.js';

/** What the audit log is asked for; `action` may end in a dot and then means all of a group. */
export interface AuditSearch {
  action?: string;
  member?: string;
  from?: string;
  to?: string;
  cursor?: string;
  limit?: number;
}

/** Members, roles, teams and settings of the account. */
export const adminApi = (call: Call) => ({
  invite: (input: NewInvitation) => call<MemberView>('POST', '/members/invitations', { body: input, idempotencyKey: uuidv7() }),
  resendInvitation: (id: string) => call<MemberView>('POST', `/members/${id}/invitation`),
  revokeInvitation: (id: string) => call<void>('DELETE', `/members/${id}/invitation`),
  updateMember: (id: string, patch: MemberPatch) => call<MemberView>('PATCH', `/members/${id}`, { body: patch }),
  removeMember: (id: string) => call<void>('DELETE', `/members/${id}`),
  resetSecondFactor: (id: string) => call<void>('DELETE', `/members/${id}/second-factor`),

  roles: (signal?: AbortSignal) => call<Page<RoleView>>('GET', '/roles', { signal }),
  createRole: (input: RoleInput) => call<RoleView>('POST', '/roles', { body: input, idempotencyKey: uuidv7() }),
  updateRole: (id: string, input: RoleInput) => call<RoleView>('PATCH', `/roles/${id}`, { body: input }),
  removeRole: (id: string) => call<void>('DELETE', `/roles/${id}`),

  teams: (signal?: AbortSignal) => call<Page<TeamView>>('GET', '/teams', { signal }),
  createTeam: (input: TeamInput) => call<TeamView>('POST', '/teams', { body: input, idempotencyKey: uuidv7() }),
  updateTeam: (id: string, input: TeamInput) => call<TeamView>('PATCH', `/teams/${id}`, { body: input }),
  removeTeam: (id: string, moveTo?: string) => call<void>('DELETE', `/teams/${id}`, { query: { moveTo } }),

  security: (signal?: AbortSignal) => call<SecuritySettings>('GET', '/settings/security', { signal }),
  updateSecurity: (input: SecuritySettingsInput) => call<SecuritySettings>('PUT', '/settings/security', { body: input }),
  testAddress: (address: string, ipAllowlist: AllowedRange[]) =>
    call<TestedAddress>('POST', '/settings/security/test-address', { body: { address, ipAllowlist } }),

  offerOwnership: (input: OwnershipOffer) => call<OwnershipOfferView>('POST', '/ownership/offer', { body: input }),

  sso: (signal?: AbortSignal) => call<SsoSettings>('GET', '/settings/sso', { signal }),
  updateSso: (input: SsoSettingsInput) => call<SsoSettings>('PUT', '/settings/sso', { body: input }),
  removeSso: () => call<void>('DELETE', '/settings/sso'),

  mail: (signal?: AbortSignal) => call<MailSettings>('GET', '/settings/mail', { signal }),
  updateMail: (input: MailSettingsInput) => call<MailSettings>('PUT', '/settings/mail', { body: input }),
  removeMail: () => call<MailSettings>('DELETE', '/settings/mail'),
  testMail: () => call<{ ok: true }>('POST', '/settings/mail/test'),

  apiTokens: (signal?: AbortSignal) => call<Page<ApiTokenView>>('GET', '/api-tokens', { signal }),
  createApiToken: (input: NewApiToken) => call<NewApiTokenAnswer>('POST', '/api-tokens', { body: input }),
  revokeApiToken: (id: string) => call<void>('DELETE', `/api-tokens/${id}`),

  audit: (search: AuditSearch, signal?: AbortSignal) => call<Page<AuditEntryView>>('GET', '/audit', { query: { ...search }, signal }),
  /** As CSV, the filter of `audit` without its page. */
  exportAudit: (search: Omit<AuditSearch, 'cursor' | 'limit'>) =>
    call<string>('GET', '/audit/export', { query: { ...search }, text: true }),
  verifyAudit: () => call<AuditVerification>('GET', '/audit/verification'),
});
