import type { Verdict } from '@sotto/protocol';
import { verdictOf } from './model/verdict.js';

/** Lessons of each kind before doubt means anything. */
const ENOUGH_LESSONS = 5;
/** Until then what the shipped prior alone doubts so little is delivered without a badge: ordinary questions reach 0.3. */
const LEANS_FROM = 0.5;

/**
 * The verdict on a message by its score. While the filter has hardly been taught, everything is near the middle: only what
 * leans towards spam is marked then, so that a new account is not full of doubts.
 */
export function verdictFor(z: number, threshold: number, lessons: { spam: number; ham: number }): Verdict {
  const verdict = verdictOf(z, threshold);
  const young = lessons.spam < ENOUGH_LESSONS || lessons.ham < ENOUGH_LESSONS;
  return verdict === 'unsure' && young && z < LEANS_FROM ? 'ham' : verdict;
}
