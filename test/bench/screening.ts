/** The online protocol: each message is scored by what was learned before it, then learned. Figures are medians of the runs. */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { featuresOf, SipHash, SpamModel, thresholdOf, type Features, type Label, type ScreenedMessage } from '@sotto/screening';
import { BOGOFILTER_SPAM_FROM, learnByBogofilter } from './bogofilter.js';
import { countsOf, median, missedArea, recallAt, shuffled } from './figures.js';
import { readExamples, type Example } from './screening-lines.js';

/** Any key gives the same accuracy; this one makes runs repeatable. */
const KEY = new Uint8Array(16).fill(0x53);
const LATER = 1_000;

interface Run {
  order: number[];
  scores: Float64Array;
  quarantined: boolean[];
  seconds: number;
  /** Milliseconds to read and score, of each message. */
  times: Float64Array;
}

const labelOf = ({ spam }: Example): Label => (spam ? 'spam' : 'ham');

/** Reads a message, with the shipped prior or without: the prior has seen public collections that may be measured here. */
type Reader = (message: ScreenedMessage) => Features;
function readerOf(prior: boolean): Reader {
  const hasher = new SipHash(KEY);
  return (message) => (prior ? featuresOf(message, hasher) : { ...featuresOf(message, hasher), seed: 0 });
}

function learnOnline(examples: readonly Example[], order: number[], read: Reader): Run {
  const model = new SpamModel();
  const scores = new Float64Array(examples.length);
  const times = new Float64Array(examples.length);
  const quarantined = examples.map(() => false);
  const began = performance.now();
  let threshold = thresholdOf(model);
  order.forEach((index, place) => {
    const example = examples[index]!;
    const at = performance.now();
    const features = read(example.message);
    scores[index] = model.score(features).z;
    times[index] = performance.now() - at;
    quarantined[index] = scores[index] >= threshold;
    model.learn(features, labelOf(example));
    if (place % 20 === 0) threshold = thresholdOf(model);
  });
  return { order, scores, quarantined, seconds: (performance.now() - began) / 1_000, times };
}

/** Accuracy on messages not yet seen, after so many lessons. */
function accuracyAfter(lessons: number, examples: readonly Example[], order: readonly number[], read: Reader): number {
  const model = new SpamModel();
  for (const index of order.slice(0, lessons)) model.learn(read(examples[index]!.message), labelOf(examples[index]!));
  const rest = order.slice(lessons, lessons + 1_000).map((index) => examples[index]!);
  return rest.filter(({ message, spam }) => model.score(read(message)).z > 0 === spam).length / Math.max(1, rest.length);
}

const percent = (share: number, digits = 2): string => (Number.isNaN(share) ? 'none' : `${(100 * share).toFixed(digits)} %`);

/** How well scores tell spam from ham, spam being what scores more than `limit`: one value a line of the report. */
function qualityOf(runs: readonly Float64Array[], spam: readonly boolean[], limit: number): string[] {
  const counts = runs.map((scores) =>
    countsOf(
      Array.from(scores, (score) => score > limit),
      spam,
    ),
  );
  return [
    median(runs.map((scores) => missedArea(scores, spam))).toFixed(3),
    median(counts.map(({ f1 }) => f1)).toFixed(3),
    percent(median(counts.map(({ falsePositives }) => falsePositives))),
    percent(median(runs.map((scores) => recallAt(0.001, scores, spam)))),
  ];
}

const QUALITY = ['(1-ROCA)%', 'F1', 'false-positive rate', 'recall at 0.1 % FPR'];

function report(examples: readonly Example[], runs: readonly Run[], read: Reader, others: readonly Float64Array[] | null): string[] {
  const spam = examples.map((example) => example.spam);
  const ours = qualityOf(
    runs.map(({ scores }) => scores),
    spam,
    0,
  );
  const theirs = others && qualityOf(others, spam, BOGOFILTER_SPAM_FROM);
  const beside = (line: number): string => (theirs ? `${ours[line]!.padEnd(10)}  bogofilter ${theirs[line]}` : ours[line]!);
  const later = runs.map(({ order, quarantined }) => {
    const rest = order.slice(LATER);
    return countsOf(
      rest.map((index) => quarantined[index]!),
      rest.map((index) => spam[index]!),
    );
  });
  const percentile = (share: number): number => median(runs.map(({ times }) => times.toSorted()[Math.floor(share * times.length)]!));
  const lines = [
    `messages              ${examples.length} (${spam.filter(Boolean).length} spam), ${runs.length} runs, medians, ${availableParallelism()} cores`,
    ...QUALITY.map((name, line) => `${name.padEnd(20)}  ${beside(line)}`),
    `messages per second   ${Math.round(median(runs.map(({ seconds }) => examples.length / seconds)))}`,
    `classify p50, p99     ${percentile(0.5).toFixed(2)} ms, ${percentile(0.99).toFixed(2)} ms`,
    `accuracy after 50     ${percent(median(runs.map(({ order }) => accuracyAfter(50, examples, order, read))))}`,
    `accuracy after 200    ${percent(median(runs.map(({ order }) => accuracyAfter(200, examples, order, read))))}`,
  ];
  if (examples.length <= LATER) return lines;
  return [
    ...lines,
    `after ${LATER} lessons    quarantined ham ${percent(median(later.map(({ falsePositives }) => falsePositives)))}, spam caught ${percent(median(later.map(({ recall }) => recall)))}`,
  ];
}

async function evaluate(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scores: { type: 'string' },
      runs: { type: 'string', default: '3' },
      'in-order': { type: 'boolean', default: false },
      prior: { type: 'boolean', default: false },
      bogofilter: { type: 'boolean', default: false },
    },
  });
  const [file] = positionals;
  const count = Number(values.runs);
  if (!file || positionals.length > 1 || !Number.isInteger(count) || count < 1) {
    throw new Error('Usage: npm run screening:eval -- FILE.jsonl [--scores OUT] [--runs 3] [--in-order] [--prior] [--bogofilter]');
  }
  const examples = await readExamples(file);
  const orders = values['in-order']
    ? [examples.map((_, index) => index)]
    : Array.from({ length: count }, (_, run) => shuffled(examples.length, run + 1));
  const read = readerOf(values.prior);
  const runs = orders.map((order) => learnOnline(examples, order, read));
  if (values.scores) {
    // The run whose area is printed, so that the scores give that figure.
    const spam = examples.map((example) => example.spam);
    const chosen = runs.toSorted((a, b) => missedArea(a.scores, spam) - missedArea(b.scores, spam))[runs.length >> 1]!;
    writeFileSync(values.scores, `${Array.from(chosen.scores).join('\n')}\n`);
  }
  const others = values.bogofilter ? orders.map((order) => learnByBogofilter(examples, order)) : null;
  console.log(report(examples, runs, read, others).join('\n'));
}

try {
  await evaluate();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
