import { AppError, type MemberActor } from '@sotto/kernel';

/** Refuses somebody whose sign-in has not come all the way, saying what is missing. */
export function assertFinished(actor: MemberActor): void {
  if (actor.stage === 'second-factor') throw new AppError('auth.second-factor-required');
  if (actor.stage === 'enrolment') throw new AppError('auth.enrolment-required');
}
