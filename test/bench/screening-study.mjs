/**
 * `node test/bench/screening-study.mjs FILE.jsonl`: what wrong verdicts and disguises do to the filter. The figures are in
 * docs/screening.md.
 */
import './typescript.mjs';

const { readExamples } = await import('./screening-lines.ts');
const { median, missedArea, randomFrom, shuffled } = await import('./figures.ts');
const { featuresOf, SipHash, SpamModel, takeSnapshot, thresholdOf } = await import('@sotto/screening');
const { Desk } = await import('./screening-desk.mjs');

const hasher = new SipHash(new Uint8Array(16).fill(0x53));
const examples = await readExamples(process.argv[2]);
const spam = examples.map((example) => example.spam);
const features = examples.map(({ message }) => featuresOf(message, hasher));
const MEMBERS = ['ana', 'bor', 'cene', 'dora', 'eve'];
const lessonOf = (index, memberId, flip = false) => ({
  memberId,
  label: spam[index] !== flip ? 'spam' : 'ham',
  features: features[index],
});
const learnAll = (model, lessons) => lessons.forEach((lesson) => model.learn(lesson.features, lesson.label));

/** Online, five members, a share of all verdicts wrong, those of the canaries too. */
function withNoise(noise, guarded, seed) {
  const random = randomFrom(seed + 50);
  const desk = new Desk(guarded);
  const scores = new Float64Array(examples.length);
  for (const index of shuffled(examples.length, seed)) {
    scores[index] = desk.model.score(features[index]).z;
    const memberId = MEMBERS[Math.floor(random() * MEMBERS.length)];
    desk.teach(lessonOf(index, memberId, random() < noise));
  }
  return { area: missedArea(scores, spam), held: desk.held, takenBack: desk.takenBack };
}

/** After good lessons of all, one member turns a hundred verdicts round. Then all that member taught is rolled back. */
function afterFlippedClicks(guarded, seed) {
  const order = shuffled(examples.length, seed);
  const good = Math.min(1_500, order.length >> 1);
  const desk = new Desk(guarded);
  const honest = new Desk(guarded);
  order.slice(0, good).forEach((index, place) => desk.teach(lessonOf(index, MEMBERS[place % 4])));
  order.slice(0, good).forEach((index, place) => honest.teach(lessonOf(index, MEMBERS[place % 4])));
  for (const index of order.slice(good, good + 100)) desk.teach(lessonOf(index, 'eve', true));
  const rest = order.slice(good + 100, good + 1_100);
  const area = missedArea(
    rest.map((index) => desk.model.score(features[index]).z),
    rest.map((index) => spam[index]),
  );
  desk.rollBack('eve');
  const exact = Buffer.compare(takeSnapshot(desk.model, 0), takeSnapshot(honest.model, 0)) === 0;
  return { area, held: desk.held, takenBack: desk.takenBack, exact };
}

/** Ham that would be quarantined, rescued once by a member: how often the same message is delivered from then on. */
function rescues(seed) {
  const desk = new Desk(true);
  let rescued = 0;
  let delivered = 0;
  shuffled(examples.length, seed).forEach((index, place) => {
    const quarantined = place > 300 && !spam[index] && desk.model.score(features[index]).z >= thresholdOf(desk.model);
    desk.teach(lessonOf(index, MEMBERS[place % 5]));
    if (!quarantined) return;
    rescued++;
    if (desk.model.score(features[index]).z < thresholdOf(desk.model)) delivered++;
  });
  return `${delivered} of ${rescued}`;
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

const SEEDS = [1, 2, 3];
for (const guarded of [false, true]) {
  const say = (what, runs) => {
    const area = median(runs.map((run) => run.area)).toFixed(3);
    const guard = guarded
      ? `, ${median(runs.map((run) => run.held))} held, ${median(runs.map((run) => run.takenBack))} batches taken back`
      : '';
    console.log(`${what}, ${guarded ? 'guarded' : 'unguarded'}: (1-ROCA)% ${area}${guard}`);
  };
  for (const noise of [0, 0.05, 0.1])
    say(
      `${100 * noise} % flipped`,
      SEEDS.map((seed) => withNoise(noise, guarded, seed)),
    );
  const clicks = SEEDS.map((seed) => afterFlippedClicks(guarded, seed));
  say('100 flipped clicks', clicks);
  console.log(`rolled back, bit for bit as if never taught: ${clicks.filter(({ exact }) => exact).length} of ${clicks.length}`);
}
console.log(`rescued once and then delivered: ${SEEDS.map(rescues).join(', ')}`);
evasions();
