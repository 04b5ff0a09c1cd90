import { describe, expect, it } from '@jest/globals';
import { explain } from './explanation.js';
import { featuresOf } from './features.js';
import { admits, BATCH, batchHarms, CONTRADICTIONS_AT_MOST, type Lesson } from './guard.js';
import type { Label } from './message.js';
import { SpamModel } from './model.js';
import { SipHash } from './siphash.js';
import { thresholdOf, verdictOf } from './verdict.js';

const hasher = new SipHash(new Uint8Array(16).fill(4));

/** What is written in chats of small desks, in four languages: made up for this test. */
const HAM = [
  'hi, my order has not arrived yet, can you look where it is?',
  'how do I change the address of my invoice',
  'the login page says my password is wrong since this morning',
  'thank you, that worked! have a nice day',
  'ich habe eine Frage zu meiner Rechnung vom März',
  'wie kann ich mein Passwort zurücksetzen?',
  'die Lieferung ist beschädigt angekommen, was nun?',
  'pozdravljeni, kdaj bo paket dostavljen?',
  'prosim za kopijo računa za november',
  'ali lahko spremenim naslov za dostavo?',
  '你好，我的订单什么时候发货？',
  '请问怎么修改密码',
  'مرحبا، متى يصل طلبي؟',
  'كيف أغير كلمة المرور؟',
];
const SPAM = [
  'CONGRATULATIONS you WON a FREE prize, claim now at http://win.example/claim',
  'cheap seo backlinks, rank first on google in 7 days, write to me',
  'earn $5000 a week from home, no experience, click http://cash.example',
  'Gewinnen Sie jetzt 1000 € im Online Casino, kostenlos anmelden http://spiel.example',
  'Sofortkredit ohne Schufa, jetzt klicken http://kredit.example',
  'hiter kredit brez preverjanja, kliknite http://kredit.example zdaj',
  'zaslužite 3000 € na teden od doma, prijavite se zdaj',
  '恭喜您中奖，免费领取大奖，点击 http://jiang.example',
  '加微信代开发票，优惠多多',
  'اربح جائزة مجانية الآن اضغط http://jaiza.example',
  'قرض سريع بدون ضمان اضغط هنا http://qard.example',
];

const lessonOf = (text: string, label: Label, memberId = 'ana', at = 0): Lesson => ({
  messageId: `${memberId}-${at}-${text.slice(0, 20)}`,
  memberId,
  label,
  features: featuresOf({ text }, hasher),
});
const LESSONS = [...SPAM.map((text) => lessonOf(text, 'spam')), ...HAM.map((text) => lessonOf(text, 'ham'))];

function taught(times = 3): SpamModel {
  const model = new SpamModel();
  for (let time = 0; time < times; time++) for (const { features, label } of LESSONS) model.learn(features, label);
  return model;
}

const zOf = (model: SpamModel, text: string): number => model.score(featuresOf({ text }, hasher)).z;

describe('the model', () => {
  it('knows nothing at first: every message is delivered', () => {
    const model = new SpamModel();
    expect(verdictOf(zOf(model, SPAM[0]!), thresholdOf(model))).toBe('unsure');
  });

  it.each([
    ['claim your free prize now http://win.example/claim', true],
    ['jetzt kostenlos anmelden und gewinnen http://spiel.example', true],
    ['kliknite za hiter kredit http://kredit.example', true],
    ['免费领取大奖', true],
    ['اضغط هنا لتربح جائزة مجانية', true],
    ['can you look at my order please', false],
    ['ich habe mein Passwort vergessen, wie kann ich es zurücksetzen?', false],
    ['kdaj bo moj paket dostavljen?', false],
    ['请问我的订单在哪里', false],
    ['متى يصل طلبي من فضلك', false],
  ])('tells new messages apart after a few lessons: %s', (text, spam) => {
    expect(zOf(taught(), text) > 0).toBe(spam);
  });

  it('still sees what is padded with a hundred good words, and what is disguised', () => {
    const model = taught(6);
    const padding = Array.from({ length: 12 }, (_, at) => HAM[at % 10]).join(' ');
    const plain = 'CONGRATULATIONS you WON a FREE prize, claim now at http://win.example/claim '.repeat(2);
    expect(zOf(model, `${plain} ${padding} ${padding}`)).toBeGreaterThan(0);
    expect(zOf(model, 'c0ngratulat1ons you w0n a fr3e pr1ze, cla1m n0w')).toBeGreaterThan(0);
    expect(zOf(model, 'CONGRАTULАTIONS you WОN а FRЕЕ рrizе, сlаim nоw')).toBeGreaterThan(0);
  });

  it('counts no label or word for a name of the prototype', () => {
    const model = taught();
    model.learn(featuresOf({ text: '__proto__ constructor', channel: '__proto__' }, hasher), 'spam');
    expect(Object.prototype).not.toHaveProperty('spam');
    expect(Number.isFinite(zOf(model, '__proto__'))).toBe(true);
  });

  it('holds little memory while it knows little', () => {
    const model = new SpamModel();
    expect(model.bytes).toBeLessThan(50_000);
    for (let at = 0; at < 50; at++) model.learn(featuresOf({ text: `${HAM[at % 10]} number ${at}` }, hasher), at % 2 ? 'spam' : 'ham');
    expect(model.bytes).toBeLessThan(500_000);
    expect(model.copy().bytes).toBe(model.bytes);
  });

  it('trusts one lesson less where many contradict it', () => {
    const calm = taught(20);
    const wary = calm.copy();
    wary.against = 0.1;
    const [{ features }] = LESSONS as [Lesson];
    const moved = (model: SpamModel): number => {
      const before = model.score(features).regression;
      model.learn(features, 'ham');
      return before - model.score(features).regression;
    };
    const byCalm = moved(calm);
    expect(moved(wary)).toBeLessThan(byCalm / 2);
  });

  it('is not turned round by one who says the opposite of everything', () => {
    const model = taught(10);
    for (let time = 0; time < 4; time++)
      for (const { features, label } of LESSONS) model.learn(features, label === 'spam' ? 'ham' : 'spam');
    expect(Math.min(model.stacker[0]!, model.stacker[1]!)).toBeGreaterThan(0);
  });

  it('learns nothing from what it is already sure of', () => {
    const model = taught(200);
    const { features } = LESSONS[0]!;
    expect(model.score(features).z).toBeGreaterThan(6);
    expect(model.learn(features, 'spam')).toBe(false);
  });
});

