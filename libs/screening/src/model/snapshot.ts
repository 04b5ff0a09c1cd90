import { ByteReader, ByteWriter } from './bytes.js';
import type { BucketTable } from './bucket-table.js';
import { REPEATING_FROM } from './feature-set.js';
import { FEATURE_VERSION } from './features.js';
import { SCALARS, SpamModel } from './model.js';

/** Raised when the bytes or the learning change: an older snapshot is then thrown away and the receipts replayed. */
const SNAPSHOT_VERSION = 4;

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
  for (const table of [model.counted, model.repeating]) writeTable(writer, table);
  return writer.bytes();
}

/** Rising buckets by their differences, then their numbers: weight and gradient, and where there are more, two counts. */
function writeTable(writer: ByteWriter, table: BucketTable): void {
  const buckets = table.buckets();
  writer.count(buckets.length);
  let before = 0;
  for (const bucket of buckets) {
    writer.count(bucket - before);
    before = bucket;
    const at = table.find(bucket);
    writer.single(table.weights[at]!);
    writer.single(table.weights[at + 1]!);
    for (let count = 4; table.counting && count < 6; count++) writer.count(table.counts[2 * at + count]!);
  }
}

/** Throws a RangeError where a bucket does not exist. */
function readTable(reader: ByteReader, table: BucketTable): void {
  let bucket = 0;
  for (let left = reader.count(); left > 0; left--) {
    bucket += reader.count();
    if (bucket >= REPEATING_FROM) throw new RangeError('These bytes name a bucket that does not exist.');
    const at = table.claim(bucket);
    table.weights[at] = reader.single();
    table.weights[at + 1] = reader.single();
    for (let count = 4; table.counting && count < 6; count++) table.counts[2 * at + count] = reader.count();
  }
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
    for (const table of [model.counted, model.repeating]) readTable(reader, table);
    return reader.ended ? { model, seq } : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
