/**
 * `node test/bench/screening-seed.mjs OUT.ts FILE.jsonl...`: trains the prior that is shipped (libs/screening/src/model/seed.ts).
 * `... --try HELD-OUT.jsonl FILE.jsonl...` writes nothing and says what such a prior is worth on a file it has not seen.
 */
import './typescript.mjs';
import { writeFileSync } from 'node:fs';

const { readExamples } = await import('./screening-lines.ts');
const { median, missedArea, shuffled } = await import('./figures.ts');
const { featuresOf, SipHash, SpamModel } = await import('@sotto/screening');
const model = '../../libs/screening/src/model';
const { isSeeded, seedBy, SEED_STEP, seedTokens } = await import(`${model}/seed.ts`);
const { ByteWriter } = await import(`${model}/bytes.ts`);
const { marksOf } = await import(`${model}/marks.ts`);
const { plainText } = await import(`${model}/normalise.ts`);
const { scriptsOf } = await import(`${model}/scripts.ts`);
const { visibleOf } = await import(`${model}/html.ts`);
const { wordsOf } = await import(`${model}/words.ts`);

const BUCKETS = 2 ** 15;
const EPOCHS = 5;
const SEEN_AT_LEAST = 3;
const DECAY = 0.0005;
const RATE = 0.3;

/** As featuresOf reads a message; null for one too long. */
function tokensOf(message) {
  const whole = plainText(message.text);
  const plain = { ...whole, text: visibleOf(whole.text).text };
  const { words } = wordsOf(plain.text, 1_500, true);
  if (!isSeeded(words, message)) return null;
  return seedTokens(words, [...marksOf(message, plain, whole.text, words.length, scriptsOf(plain.text))]);
}

/** Logistic regression with AdaGrad; tokens of fewer than three messages are left out. */
function train(examples) {
  const lessons = examples.map(({ message, spam }) => ({ tokens: tokensOf(message), spam })).filter(({ tokens }) => tokens !== null);
  const seen = new Uint32Array(BUCKETS);
  for (const { tokens } of lessons) for (const token of tokens) seen[token]++;
  const weights = new Float64Array(BUCKETS);
  const squares = new Float64Array(BUCKETS + 1);
  let bias = 0;
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    for (const index of shuffled(lessons.length, epoch)) {
      const { tokens, spam } = lessons[index];
      const root = Math.sqrt(tokens.size);
      let z = bias;
      for (const token of tokens) z += weights[token] / root;
      const error = (spam ? 1 : 0) - 1 / (1 + Math.exp(-z));
      for (const token of tokens) {
        if (seen[token] < SEEN_AT_LEAST) continue;
        const step = error / root - DECAY * weights[token];
        squares[token] += step * step;
        weights[token] += (RATE * step) / Math.sqrt(squares[token] + 0.01);
      }
      squares[BUCKETS] += error * error;
      bias += (RATE * error) / Math.sqrt(squares[BUCKETS] + 0.01);
    }
  }
  return Int8Array.from(weights, (weight) => Math.max(-127, Math.min(127, Math.round(weight / SEED_STEP))));
}

function pack(weights) {
  const writer = new ByteWriter();
  let before = 0;
  weights.forEach((weight, bucket) => {
    if (weight === 0) return;
    writer.count(bucket - before);
    writer.count(weight + 128);
    before = bucket;
  });
  return Buffer.from(writer.bytes()).toString('base64');
}

const LESSONS = [0, 10, 50, 200];

/** Online over a file: (1-ROCA)%, and accuracy on the next 1,000 messages after so many lessons. */
function online(features, spam, order) {
  const filter = new SpamModel();
  const scores = new Float64Array(spam.length);
  const accuracies = [];
  order.forEach((index, place) => {
    if (LESSONS.includes(place)) {
      const next = order.slice(place, place + 1_000);
      accuracies.push(next.filter((other) => filter.score(features[other]).z > 0 === spam[other]).length / next.length);
    }
    scores[index] = filter.score(features[index]).z;
    filter.learn(features[index], spam[index] ? 'spam' : 'ham');
  });
  return [missedArea(scores, spam), ...accuracies.map((share) => 100 * share)];
}

function tryOut(weights, examples) {
  const hasher = new SipHash(new Uint8Array(16).fill(0x53));
  const spam = examples.map((example) => example.spam);
  const seeds = examples.map(({ message }) => {
    const tokens = tokensOf(message);
    return tokens === null ? 0 : seedBy(weights, tokens);
  });
  console.log(`seed alone: (1-ROCA)% ${missedArea(seeds, spam).toFixed(1)}`);
  const bare = examples.map(({ message }) => ({ ...featuresOf(message, hasher), seed: 0 }));
  for (const [name, features] of [
    ['without', bare],
    ['with', bare.map((one, index) => ({ ...one, seed: seeds[index] }))],
  ]) {
    const runs = [1, 2, 3].map((run) => online(features, spam, shuffled(spam.length, run)));
    const [area, ...accuracies] = runs[0].map((_, column) => median(runs.map((figures) => figures[column])));
    const shares = accuracies.map((share) => share.toFixed(1)).join(', ');
    console.log(`${name}: (1-ROCA)% ${area.toFixed(3)}, accuracy after ${LESSONS.join(', ')} lessons: ${shares} %`);
  }
}

const [out, ...files] = process.argv.slice(2);
const heldOut = out === '--try' ? files.shift() : null;
const examples = (await Promise.all(files.map(readExamples))).flat();
const weights = train(examples);
if (heldOut) tryOut(weights, await readExamples(heldOut));
else {
  const packed = pack(weights);
  writeFileSync(
    out,
    `/** Made by \`node test/bench/screening-seed.mjs\`; see seed-weights.md for where it comes from. */\nexport const SEED_WEIGHTS =\n  '${packed}';\n`,
  );
  console.log(`${weights.filter((weight) => weight !== 0).length} weights, ${packed.length} characters`);
}
