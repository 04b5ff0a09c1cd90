import {
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { decodeAttestationObject, isoBase64URL } from '@simplewebauthn/server/helpers';
import { z } from 'zod';
import type { WebAuthnAnswer } from '@sotto/protocol';

export type Answer = z.infer<typeof WebAuthnAnswer>;

/** Who is asked for: this server under the address people reach it at. */
export interface RelyingParty {
  id: string;
  origin: string;
}

export interface Credential {
  id: string;
  publicKey: Uint8Array<ArrayBuffer>;
  counter: number;
  transports: string[];
}

const Transports = z.array(z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'])).max(7);
/** Longest id an authenticator makes (WebAuthn Level 3, 4: 1,023 bytes), in base64url. */
const MAX_ID = 1_364;

/**
 * No attestation is asked for, so browsers send none, or the authenticator's own word. A certificate would be taken apart for
 * nothing, and lists of revoked ones fetched from wherever it says.
 */
function isWithoutCertificates(answer: Answer): boolean {
  const object = decodeAttestationObject(isoBase64URL.toBuffer(String(answer.response.attestationObject)));
  const format = object.get('fmt');
  return format === 'none' || (format === 'packed' && !object.get('attStmt').get('x5c'));
}

/** The credential the browser made for this challenge, or null where anything about the answer is wrong. */
export async function readRegistration(answer: Answer, challenge: string, party: RelyingParty): Promise<Credential | null> {
  try {
    if (!isWithoutCertificates(answer)) return null;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: answer as unknown as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: false,
    });
    if (!verified || registrationInfo.credential.id.length > MAX_ID) return null;
    const { id, publicKey, counter } = registrationInfo.credential;
    const transports = Transports.safeParse(answer.response.transports);
    return { id, publicKey, counter, transports: transports.data ?? [] };
  } catch {
    // The library throws at whatever is not as it should be, and its words are for developers.
    return null;
  }
}

/** The credential's counter after it signed this challenge, or null where anything about the answer is wrong. */
export async function readAuthentication(
  answer: Answer,
  challenge: string,
  party: RelyingParty,
  credential: Credential,
): Promise<number | null> {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer as unknown as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      credential,
      requireUserVerification: false,
    });
    return verified ? authenticationInfo.newCounter : null;
  } catch {
    return null;
  }
}
