import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
  WebAuthnError,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import type { TFunction } from 'i18next';

type Options = Record<string, unknown>;

/** Browsers offer passkeys over https and on localhost only. */
export const passkeysWork = browserSupportsWebAuthn();

/** Asks the browser to make a passkey, and the person to allow it. */
export const makePasskey = (options: Options) =>
  startRegistration({ optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON });

/** Asks the browser to answer with a passkey. */
export const answerWithPasskey = (options: Options) =>
  startAuthentication({ optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON });

/** What the browser's refusal means to a person; null where the browser was not to blame. */
export function passkeyFailure(t: TFunction, error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof WebAuthnError) {
    if (error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED') return t('proof.passkeyKnown');
    if (error.code === 'ERROR_INVALID_DOMAIN' || error.code === 'ERROR_INVALID_RP_ID') return t('proof.passkeyPlace');
    return t('proof.passkeyStopped');
  }
  // Said no, or waited too long; the browser does not tell which.
  return error.name === 'NotAllowedError' || error.name === 'AbortError' ? t('proof.passkeyStopped') : null;
}
