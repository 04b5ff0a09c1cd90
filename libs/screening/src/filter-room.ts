import { explain, type Reason } from './model/explanation.js';
import { featuresOf } from './model/features.js';
import { batchHarms, type Lesson } from './model/guard.js';
import type { Label, ScreenedMessage } from './model/message.js';
import { SpamModel } from './model/model.js';
import { packFeatures, unpackFeatures } from './model/receipts.js';
import { SipHash } from './model/siphash.js';
import { restoreSnapshot, takeSnapshot } from './model/snapshot.js';
import { thresholdOf } from './model/verdict.js';

/** A lesson as it is stored. */
export interface StoredLesson {
  seq: number;
  label: Label;
  features: Uint8Array;
}

/** What the thread is asked. Texts pass through and are not kept. */
export type Request =
  | { type: 'load'; accountId: string; key: Uint8Array; snapshot: Uint8Array | null; lessons: StoredLesson[] }
  | { type: 'learn'; accountId: string; lessons: StoredLesson[] }
  | { type: 'score'; accountId: string; message: ScreenedMessage; keepFeatures: boolean }
  | { type: 'explain'; accountId: string; message: ScreenedMessage }
  | { type: 'snapshot'; accountId: string; seq: number }
  | { type: 'judge'; lessons: StoredLesson[]; batch: number[]; canaries: number[] };

export interface ScoreAnswer {
  z: number;
  /** Where quarantine begins by itself. */
  threshold: number;
  lessons: { spam: number; ham: number };
  features: Uint8Array | null;
}

/** Answers by the type of the request; `missing`: the account's filter is not in this thread (any more). */
export interface Answers {
  load: { ok: true; restored: boolean };
  learn: { ok: true } | { missing: true };
  score: ScoreAnswer | { missing: true };
  explain: { reasons: Reason[] } | { missing: true };
  snapshot: { bytes: Uint8Array } | { missing: true };
  judge: { harms: boolean };
}

/** Memory that models may hold together. The ones used longest ago go first; they come back from the database. */
const MODELS_AT_MOST = 256 * 2 ** 20;

interface Filter {
  hasher: SipHash;
  model: SpamModel;
}

/** The filters of many accounts, each with its own key and model. Runs in a thread of its own. */
export class FilterRoom {
  /** In the order of their last use. */
  private readonly filters = new Map<string, Filter>();

  constructor(private readonly atMost = MODELS_AT_MOST) {}

  answer<R extends Request>(request: R): Answers[R['type']] {
    const answer = this.work(request);
    forgetLastMatch();
    return answer as Answers[R['type']];
  }

  private work(request: Request): Answers[Request['type']] {
    if (request.type === 'load') return this.load(request);
    if (request.type === 'judge') return { harms: judge(request) };
    const filter = this.use(request.accountId);
    if (!filter) return { missing: true };
    const { model, hasher } = filter;
    switch (request.type) {
      case 'learn':
        learn(model, request.lessons);
        this.makeRoom(request.accountId);
        return { ok: true };
      case 'score': {
        const features = featuresOf(request.message, hasher);
        return {
          z: model.score(features).z,
          threshold: thresholdOf(model),
          lessons: { spam: model.spamTotal, ham: model.hamTotal },
          features: request.keepFeatures ? packFeatures(features) : null,
        };
      }
      case 'explain':
        return { reasons: explain(model, request.message, hasher) };
      case 'snapshot':
        return { bytes: takeSnapshot(model, request.seq) };
    }
  }

  private load({ accountId, key, snapshot, lessons }: Extract<Request, { type: 'load' }>): Answers['load'] {
    const restored = snapshot ? restoreSnapshot(snapshot) : null;
    // Without the snapshot the lessons after it would make another model: the caller sends all of them.
    if (snapshot && !restored) return { ok: true, restored: false };
    const model = restored?.model ?? new SpamModel();
    learn(model, lessons);
    this.filters.set(accountId, { hasher: new SipHash(key), model });
    this.makeRoom(accountId);
    return { ok: true, restored: restored !== null };
  }

  private use(accountId: string): Filter | undefined {
    const filter = this.filters.get(accountId);
    if (!filter) return undefined;
    this.filters.delete(accountId);
    this.filters.set(accountId, filter);
    return filter;
  }

  private bytes(): number {
    let sum = 0;
    for (const { model } of this.filters.values()) sum += model.bytes;
    return sum;
  }

  private makeRoom(keep: string): void {
    let bytes = this.bytes();
    for (const [accountId, { model }] of this.filters) {
      if (bytes <= this.atMost) return;
      if (accountId === keep) continue;
      this.filters.delete(accountId);
      bytes -= model.bytes;
    }
  }
}

function learn(model: SpamModel, lessons: readonly StoredLesson[]): void {
  for (const { features, label } of lessons) model.learn(unpackFeatures(features), label);
}

/** Whether a batch made the model worse at lessons known to be right: both models are folded anew, in the order of seq. */
function judge({ lessons, batch, canaries }: Extract<Request, { type: 'judge' }>): boolean {
  const inBatch = new Set(batch);
  const known = new Set(canaries);
  const without = new SpamModel();
  const all = new SpamModel();
  const trusted: Pick<Lesson, 'features' | 'label'>[] = [];
  for (const { seq, label, features: packed } of lessons) {
    const features = unpackFeatures(packed);
    all.learn(features, label);
    if (!inBatch.has(seq)) without.learn(features, label);
    if (known.has(seq)) trusted.push({ features, label });
  }
  return batchHarms(without, all, trusted);
}

/** The engine keeps the text of the last match of an expression (RegExp.input) until the next one. */
function forgetLastMatch(): void {
  /x/.exec('x');
}
