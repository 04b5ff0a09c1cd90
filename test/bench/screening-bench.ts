/** `npm run bench -- screening`: what the spam filter costs, on made-up messages: how long, how much memory, for 1 and 1,000 accounts. */
import { loadavg } from 'node:os';
import {
  FEATURE_VERSION,
  featuresOf,
  fold,
  restoreSnapshot,
  SipHash,
  SpamModel,
  takeSnapshot,
  type Receipt,
  type ScreenedMessage,
} from '@sotto/screening';
import { randomFrom } from './figures.js';

const ACCOUNTS = 1_000;
const LESSONS_OF_MANY = 50;
const LESSONS_OF_ONE = 5_000;
const MEASURED = 2_000;
const VOCABULARY = 20_000;

type Kind = 'chat' | 'mail';
const random = randomFrom(7);
const hasher = new SipHash(new Uint8Array(16).fill(7));
/** Few words often, many seldom, as in any language. */
const word = (): string => Math.floor(VOCABULARY ** random()).toString(36) + 'aeiou'[Math.floor(random() * 5)]!;
const words = (count: number): string => Array.from({ length: count }, word).join(' ');

function message(kind: Kind): ScreenedMessage {
  if (kind === 'chat') return { text: words(5 + Math.floor(random() * 40)), channel: 'web' };
  const headers = Array.from({ length: 25 }, (_, at) => `X-Header-${at}: ${words(6)}`).join('\n');
  return { text: words(50 + Math.floor(random() * 800)), subject: words(6), from: `a@${word()}.example`, headers, channel: 'email' };
}

function receiptsOf(kind: Kind, count: number): Receipt[] {
  return Array.from({ length: count }, (_, at) => ({
    seq: at + 1,
    messageId: String(at),
    memberId: 'ana',
    label: random() < 0.4 ? 'spam' : 'ham',
    version: FEATURE_VERSION,
    features: featuresOf(message(kind), hasher),
  }));
}

const milliseconds = (work: () => unknown): number => {
  const from = performance.now();
  work();
  return performance.now() - from;
};
const percentile = (times: number[], share: number): number => times.toSorted((a, b) => a - b)[Math.floor(share * times.length)] ?? NaN;
const mega = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MiB`;
const print = (what: string, figure: string): void => console.log(`${what.padEnd(52)} ${figure}`);

function oneAccount(kind: Kind, receipts: Receipt[]): void {
  let model = new SpamModel();
  const refold = milliseconds(() => (model = fold(receipts)));
  const times = Array.from({ length: MEASURED }, () => message(kind)).map((one) =>
    milliseconds(() => model.score(featuresOf(one, hasher))),
  );
  const snapshot = takeSnapshot(model, LESSONS_OF_ONE);
  const name = `${kind}, 1 account of ${LESSONS_OF_ONE} lessons:`;
  print(`${name} classify`, `${Math.round((MEASURED * 1_000) / times.reduce((sum, time) => sum + time, 0))} messages/s`);
  print(`${name} classify p50, p99`, `${percentile(times, 0.5).toFixed(2)} ms, ${percentile(times, 0.99).toFixed(2)} ms`);
  print(`${name} learn`, `${Math.round((LESSONS_OF_ONE * 1_000) / refold)} lessons/s`);
  print(`${name} fold again`, `${refold.toFixed(0)} ms`);
  print(`${name} memory`, mega(model.bytes));
  print(`${name} snapshot`, mega(snapshot.length));
  print(`${name} load`, `${milliseconds(() => restoreSnapshot(snapshot)).toFixed(0)} ms`);
}

function manyAccounts(kind: Kind, all: Receipt[]): void {
  const models: SpamModel[] = [];
  let snapshots = 0;
  let load = 0;
  let refold = 0;
  for (let account = 0; account < ACCOUNTS; account++) {
    const from = (account * LESSONS_OF_MANY) % LESSONS_OF_ONE;
    const receipts = all.slice(from, from + LESSONS_OF_MANY);
    refold += milliseconds(() => models.push(fold(receipts)));
    const snapshot = takeSnapshot(models.at(-1)!, LESSONS_OF_MANY);
    snapshots += snapshot.length;
    load += milliseconds(() => restoreSnapshot(snapshot));
  }
  const messages = Array.from({ length: MEASURED }, (_, at) => ({ one: message(kind), account: (at * 7) % ACCOUNTS }));
  const times = messages.map(({ one, account }) => milliseconds(() => models[account]!.score(featuresOf(one, hasher))));
  const name = `${kind}, ${ACCOUNTS} accounts of ${LESSONS_OF_MANY} lessons:`;
  print(`${name} classify`, `${Math.round((MEASURED * 1_000) / times.reduce((sum, time) => sum + time, 0))} messages/s`);
  print(`${name} classify p50, p99`, `${percentile(times, 0.5).toFixed(2)} ms, ${percentile(times, 0.99).toFixed(2)} ms`);
  print(`${name} learn`, `${Math.round((ACCOUNTS * LESSONS_OF_MANY * 1_000) / refold)} lessons/s`);
  print(`${name} memory of each`, mega(models.reduce((sum, { bytes }) => sum + bytes, 0) / ACCOUNTS));
  print(`${name} memory of all`, mega(models.reduce((sum, { bytes }) => sum + bytes, 0)));
  print(`${name} snapshot of each`, mega(snapshots / ACCOUNTS));
  print(`${name} load of each`, `${(load / ACCOUNTS).toFixed(2)} ms`);
  print(`${name} fold again, each`, `${(refold / ACCOUNTS).toFixed(2)} ms`);
}

export function measureScreening(): void {
  console.log(`Screening: one thread, load average ${loadavg()[0]!.toFixed(1)}`);
  for (const kind of ['chat', 'mail'] as const) {
    const receipts = receiptsOf(kind, LESSONS_OF_ONE);
    oneAccount(kind, receipts);
    manyAccounts(kind, receipts);
  }
}
