import { ByteReader, ByteWriter } from './bytes.js';
import { BUCKETS, REPEATING_FROM } from './feature-set.js';
import { FEATURE_VERSION } from './features.js';
import { SpamModel } from './model.js';

/** Raised when the bytes or the learning change: an older snapshot is then thrown away and the receipts replayed. */
const SNAPSHOT_VERSION = 1;

const SCALARS = ['spamTotal', 'hamTotal', 'bias', 'biasGradient', 'handicap'] as const;

/** The model after the lesson `seq`, only buckets that were ever used. A cache: the receipts make the same model. */
export function takeSnapshot(model: SpamModel, seq: number): Uint8Array {
  const writer = new ByteWriter();
  writer.count(SNAPSHOT_VERSION);
  writer.count(FEATURE_VERSION);
  writer.double(seq);
  for (const name of SCALARS) writer.double(model[name]);
  for (const weight of model.stacker) writer.double(weight);
  const scores = model.hamScores.values();
  writer.count(scores.length);
  for (const score of scores) writer.double(score);
  let before = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const counted = bucket < REPEATING_FROM;
    if (model.gradient[bucket] === 0 && !(counted && (model.spam[bucket] || model.ham[bucket]))) continue;
    writer.count(bucket - before + 1);
    before = bucket;
    writer.single(model.weight[bucket]!);
    writer.single(model.gradient[bucket]!);
    if (!counted) continue;
    writer.count(model.spam[bucket]!);
    writer.count(model.ham[bucket]!);
  }
  writer.count(0);
  return writer.bytes();
}

/** The model of a snapshot and the last lesson in it; null where it is damaged or of another version. */
export function restoreSnapshot(bytes: Uint8Array): { model: SpamModel; seq: number } | null {
  try {
    const reader = new ByteReader(bytes);
    if (reader.count() !== SNAPSHOT_VERSION || reader.count() !== FEATURE_VERSION) return null;
    const seq = reader.double();
    const model = new SpamModel();
    for (const name of SCALARS) model[name] = reader.double();
    for (let at = 0; at < model.stacker.length; at++) model.stacker[at] = reader.double();
    const scores = Array.from({ length: Math.min(reader.count(), bytes.length) }, () => reader.double());
    model.hamScores.restore(scores);
    let bucket = 0;
    for (let step = reader.count(); step > 0; step = reader.count()) {
      bucket += step - 1;
      if (bucket >= BUCKETS) return null;
      model.weight[bucket] = reader.single();
      model.gradient[bucket] = reader.single();
      if (bucket >= REPEATING_FROM) continue;
      model.spam[bucket] = reader.count();
      model.ham[bucket] = reader.count();
    }
    return reader.ended ? { model, seq } : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
