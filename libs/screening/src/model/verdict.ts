import { HAM_AT_MOST, type SpamModel } from './model.js';

export type Verdict = 'ham' | 'unsure' | 'spam';

/** Where quarantine begins before enough ham is known. */
const START = 4;
/** Ham known before the threshold may sink below the start. */
const ENOUGH = 500;
const LEAST = 2;
const MARGIN = 1;
/** Of the last 1,000 ham, how many may have scored higher: the 99.9th percentile. */
const HIGHER_PER_THOUSAND = 1;

/** From which score on a message is quarantined, by what the last ham of this account scored. */
export function thresholdOf({ hamScores }: SpamModel): number {
  const known = hamScores.values().length;
  const percentile = hamScores.highest(Math.floor((known * HIGHER_PER_THOUSAND) / 1_000)) + MARGIN;
  return Math.max(known < ENOUGH ? START : LEAST, percentile);
}

/** `spam` is quarantined, never deleted; `unsure` is delivered with a badge. */
export const verdictOf = (z: number, threshold: number): Verdict => (z >= threshold ? 'spam' : z <= HAM_AT_MOST ? 'ham' : 'unsure');
