import { BUCKETS, REPEATING_FROM, type Features } from './feature-set.js';
import type { Label } from './message.js';
import { RecentScores } from './recent-scores.js';

/** A message's score in parts. `z` is the log odds that it is spam. */
export interface Score {
  z: number;
  bayes: number;
  regression: number;
}

const SMOOTHING = 0.1;
/** Mean log ratio of a feature, times this, is about as large as the regression's score (measured). */
const BAYES_SCALE = 10;
const LIMIT = 12;
const RATE_FLOOR = 0.003;
const STACKER_RATE = 0.02;
const SEED_LIMIT = 6;
/**
 * What a stretch of a long text must be worse by than the whole to count. Learned: raised by each ham it would have brought
 * near the middle, lowered a little by every other, so that about one long ham in 200 is touched. Fixed at 1, as first
 * designed, (1-ROCA)% on long mail rose from 0.12 to 0.65.
 */
const HANDICAP_AT_LEAST = 1;
const HANDICAP_STEP = 0.5;
const HANDICAP_RATE = 1 / 200;
const TOUCHED_FROM = -1.5;
/** A stretch alone makes a message doubtful; it never quarantines it. */
const SEGMENT_AT_MOST = 1;
/** At most this is ham. */
export const HAM_AT_MOST = -2.2;
/** A lesson the model knows this well changes nothing. */
export const SURE_ENOUGH = 6;

const clamp = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));
const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/**
 * One account's filter: log ratios of counts (naive Bayes) and a logistic regression (AdaGrad) over the same buckets, their
 * scores weighed against each other by a third that learns online. Everything it knows comes from `learn`, in order.
 */
export class SpamModel {
  /** Lessons with the feature, for the lower half of the buckets. */
  readonly spam = new Float32Array(REPEATING_FROM);
  readonly ham = new Float32Array(REPEATING_FROM);
  readonly weight = new Float32Array(BUCKETS);
  readonly gradient = new Float32Array(BUCKETS);
  /** Lessons of each label. */
  spamTotal = 0;
  hamTotal = 0;
  bias = 0;
  biasGradient = 0;
  /** Weights of Bayes, regression, one, and the seed. */
  readonly bytes = 12 * 2 ** 20;
  readonly stacker = new Float64Array([0.4, 0.9, 0, 0.3]);
  handicap = HANDICAP_AT_LEAST;
  /** What the last ham scored before it was learned: honest scores, from which the threshold comes. */
  readonly hamScores = new RecentScores();

  score({ buckets, segments, seed }: Features): Score {
    const whole = this.#scoreOf(buckets, seed);
    return { ...whole, z: Math.max(whole.z, this.#worst(segments, seed)) };
  }

  /** Learns one lesson, unless it is known already. Returns whether any weight changed. */
  learn({ buckets, segments, seed }: Features, label: Label): boolean {
    const spam = label === 'spam';
    const whole = this.#scoreOf(buckets, seed);
    const worst = this.#worst(segments, seed);
    const z = Math.max(whole.z, worst);
    if (!spam) this.hamScores.add(z);
    if (!spam && segments.length > 0) {
      const touched = worst > Math.max(whole.z, TOUCHED_FROM);
      this.handicap = touched ? this.handicap + HANDICAP_STEP : Math.max(HANDICAP_AT_LEAST, this.handicap - HANDICAP_STEP * HANDICAP_RATE);
    }
    if (spam ? z > SURE_ENOUGH : z < -SURE_ENOUGH) return false;
    const target = spam ? 1 : 0;
    this.#stack(target - sigmoid(whole.z), whole, seed);
    this.#regress(buckets, target - sigmoid(whole.regression));
    const counts = spam ? this.spam : this.ham;
    for (let at = 0; at < buckets.length && buckets[at]! < REPEATING_FROM; at++) counts[buckets[at]!]!++;
    if (spam) this.spamTotal++;
    else this.hamTotal++;
    return true;
  }

  /** What one bucket adds to the score of a message with so many features, `counted` of them in the lower half. */
  weigh(bucket: number, size: number, counted: number): number {
    const [cBayes, cRegression] = this.stacker as unknown as [number, number];
    const byWeight = (cRegression * this.weight[bucket]!) / Math.sqrt(size);
    if (bucket >= REPEATING_FROM || this.spam[bucket]! + this.ham[bucket]! === 0) return byWeight;
    return byWeight + (cBayes * BAYES_SCALE * (this.#ratio(bucket) + this.#prior())) / counted;
  }

  #prior = (): number => Math.log((this.hamTotal + 2 * SMOOTHING) / (this.spamTotal + 2 * SMOOTHING));
  #ratio = (bucket: number): number => Math.log((this.spam[bucket]! + SMOOTHING) / (this.ham[bucket]! + SMOOTHING));

  /** What the worst stretch makes of the message. */
  #worst(segments: Uint32Array[], seed: number): number {
    let worst = -Infinity;
    for (const segment of segments) if (segment.length > 0) worst = Math.max(worst, this.#scoreOf(segment, seed).z);
    return Math.min(worst - this.handicap, SEGMENT_AT_MOST);
  }

  #scoreOf(buckets: Uint32Array, seed: number): Score {
    const { spam, ham, weight } = this;
    const prior = this.#prior();
    let ratios = 0;
    let weights = 0;
    let counted = 0;
    for (; counted < buckets.length && buckets[counted]! < REPEATING_FROM; counted++) {
      const bucket = buckets[counted]!;
      const b = spam[bucket]!;
      const g = ham[bucket]!;
      if (b + g > 0) ratios += Math.log((b + SMOOTHING) / (g + SMOOTHING)) + prior;
      weights += weight[bucket]!;
    }
    for (let at = counted; at < buckets.length; at++) weights += weight[buckets[at]!]!;
    const bayes = clamp((BAYES_SCALE * ratios) / Math.max(1, counted), LIMIT);
    const regression = clamp(weights / Math.sqrt(Math.max(1, buckets.length)) + this.bias, LIMIT);
    const [cBayes, cRegression, cOne, cSeed] = this.stacker as unknown as [number, number, number, number];
    return { bayes, regression, z: cBayes * bayes + cRegression * regression + cOne + cSeed * clamp(seed, SEED_LIMIT) };
  }

  #regress(buckets: Uint32Array, error: number): void {
    const { weight, gradient } = this;
    const step = error / Math.sqrt(Math.max(1, buckets.length));
    const square = step * step;
    for (let at = 0; at < buckets.length; at++) {
      const bucket = buckets[at]!;
      const sum = gradient[bucket]! + square;
      gradient[bucket] = sum;
      weight[bucket]! += step / Math.sqrt(sum + RATE_FLOOR);
    }
    this.biasGradient += error * error;
    this.bias += error / Math.sqrt(this.biasGradient + RATE_FLOOR);
  }

  #stack(error: number, { bayes, regression }: Score, seed: number): void {
    const inputs = [bayes, regression, 1, clamp(seed, SEED_LIMIT)];
    for (let at = 0; at < 4; at++) this.stacker[at]! += STACKER_RATE * error * inputs[at]!;
  }

  /** A model that knows the same and may learn apart. */
  copy(): SpamModel {
    const copy = new SpamModel();
    for (const name of ['spam', 'ham', 'weight', 'gradient', 'stacker'] as const) copy[name].set(this[name]);
    for (const name of ['spamTotal', 'hamTotal', 'bias', 'biasGradient', 'handicap'] as const) copy[name] = this[name];
    copy.hamScores.restore(this.hamScores.values());
    return copy;
  }
}
