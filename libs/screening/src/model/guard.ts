import type { SpamModel } from './model.js';
import type { Receipt } from './receipts.js';

/** Lessons of one member judged together; also the stretch in which strong contradictions are counted. */
export const BATCH = 20;
/** Lessons known to be right, against which a batch is tried. */
export const CANARIES = 300;
/** With fewer the guard cannot judge, and lets lessons pass. */
const CANARIES_AT_LEAST = 40;
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

/** Whether the model, before it learns this, is sure of the opposite. */
export function contradicts(model: SpamModel, { features, label }: Pick<Lesson, 'features' | 'label'>): boolean {
  const { z } = model.score(features);
  return label === 'spam' ? z < -CONTRADICTS_FROM : z > CONTRADICTS_FROM;
}

/**
 * Whether a lesson is learned at once; otherwise it is held until a second member or an owner gives the same verdict.
 * `usedContradictions`: how many of the member's last `BATCH` lessons were learned although they contradicted.
 */
export const admits = (model: SpamModel, lesson: Pick<Lesson, 'features' | 'label'>, usedContradictions: number): boolean =>
  usedContradictions < CONTRADICTIONS_AT_MOST || !contradicts(model, lesson);

/** Whether a batch made known lessons more surprising: `withBatch` has learned it, `without` the same lessons but those. */
export function batchHarms(without: SpamModel, withBatch: SpamModel, canaries: readonly Pick<Lesson, 'features' | 'label'>[]): boolean {
  if (canaries.length < CANARIES_AT_LEAST) return false;
  const before = logLoss(without, canaries);
  return logLoss(withBatch, canaries) > Math.max(before * RISE_AT_MOST, before + RISE_IN_NATS);
}

export function batchHarms(without: SpamModel, all: SpamModel, canaries: readonly Pick<Lesson, 'features' | 'label'>[]): boolean {
  if (canaries.length < CANARIES_AT_LEAST) return false;
  const before = logLoss(without, canaries as Lesson[]);
  return logLoss(all, canaries as Lesson[]) > Math.max(before * RISE_AT_MOST, before + RISE_IN_NATS);
}
export const contradictsScore = (z: number, label: string): boolean => (label === 'spam' ? z < -CONTRADICTS_FROM : z > CONTRADICTS_FROM);
export const admits = (z: number, label: string, used: number): boolean => used < 3 || !contradictsScore(z, label);
