import type { Label } from './message.js';
import type { SpamModel } from './model.js';
import type { Receipt } from './receipts.js';

/** Lessons of one member judged together; also the stretch in which strong contradictions are counted. */
export const BATCH = 20;
/** Lessons known to be right, against which a batch is tried. */
export const CANARIES = 300;
/** With fewer the guard cannot judge, and lets lessons pass. */
export const CANARIES_AT_LEAST = 40;
/**
 * By how much a batch may raise the log-loss on the canaries: by a twentieth, or by so many nats where the loss is near
 * nothing.
 */
const RISE_AT_MOST = 1.05;
const RISE_IN_NATS = 0.01;
/** Against so sure a score a lesson is a strong contradiction. Of right verdicts about one in 400 is. */
const CONTRADICTS_FROM = 1.5;
/**
 * Strong contradictions learned at once in a member's last `BATCH` lessons; the rest wait for a second member or an owner.
 * One, so that a rescue acts at once. With three, as first designed, 10 % of flipped verdicts pass nearly all: 2 of 20.
 */
export const CONTRADICTIONS_AT_MOST = 1;

/** A lesson as the guard sees it. */
export type Lesson = Pick<Receipt, 'messageId' | 'memberId' | 'label' | 'features'>;

/** Mean surprise of the model at lessons known to be right, in nats. */
export function logLoss(model: SpamModel, canaries: readonly Pick<Lesson, 'features' | 'label'>[]): number {
  let sum = 0;
  for (const { features, label } of canaries) {
    const { z } = model.score(features);
    const against = label === 'spam' ? -z : z;
    sum += Math.max(0, against) + Math.log1p(Math.exp(-Math.abs(against)));
  }
  return sum / Math.max(1, canaries.length);
}

/** Whether a verdict goes against a score that is sure of the opposite. */
export const contradictsScore = (z: number, label: Label): boolean => (label === 'spam' ? z < -CONTRADICTS_FROM : z > CONTRADICTS_FROM);

/** Whether the model, before it learns this, is sure of the opposite. */
export const contradicts = (model: SpamModel, { features, label }: Pick<Lesson, 'features' | 'label'>): boolean =>
  contradictsScore(model.score(features).z, label);

/**
 * Whether a lesson is learned at once; otherwise it is held until a second member or an owner gives the same verdict.
 * `usedContradictions`: how many of the member's last `BATCH` lessons were learned although they contradicted.
 */
export const admitsScore = (z: number, label: Label, usedContradictions: number): boolean =>
  usedContradictions < CONTRADICTIONS_AT_MOST || !contradictsScore(z, label);

export const admits = (model: SpamModel, { features, label }: Pick<Lesson, 'features' | 'label'>, usedContradictions: number): boolean =>
  admitsScore(model.score(features).z, label, usedContradictions);

/** Whether a batch made known lessons more surprising: `withBatch` has learned it, `without` the same lessons but those. */
export function batchHarms(without: SpamModel, withBatch: SpamModel, canaries: readonly Pick<Lesson, 'features' | 'label'>[]): boolean {
  if (canaries.length < CANARIES_AT_LEAST) return false;
  const before = logLoss(without, canaries);
  return logLoss(withBatch, canaries) > Math.max(before * RISE_AT_MOST, before + RISE_IN_NATS);
}
