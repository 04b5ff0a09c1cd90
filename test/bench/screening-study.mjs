/**
 * `node test/bench/screening-study.mjs FILE.jsonl`: what wrong verdicts and disguises do to the filter. The figures are in
 * docs/screening.md.
 */
import './typescript.mjs';

const { readExamples } = await import('./screening-lines.ts');
const { median, missedArea, randomFrom, shuffled } = await import('./figures.ts');
const { BATCH, CANARIES, featuresOf, judgeBatch, SipHash, SpamModel } = await import('@sotto/screening');

const hasher = new SipHash(new Uint8Array(16).fill(0x53));
const examples = await readExamples(process.argv[2]);
const spam = examples.map((example) => example.spam);
const features = examples.map(({ message }) => featuresOf(message, hasher));
const lessonOf = (index, memberId, flip = false) => ({
  messageId: String(index),
  memberId,
  label: spam[index] !== flip ? 'spam' : 'ham',
  features: features[index],
});
const learnAll = (model, lessons) => lessons.forEach((lesson) => model.learn(lesson.features, lesson.label));

/** Online, three members, a share of all verdicts wrong; the first lessons are the canaries. */
function withNoise(noise, guarded, seed) {
  const random = randomFrom(seed + 50);
  const model = new SpamModel();
  const scores = new Float64Array(examples.length);
  const canaries = [];
  const pending = new Map();
  for (const index of shuffled(examples.length, seed)) {
    scores[index] = model.score(features[index]).z;
    const lesson = lessonOf(index, `member ${Math.floor(random() * 3)}`, random() < noise);
    if (!guarded || canaries.length < CANARIES) {
      canaries.push(lesson);
      learnAll(model, [lesson]);
      continue;
    }
    const batch = [...(pending.get(lesson.memberId) ?? []), lesson];
    pending.set(lesson.memberId, batch.length === BATCH ? [] : batch);
    if (batch.length === BATCH) learnAll(model, judgeBatch(model, canaries, batch).learn);
  }
  return missedArea(scores, spam);
}

/** After good lessons one member turns a hundred verdicts round. */
function afterFlippedClicks(guarded, seed) {
  const order = shuffled(examples.length, seed);
  const good = Math.min(1_500, order.length >> 1);
  const model = new SpamModel();
  const lessons = order.slice(0, good).map((index) => lessonOf(index, 'ana'));
  learnAll(model, lessons);
  const flipped = order.slice(good, good + 100).map((index) => lessonOf(index, 'eve', true));
  for (let from = 0; from < flipped.length; from += BATCH) {
    const batch = flipped.slice(from, from + BATCH);
    learnAll(model, guarded ? judgeBatch(model, lessons.slice(0, CANARIES), batch).learn : batch);
  }
  const rest = order.slice(good + 100, good + 1_100);
  return missedArea(
    rest.map((index) => model.score(features[index]).z),
    rest.map((index) => spam[index]),
  );
}

const LEET = { a: '4', e: '3', i: '1', o: '0', s: '5', t: '7' };
const HOMOGLYPHS = { a: 'а', e: 'е', o: 'о', c: 'с', p: 'р', x: 'х', i: 'і', s: 'ѕ' };
const eachWord = (change) => (text) => text.replace(/\p{L}{3,}/gu, change);

/** The share of spam found (z > 0) when every word of it is disguised, learned from undisguised messages. */
function evasions() {
  const order = shuffled(examples.length, 1);
  const half = order.length >> 1;
  const model = new SpamModel();
  learnAll(
    model,
    order.slice(0, half).map((index) => lessonOf(index, 'ana')),
  );
  const hams = order.slice(0, half).filter((index) => !spam[index]);
  const random = randomFrom(3);
  const goodWords = () => {
    const words = [];
    while (words.length < 100) {
      const { text } = examples[hams[Math.floor(random() * hams.length)]].message;
      words.push(...text.slice(0, 3_000).split(/\s+/).filter(Boolean).slice(0, 10));
    }
    return words.slice(0, 100).join(' ');
  };
  const ways = {
    none: (text) => text,
    leet: eachWord((word) => word.replace(/[aeiost]/gi, (letter) => LEET[letter.toLowerCase()])),
    homoglyphs: eachWord((word) => word.replace(/[aeocpxis]/g, (letter) => HOMOGLYPHS[letter])),
    'zero-width signs': eachWord((word) => [...word].join('\u200b')),
    'letters apart': eachWord((word) => [...word].join(' ')),
    'dots between': eachWord((word) => [...word].join('.')),
    accents: eachWord((word) => word.replace(/[aeio]/gi, (letter) => `${letter}\u0301`)),
    '100 good words after': (text) => `${text} ${goodWords()}`,
    '100 good words before': (text) => `${goodWords()} ${text}`,
  };
  const hidden = order
    .slice(half)
    .filter((index) => spam[index])
    .slice(0, 400);
  for (const [name, disguise] of Object.entries(ways)) {
    const found = hidden.filter((index) => {
      const { message } = examples[index];
      return model.score(featuresOf({ ...message, text: disguise(message.text) }, hasher)).z > 0;
    });
    console.log(`${name.padEnd(24)} ${((100 * found.length) / hidden.length).toFixed(1)} % found`);
  }
}

const ofThree = (measure) => median([1, 2, 3].map(measure)).toFixed(3);
for (const guarded of [false, true]) {
  const how = guarded ? 'guarded' : 'unguarded';
  for (const noise of [0, 0.05, 0.1])
    console.log(`${100 * noise} % flipped, ${how}: (1-ROCA)% ${ofThree((seed) => withNoise(noise, guarded, seed))}`);
  console.log(`100 flipped clicks, ${how}: (1-ROCA)% ${ofThree((seed) => afterFlippedClicks(guarded, seed))}`);
}
evasions();
