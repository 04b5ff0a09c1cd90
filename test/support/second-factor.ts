import { generateSync } from 'otplib';
import type { RecoveryCodes, TotpEnrolment } from '@sotto/protocol';
import { PASSWORD, type Member } from './people.js';

/** A clock that tests can move. */
interface Clock {
  now(): Date;
  advance(milliseconds: number): void;
}

const STEP_MS = 30_000;

/** The newest step a code was made for: none works twice. */
const used = new Map<string, number>();

/** The code an authenticator app shows at that time. */
export const codeAt = (secret: string, time: Date): string => generateSync({ secret, epoch: Math.floor(time.getTime() / 1_000) });

/** A code that has not been used, as the member's app would show it. Moves the clock on where the next one has to be waited for. */
export function codeFor(secret: string, clock: Clock): string {
  const stepNow = () => Math.floor(clock.now().getTime() / STEP_MS);
  const step = Math.max(stepNow(), (used.get(secret) ?? 0) + 1);
  // The server takes the code of the next step, too.
  while (step > stepNow() + 1) clock.advance(STEP_MS);
  used.set(secret, step);
  return codeAt(secret, new Date(step * STEP_MS));
}

/** Lets a member prove again who they are: with a code of their app, or with the password where they have none. */
export async function stepsUp(member: Member, clock: Clock, secret?: string): Promise<void> {
  const proof = secret === undefined ? { password: PASSWORD } : { code: codeFor(secret, clock) };
  const answer = await member.post('/api/v1/auth/step-up', proof);
  if (answer.status !== 200) throw new Error(`Step-up failed: ${answer.text}`);
}

/** Gives a member an authenticator app. Goes on under the new cookie where the sign-in waited for it. */
export async function enrol(member: Member, clock: Clock): Promise<string> {
  return (await enrolment(member, clock)).secret;
}

/** As `enrol`, with the recovery codes that came along. */
export async function enrolment(member: Member, clock: Clock): Promise<{ secret: string; recoveryCodes: string[] }> {
  let begun = await member.post('/api/v1/second-factor/totp');
  if (begun.status === 403) {
    await stepsUp(member, clock);
    begun = await member.post('/api/v1/second-factor/totp');
  }
  if (begun.status !== 201) throw new Error(`Enrolment failed: ${begun.text}`);
  const { secret } = begun.body as TotpEnrolment;
  const confirmed = await member.post('/api/v1/second-factor/totp/confirm', { code: codeFor(secret, clock) });
  if (confirmed.status !== 200) throw new Error(`Enrolment failed: ${confirmed.text}`);
  member.take(confirmed);
  return { secret, recoveryCodes: (confirmed.body as RecoveryCodes).recoveryCodes ?? [] };
}
