import { ByteReader, ByteWriter } from './bytes.js';
import { BUCKETS, type Features } from './feature-set.js';
import { FEATURE_VERSION } from './features.js';
import type { Label } from './message.js';
import { SpamModel } from './model.js';

/**
 * One lesson: a member's verdict on a message, and the message's features. The receipts of an account are all that its
 * filter knows; a receipt is deleted with its message.
 */
export interface Receipt {
  /** Rises within the account. Lessons are learned in this order. */
  seq: number;
  messageId: string;
  memberId: string;
  label: Label;
  /** `FEATURE_VERSION` when it was made. */
  version: number;
  features: Features;
}

/** The model that these lessons, and no others, make: bit for bit the same for the same lessons, in whatever order given. */
export function fold(receipts: Iterable<Receipt>, model = new SpamModel()): SpamModel {
  const lessons = [...receipts].filter((receipt) => receipt.version === FEATURE_VERSION).sort((a, b) => a.seq - b.seq);
  for (const { features, label } of lessons) model.learn(features, label);
  return model;
}

/** The model as if these messages had never been seen. */
export const unlearn = (receipts: Iterable<Receipt>, messageIds: ReadonlySet<string>): SpamModel =>
  fold([...receipts].filter(({ messageId }) => !messageIds.has(messageId)));

/** The model as if this member had never taught it. */
export const rollBack = (receipts: Iterable<Receipt>, member: string): SpamModel =>
  fold([...receipts].filter(({ memberId }) => memberId !== member));

/** Features for storage: rising numbers by their differences, about two bytes each. */
export function packFeatures({ buckets, segments, seed, disguised }: Features): Uint8Array {
  const writer = new ByteWriter();
  writer.double(seed);
  writer.count(disguised);
  writer.count(segments.length);
  for (const list of [buckets, ...segments]) {
    writer.count(list.length);
    let before = 0;
    for (const bucket of list) {
      writer.count(bucket - before);
      before = bucket;
    }
  }
  return writer.bytes();
}

export function unpackFeatures(bytes: Uint8Array): Features {
  const reader = new ByteReader(bytes);
  const seed = reader.double();
  const disguised = reader.count();
  const segmentCount = reader.count();
  const list = (): Uint32Array => {
    const values = new Uint32Array(Math.min(reader.count(), bytes.length));
    let value = 0;
    for (let at = 0; at < values.length; at++) {
      values[at] = value += reader.count();
      if (value >= BUCKETS) throw new RangeError('These bytes name a bucket that does not exist.');
    }
    return values;
  };
  const buckets = list();
  const segments: Uint32Array[] = [];
  while (segments.length < segmentCount) segments.push(list());
  return { buckets, segments, seed, disguised };
}
