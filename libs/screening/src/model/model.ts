import { BucketTable } from './bucket-table.js';
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
 * What Bayes and the regression count at least. Wrong verdicts drive their weights below nothing, and then the filter says the
 * opposite of what it knows: a hundred flipped clicks made (1-ROCA)% of SMS 99.6; with this floor 0.8.
 */
const PART_AT_LEAST = 0.1;
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
/**
 * Caution: the share of the last lessons (about a hundred) that the model was sure against, above what honest lessons show.
 * Wrong verdicts raise it; then one lesson is trusted less, by all three parts. At 10 % flipped verdicts on short comments
 * (1-ROCA)% fell from 2.8 to 1.5; as fixed settings the same cost mail without wrong verdicts 0.12 -> 0.17.
 */
const AGAINST_FROM = 2;
const AGAINST_RATE = 1 / 100;
const AGAINST_USUAL = 0.015;
const CAUTION = { smoothing: 15, rate: 30, flips: 5 };
const FLIPS_AT_MOST = 0.25;
/** At most this is ham. */
export const HAM_AT_MOST = -2.2;
/** A lesson the model knows this well changes nothing. */
export const SURE_ENOUGH = 6;

/** Numbers that make a model, besides its tables, weights and scores. */
export const SCALARS = ['spamTotal', 'hamTotal', 'bias', 'biasGradient', 'handicap', 'against', 'disguiseWeight'] as const;

/** Of Bayes, regression, one, and the seed. */
type Weights = [number, number, number, number];

const clamp = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));
const ratioOf = ({ counts }: BucketTable, at: number, smoothing: number): number =>
  Math.log((counts[2 * at + 4]! + smoothing) / (counts[2 * at + 5]! + smoothing));
const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/**
 * One account's filter: log ratios of counts (naive Bayes) and a logistic regression (AdaGrad) over the same buckets, their
 * scores weighed against each other by a third that learns online. Everything it knows comes from `learn`, in order.
 */
export class SpamModel {
  /** What is known of the lower half of the buckets. */
  counted = new BucketTable(REPEATING_FROM, true);
  /** Of the upper half, from 0. */
  repeating = new BucketTable(BUCKETS - REPEATING_FROM, false);
  /** Lessons of each label. */
  spamTotal = 0;
  hamTotal = 0;
  bias = 0;
  biasGradient = 0;
  readonly stacker = new Float64Array([0.4, 0.9, 0, 0.3]);
  /**
   * What a disguised word adds. It speaks against a message before any was taught: with 0 at first, spelling words out hid 7 of
   * 100 spam comments, with 0.4 two. Apart from the stacker: in it, mail padded with good words hid 2 of 100 more.
   */
  disguiseWeight = 0.4;
  handicap = HANDICAP_AT_LEAST;
  /** The share of late lessons that contradicted a sure score. */
  against = 0;
  /** What the last ham scored before it was learned: honest scores, from which the threshold comes. */
  readonly hamScores = new RecentScores();

