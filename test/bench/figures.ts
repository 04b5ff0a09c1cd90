/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The numbers 0 to `count - 1` in an order made by the seed. */
export function shuffled(count: number, seed: number): number[] {
  const random = randomFrom(seed);
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

export const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/** 100 x (1 - area under the ROC curve), equal scores counting half. NaN where one class is missing. */
export function missedArea(scores: ArrayLike<number>, spam: readonly boolean[]): number {
  const order = spam.map((_, index) => index).sort((a, b) => scores[a]! - scores[b]!);
  let ranks = 0;
  let spams = 0;
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    for (let at = from; at < to; at++) {
      if (!spam[order[at]!]) continue;
      ranks += (from + 1 + to) / 2;
      spams++;
    }
    from = to;
  }
  const hams = order.length - spams;
  return 100 * (1 - (ranks - (spams * (spams + 1)) / 2) / (spams * hams));
}

export interface Counts {
  f1: number;
  /** Share of ham taken for spam. */
  falsePositives: number;
  recall: number;
  accuracy: number;
}

/** `caught[i]`: whether message i was taken for spam. */
export function countsOf(caught: readonly boolean[], spam: readonly boolean[]): Counts {
  let tp = 0;
  let fp = 0;
  let fn = 0;
  caught.forEach((taken, index) => {
    if (taken && spam[index]) tp++;
    else if (taken) fp++;
    else if (spam[index]) fn++;
  });
  const hams = spam.filter((is) => !is).length;
  return {
    f1: (2 * tp) / Math.max(1, 2 * tp + fp + fn),
    falsePositives: fp / Math.max(1, hams),
    recall: tp / Math.max(1, tp + fn),
    accuracy: 1 - (fp + fn) / Math.max(1, spam.length),
  };
}

/** The share of spam that scores above all but `rate` of the ham. */
export function recallAt(rate: number, scores: ArrayLike<number>, spam: readonly boolean[]): number {
  const hams = spam.flatMap((is, index) => (is ? [] : [scores[index]!])).sort((a, b) => b - a);
  const limit = hams[Math.floor(rate * hams.length)] ?? -Infinity;
  const spams = spam.flatMap((is, index) => (is ? [scores[index]!] : []));
  return spams.filter((score) => score > limit).length / Math.max(1, spams.length);
}
