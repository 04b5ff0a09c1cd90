import { generateSecret, generateURI, verifySync } from 'otplib';

/** Length of a time step in seconds, as every authenticator app has it (RFC 6238). */
export const STEP_SECONDS = 30;
/** Clocks may differ by one step either way. */
const TOLERANCE_SECONDS = STEP_SECONDS;
/** 160 bits, the length of the hash (RFC 4226, 4). */
const SECRET_BYTES = 20;
const SHAPE = /^[0-9]{6}$/;

const secondsOf = (time: Date) => Math.floor(time.getTime() / 1_000);

/** A new secret, in base 32. */
export const newTotpSecret = (): string => generateSecret({ length: SECRET_BYTES });

/** What the QR code says. A colon would end the issuer's name in it. */
export const totpUri = (account: string, email: string, secret: string): string =>
  generateURI({ issuer: 'Sotto', label: `${account} ${email}`.replaceAll(':', ' '), secret });

/** The time step this code belongs to, or null when it is none of now. Takes anything for a code. */
export function timeStepOf(secret: string, code: string, now: Date): number | null {
  // otplib throws at what has not six digits.
  if (!SHAPE.test(code)) return null;
  const result = verifySync({ secret, token: code, epoch: secondsOf(now), period: STEP_SECONDS, epochTolerance: TOLERANCE_SECONDS });
  return result.valid && 'timeStep' in result ? result.timeStep : null;
}