  score(features: Features): Score {
    const whole = this.#scoreOf(features.buckets, features.seed);
    return { ...whole, z: Math.max(whole.z + this.innate(features).disguise, this.#worst(features)) };
  }

  /** Learns one lesson, unless it is known already. Returns whether any weight changed. */
  learn(features: Features, label: Label): boolean {
    const { buckets, segments, seed, disguised } = features;
    const spam = label === 'spam';
    const whole = this.#scoreOf(buckets, seed);
    const worst = this.#worst(features);
    const z = Math.max(whole.z, worst);
    const disguisedZ = whole.z + this.innate(features).disguise;
    if (!spam) this.hamScores.add(Math.max(disguisedZ, worst));
    if (!spam && segments.length > 0) {
      const touched = worst > Math.max(whole.z, TOUCHED_FROM);
      this.handicap = touched ? this.handicap + HANDICAP_STEP : Math.max(HANDICAP_AT_LEAST, this.handicap - HANDICAP_STEP * HANDICAP_RATE);
    }
    if (spam ? z > SURE_ENOUGH : z < -SURE_ENOUGH) return false;
    const contradicted = spam ? whole.z < -AGAINST_FROM : whole.z > AGAINST_FROM;
    this.against += ((contradicted ? 1 : 0) - this.against) * AGAINST_RATE;
    const sign = spam ? 1 : -1;
    this.#stack(sign * sigmoid(-sign * whole.z), whole, seed);
    this.disguiseWeight += STACKER_RATE * sign * sigmoid(-sign * disguisedZ) * disguised;
    this.#regress(buckets, sign * this.#error(sign * whole.regression), spam);
    if (spam) this.spamTotal++;
    else this.hamTotal++;
    return true;
  }

  /** What one bucket adds to the score of a message with so many features, `counted` of them in the lower half. */
  weigh(bucket: number, size: number, counted: number): number {
    const [cBayes, cRegression] = this.stacker as unknown as Weights;
    const repeats = bucket >= REPEATING_FROM;
    const table = repeats ? this.repeating : this.counted;
    const at = table.find(repeats ? bucket - REPEATING_FROM : bucket);
    if (at < 0) return 0;
    const byWeight = (cRegression * table.weights[at]!) / Math.sqrt(size);
    if (repeats) return byWeight;
    return byWeight + (cBayes * BAYES_SCALE * (ratioOf(table, at, this.#smoothing) + this.#prior())) / counted;
  }

  /** What a message's score has that no lesson of the account's own taught: the shipped prior's share, and the disguises'. */
  innate({ seed, disguised }: Pick<Features, 'seed' | 'disguised'>): { prior: number; disguise: number } {
    return { prior: this.stacker[3]! * clamp(seed, SEED_LIMIT), disguise: this.disguiseWeight * disguised };
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.counted.bytes + this.repeating.bytes + this.stacker.byteLength + this.hamScores.values().length * 8;
  }

  get #caution(): number {
    return Math.max(0, this.against - AGAINST_USUAL);
  }

  /** Gradient of the log-loss where a share of all labels is flipped: a lesson the regression is sure against counts less. */
  #error(inFavour: number): number {
    const flips = Math.min(FLIPS_AT_MOST, CAUTION.flips * this.#caution);
    const right = sigmoid(inFavour);
    const kept = 1 - 2 * flips;
    return (kept * right * (1 - right)) / (flips + kept * right);
  }

  get #smoothing(): number {
    return SMOOTHING + CAUTION.smoothing * this.#caution;
  }

  #prior = (): number => Math.log((this.hamTotal + 2 * SMOOTHING) / (this.spamTotal + 2 * SMOOTHING));

  /** What the worst stretch makes of the message. Which one a disguise stands in is not known. */
  #worst({ segments, seed }: Features): number {
    let worst = -Infinity;
    for (const segment of segments) if (segment.length > 0) worst = Math.max(worst, this.#scoreOf(segment, seed).z);
    return Math.min(worst - this.handicap, SEGMENT_AT_MOST);
  }

  #scoreOf(buckets: Uint32Array, seed: number): Score {
    const { counted: table, repeating } = this;
    const { weights: words } = table;
    const prior = this.#prior();
    const smoothing = this.#smoothing;
    let ratios = 0;
    let weights = 0;
    let counted = 0;
    for (; counted < buckets.length && buckets[counted]! < REPEATING_FROM; counted++) {
      const at = table.find(buckets[counted]!);
      if (at < 0) continue;
      ratios += ratioOf(table, at, smoothing) + prior;
      weights += words[at]!;
    }
    for (let next = counted; next < buckets.length; next++) {
      const at = repeating.find(buckets[next]! - REPEATING_FROM);
      if (at >= 0) weights += repeating.weights[at]!;
    }
    const bayes = clamp((BAYES_SCALE * ratios) / Math.max(1, counted), LIMIT);
    const regression = clamp(weights / Math.sqrt(Math.max(1, buckets.length)) + this.bias, LIMIT);
    const [cBayes, cRegression, cOne, cSeed] = this.stacker as unknown as Weights;
    return { bayes, regression, z: cBayes * bayes + cRegression * regression + cOne + cSeed * clamp(seed, SEED_LIMIT) };
  }

  #regress(buckets: Uint32Array, error: number, spam: boolean): void {
    const step = error / Math.sqrt(Math.max(1, buckets.length));
    const square = step * step;
    const taken = step / (1 + CAUTION.rate * this.#caution);
    for (let at = 0; at < buckets.length; at++) {
      const bucket = buckets[at]!;
      const table = bucket < REPEATING_FROM ? this.counted : this.repeating;
      const place = table.claim(bucket < REPEATING_FROM ? bucket : bucket - REPEATING_FROM);
      const { weights } = table;
      const sum = weights[place + 1]! + square;
      weights[place + 1] = sum;
      weights[place]! += taken / Math.sqrt(sum + RATE_FLOOR);
      if (bucket < REPEATING_FROM) table.count(place, spam);
    }
    this.biasGradient += error * error;
    this.bias += error / Math.sqrt(this.biasGradient + RATE_FLOOR);
  }

  #stack(error: number, { bayes, regression }: Score, seed: number): void {
    const inputs = [bayes, regression, 1, clamp(seed, SEED_LIMIT)];
    for (let at = 0; at < inputs.length; at++) this.stacker[at]! += STACKER_RATE * error * inputs[at]!;
    for (const part of [0, 1]) this.stacker[part] = Math.max(this.stacker[part]!, PART_AT_LEAST);
  }

  /** A model that knows the same and may learn apart. */
  copy(): SpamModel {
    const copy = new SpamModel();
    copy.counted = this.counted.copy();
    copy.repeating = this.repeating.copy();
    copy.stacker.set(this.stacker);
    for (const name of SCALARS) copy[name] = this[name];
    copy.hamScores.restore(this.hamScores.values());
    return copy;
  }
}
