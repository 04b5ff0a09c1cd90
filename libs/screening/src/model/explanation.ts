import { REPEATING_FROM, type Trace } from './feature-set.js';
import { featuresOf } from './features.js';
import type { ScreenedMessage } from './message.js';
import type { SpamModel } from './model.js';
import type { SipHash } from './siphash.js';

export interface Reason {
  kind: 'words' | 'subject' | 'header' | 'mark' | 'prior';
  /** The words as the filter read them, the mark's name such as `links:2`, or nothing: the prior speaks of the whole. */
  text: string;
  /** What it added to the score: above 0 towards spam. */
  weight: number;
}

const REASON_KINDS: Partial<Record<Trace['kind'], Reason['kind']>> = {
  word: 'words',
  pair: 'words',
  character: 'words',
  shape: 'words',
  subject: 'subject',
  header: 'header',
  tag: 'mark',
  mark: 'mark',
};

/** Why a message scored as it did, strongest first: from the message itself, when somebody looks. Stored nowhere. */
export function explain(model: SpamModel, message: ScreenedMessage, hasher: SipHash, atMost = 12): Reason[] {
  const trace = new Map<number, Trace>();
  const features = featuresOf(message, hasher, trace);
  const { buckets, disguised } = features;
  const counted = Math.max(1, buckets.filter((bucket) => bucket < REPEATING_FROM).length);
  const reasons = new Map<string, Reason>();
  for (const bucket of buckets) {
    const found = trace.get(bucket);
    const kind = found && REASON_KINDS[found.kind];
    if (!found || !kind) continue;
    const weight = model.weigh(bucket, buckets.length, counted);
    const before = reasons.get(`${kind} ${found.text}`);
    if (before) before.weight += weight;
    else reasons.set(`${kind} ${found.text}`, { kind, text: found.text, weight });
  }
  const innate = model.innate(features);
  const disguise = reasons.get(`mark obf:${disguised}`);
  if (disguise) disguise.weight += innate.disguise;
  reasons.set('prior', { kind: 'prior', text: '', weight: innate.prior });
  return [...reasons.values()]
    .filter(({ weight }) => weight !== 0)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, atMost);
}