describe('a disguise', () => {
  const read = (text: string) => featuresOf({ text }, hasher);
  const SPELLED = 'w i n n e r! c l a i m your p r i z e and v i a g r a';

  it('speaks against a message before any was taught, and never enough for quarantine', () => {
    const model = new SpamModel();
    const { z } = model.score({ ...read(SPELLED), seed: 0 });
    expect(z).toBeGreaterThan(1);
    expect(z).toBeLessThan(thresholdOf(model));
    expect(model.score({ ...read('winner! claim your prize and viagra'), seed: 0 }).z).toBe(0);
  });

  it('counts less where honest people write so', () => {
    const model = new SpamModel();
    const before = model.innate(read(SPELLED)).disguise;
    for (let time = 0; time < 20; time++) model.learn(read(`h e l l o from the p r i n t shop ${time}`), 'ham');
    expect(model.innate(read(SPELLED)).disguise).toBeLessThan(before);
  });
});

describe('the threshold', () => {
  it('starts at 4 and stays above nearly all ham that was seen', () => {
    const model = new SpamModel();
    expect(thresholdOf(model)).toBe(4);
    for (let at = 0; at < 1_000; at++) model.hamScores.add(at < 3 ? 5 : -8);
    expect(thresholdOf(model)).toBe(6);
    for (let at = 0; at < 1_000; at++) model.hamScores.add(-8);
    expect(thresholdOf(model)).toBe(2);
  });

  it('parts quarantine, doubt and delivery', () => {
    expect([verdictOf(4, 4), verdictOf(3.9, 4), verdictOf(-2.1, 4), verdictOf(-2.2, 4)]).toEqual(['spam', 'unsure', 'unsure', 'ham']);
  });
});

describe('the guard', () => {
  const flipped = LESSONS.map((lesson): Lesson => ({ ...lesson, memberId: 'eve', label: lesson.label === 'spam' ? 'ham' : 'spam' }));
  const canaries = Array.from({ length: 4 }, () => LESSONS).flat();

  const after = (model: SpamModel, lessons: Lesson[]): SpamModel => {
    const copy = model.copy();
    for (const { features, label } of lessons) copy.learn(features, label);
    return copy;
  };

  it('learns at once what agrees with the model, however much was used up', () => {
    const model = taught(20);
    expect(LESSONS.map((lesson) => admits(model, lesson, BATCH))).toEqual(LESSONS.map(() => true));
  });

  it('learns a rescue at once, and holds what contradicts after that', () => {
    const model = taught(20);
    expect(CONTRADICTIONS_AT_MOST).toBeGreaterThan(0);
    expect(flipped.map((lesson) => admits(model, lesson, 0))).toEqual(flipped.map(() => true));
    expect(flipped.map((lesson) => admits(model, lesson, CONTRADICTIONS_AT_MOST))).toEqual(flipped.map(() => false));
  });

  it('lets a young model be contradicted: it is sure of nothing', () => {
    expect(flipped.map((lesson) => admits(new SpamModel(), lesson, BATCH))).toEqual(flipped.map(() => true));
  });

  it('sees that a batch of flipped verdicts harms, and that an honest one does not', () => {
    const model = taught(20);
    expect(batchHarms(model, after(model, flipped.slice(0, BATCH)), canaries)).toBe(true);
    expect(batchHarms(model, after(model, LESSONS.slice(0, BATCH)), canaries)).toBe(false);
  });

  it('cannot judge by too few canaries, and lets the batch pass', () => {
    const model = taught(20);
    expect(batchHarms(model, after(model, flipped.slice(0, BATCH)), canaries.slice(0, 10))).toBe(false);
  });
});

describe('an explanation', () => {
  it('names the words and marks that speak loudest, in order', () => {
    const reasons = explain(taught(), { text: 'hello, claim your free prize' }, hasher);
    const weights = reasons.map(({ weight }) => Math.abs(weight));
    expect(weights).toEqual(weights.toSorted((a, b) => b - a));
    expect(reasons.filter(({ weight }) => weight > 0).map(({ text }) => text)).toEqual(expect.arrayContaining(['prize']));
    expect(reasons.length).toBeLessThanOrEqual(12);
  });

  it('names the prior alone where nothing was learned, with all of the score', () => {
    const message = { text: 'hello, claim your free prize' };
    const { z } = new SpamModel().score(featuresOf(message, hasher));
    expect(z).not.toBe(0);
    expect(explain(new SpamModel(), message, hasher)).toEqual([{ kind: 'prior', text: '', weight: z }]);
    expect(explain(new SpamModel(), { ...message, subject: 'What the prior does not read' }, hasher)).toEqual([]);
  });

  it('names a disguise with what it adds by itself', () => {
    const reasons = explain(new SpamModel(), { text: 'w i n n e r! c l a i m your v i a g r a', subject: 'x' }, hasher);
    expect(reasons).toEqual([{ kind: 'mark', text: 'obf:3', weight: 3 * 0.4 }]);
  });
});
