import { AppError, type MemberActor } from '@sotto/kernel';

/** How long a proof of who is there stays fresh. */
export const FRESH_MS = 10 * 60_000;

/** Until when this session needs no new proof; null when it needs one now. */
export function freshUntil(actor: MemberActor, now: Date): Date | null {
  const until = actor.provenAt === null ? 0 : actor.provenAt.getTime() + FRESH_MS;
  return until > now.getTime() ? new Date(until) : null;
}

/** Refuses whoever has not lately proved who they are. Programs cannot. */
export function assertFresh(actor: MemberActor, now: Date): void {
  if (actor.credential === 'token') throw new AppError('permission.denied', 'Only a person may do this, not a program.');
  if (!freshUntil(actor, now)) throw new AppError('step-up.required', 'Confirm that it is you, then send it again.');
}
