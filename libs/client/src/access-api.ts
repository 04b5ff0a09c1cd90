/// <reference lib="dom" />
import type {
  InvitationAccept,
  InvitationView,
  LoginAnswer,
  LoginInput,
  Me,
  MemberView,
  OwnershipOfferView,
  PasswordChange,
  ProfilePatch,
  RecoveryCodes,
  SecondFactorState,
  SessionView,
  SignInMethods,
  SignInState,
  SignInView,
  StepUpInput,
  StepUpState,
  TotpEnrolment,
} from '@sotto/protocol';
import type { Call } from './api.js';

/** What the browser's WebAuthn interface is asked, and what it answers, as JSON; only that interface looks inside. */
type ForAuthenticator = Record<string, unknown>;
type FromAuthenticator = object;

/** Signing in, second factors, and what a member does about themselves. */
export const accessApi = (call: Call) => ({
  signInMethods: (signal?: AbortSignal) => call<SignInMethods>('GET', '/auth/methods', { signal }),
  signInState: (signal?: AbortSignal) => call<SignInState>('GET', '/auth/state', { signal }),
  login: (input: LoginInput) => call<LoginAnswer>('POST', '/auth/login', { body: input }),
  logout: () => call<void>('POST', '/auth/logout'),
  answerSecondFactor: (code: string) => call<LoginAnswer>('POST', '/auth/second-factor', { body: { code } }),
  askPasskeyToSignIn: () => call<ForAuthenticator>('POST', '/auth/second-factor/passkey/options'),
  signInWithPasskey: (response: FromAuthenticator) => call<LoginAnswer>('POST', '/auth/second-factor/passkey', { body: { response } }),
  requestPasswordReset: (email: string) => call<void>('POST', '/auth/password-reset', { body: { email } }),
  resetPassword: (token: string, password: string) => call<void>('POST', '/auth/password-reset/confirm', { body: { token, password } }),
  invitation: (token: string) => call<InvitationView>('POST', '/auth/invitation', { body: { token } }),
  acceptInvitation: (input: InvitationAccept) => call<LoginAnswer>('POST', '/auth/invitation/accept', { body: input }),

  stepUpState: (signal?: AbortSignal) => call<StepUpState>('GET', '/auth/step-up', { signal }),
  stepUp: (input: StepUpInput) => call<StepUpState>('POST', '/auth/step-up', { body: input }),
  askPasskeyToStepUp: () => call<ForAuthenticator>('POST', '/auth/step-up/passkey/options'),
  stepUpWithPasskey: (response: FromAuthenticator) => call<StepUpState>('POST', '/auth/step-up/passkey', { body: { response } }),

  secondFactor: (signal?: AbortSignal) => call<SecondFactorState>('GET', '/second-factor', { signal }),
  beginTotp: () => call<TotpEnrolment>('POST', '/second-factor/totp'),
  confirmTotp: (code: string) => call<RecoveryCodes>('POST', '/second-factor/totp/confirm', { body: { code } }),
  removeTotp: () => call<void>('DELETE', '/second-factor/totp'),
  renewRecoveryCodes: () => call<RecoveryCodes>('POST', '/second-factor/recovery-codes'),
  beginPasskey: () => call<ForAuthenticator>('POST', '/second-factor/passkeys/options'),
  addPasskey: (name: string, response: FromAuthenticator) =>
    call<RecoveryCodes>('POST', '/second-factor/passkeys', { body: { name, response } }),
  removePasskey: (id: string) => call<void>('DELETE', `/second-factor/passkeys/${id}`),

  me: (signal?: AbortSignal) => call<Me>('GET', '/me', { signal }),
  updateProfile: (patch: ProfilePatch) => call<MemberView>('PATCH', '/me', { body: patch }),
  setAvatar: (picture: Blob) => call<MemberView>('PUT', '/me/avatar', { body: picture }),
  removeAvatar: () => call<MemberView>('DELETE', '/me/avatar'),
  changePassword: (change: PasswordChange) => call<Me>('POST', '/me/password', { body: change }),
  sessions: (signal?: AbortSignal) => call<{ items: SessionView[] }>('GET', '/sessions', { signal }),
  endSession: (id: string) => call<void>('DELETE', `/sessions/${id}`),
  endOtherSessions: () => call<void>('DELETE', '/sessions'),
  signIns: (signal?: AbortSignal) => call<{ items: SignInView[] }>('GET', '/me/sign-ins', { signal }),
  ownershipOffer: (signal?: AbortSignal) => call<OwnershipOfferView>('GET', '/ownership/offer', { signal }),
  acceptOwnership: (code: string) => call<Me>('POST', '/ownership/accept', { body: { code } }),
  declineOwnership: () => call<void>('DELETE', '/ownership/offer'),
});
