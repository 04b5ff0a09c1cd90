import { describe, expect, it } from '@jest/globals';
import i18next from 'i18next';
import { de } from '../i18n/de';
import { en } from '../i18n/en';
import { atAGlance, certaintyOf, marksIn, reasonText } from './reasons';

const words = i18next.createInstance();
void words.init({ lng: 'en', resources: { en: { translation: en }, de: { translation: de } }, initAsync: false });
const said = (text: string, language = 'en') => reasonText(words.getFixedT(language), { kind: 'mark', text }, language);

describe('a mark in plain words', () => {
  it.each([
    ['links:2', 'two links', 'zwei Links'],
    ['links:4', '5–8 links', '5–8 Links'],
    ['shouts:6', '17 or more exclamation marks', '17 oder mehr Ausrufezeichen'],
    ['host:win.example', 'a link to win.example', 'ein Link zu win.example'],
    ['from:~free', 'a sender with a free mail account', 'ein Absender mit kostenlosem Postfach'],
    ['sent-fast', 'sent within 10 seconds of opening the chat', 'binnen 10 Sekunden nach dem Öffnen des Chats gesendet'],
    ['obf:2', 'disguised words', 'verkleidete Wörter'],
    ['capitals:none', 'no Latin letters', 'keine lateinischen Buchstaben'],
    ['script:cyrillic:much', 'mostly Cyrillic letters', 'Schrift: vor allem Kyrillisch'],
    ['href', '“href” in its markup', '„href“ in der Formatierung'],
  ])('%s is "%s"', (mark, english, german) => {
    expect(said(mark)).toBe(english);
    expect(said(mark, 'de')).toBe(german);
  });

  it('can still be read where it is not known', () => {
    expect(said('tomorrow:9')).toBe('a trait the filter calls “tomorrow:9”');
    expect(said('links:many')).toBe('a trait the filter calls “links:many”');
  });

  it.each([
    ...['from:shop.example', 'from-tld:ru', 'channel:web', 'channel:api', 'sent-at-once', 'sent-fast', 'host:1.2.3.4', 'tld:ru', 'link'],
    ...['link:number', 'links:0', 'links:9', 'address:shop.example', 'address:~free', 'addresses:3', 'html:4', 'capitals:0', 'capitals:3'],
    ...['capitals:10', 'digits:0', 'digits:7', 'digit-count:5', 'shouts:1', 'asks:4', 'phones:3', 'money:1', 'money:4', 'length:5'],
    ...['length:10', 'length:20', 'words:0', 'words:8', 'invisible:1', 'turned', 'script:latin:some', 'script:indic:much', 'obf:1'],
    'subject:shouted',
  ])('is known for %s', (mark) => {
    for (const language of ['en', 'de']) {
      expect(said(mark, language)).not.toMatch(new RegExp(`[“„]${mark}|undefined|marks\\.`));
    }
  });
});

it('says in words what the filter knew before it was taught, but not at a glance', () => {
  const prior = { kind: 'prior' as const, text: '', weight: 2, spans: [] };
  const word = { kind: 'words' as const, text: 'prize', weight: 1, spans: [] };
  expect(reasonText(words.getFixedT('en'), prior, 'en')).toBe('experience with spam elsewhere');
  expect(atAGlance([prior, word], 3)).toEqual([word]);
});

describe('the places of the reasons in a message', () => {
  const reason = (weight: number, ...spans: [number, number][]) => ({ kind: 'words' as const, text: 'x', weight, spans });

  it('stand in order, and where two meet the stronger one stays', () => {
    expect(marksIn([reason(1, [0, 8]), reason(-2, [20, 24]), reason(3, [4, 10], [30, 33])])).toEqual([
      { from: 4, to: 10, towards: 'spam' },
      { from: 20, to: 24, towards: 'ham' },
      { from: 30, to: 33, towards: 'spam' },
    ]);
  });

  it('are none where nothing stands as it is', () => {
    expect(marksIn([reason(2), reason(1, [3, 3])])).toEqual([]);
  });
});

describe('a few reasons', () => {
  const named = (...texts: string[]) =>
    texts.map((text) => ({
      kind: text.includes(':') || text === 'link' ? ('mark' as const) : ('words' as const),
      text,
      weight: 1,
      spans: [],
    }));

  it('name a link once and no word twice', () => {
    const all = named('link', 'http … example', 'http', 'claim', 'tld:example', 'links:1', 'claim now', 'prize', 'free');
    expect(atAGlance(all, 3).map(({ text }) => text)).toEqual(['claim', 'links:1', 'prize']);
  });

  it('name the link where nothing counts it', () => {
    expect(atAGlance(named('link', 'tld:ru'), 3).map(({ text }) => text)).toEqual(['link', 'tld:ru']);
  });
});

describe('how sure the filter is', () => {
  it.each([
    [{ verdict: 'spam', score: 8, threshold: 4 }, 'spamVery'],
    [{ verdict: 'spam', score: 4, threshold: 4 }, 'spam'],
    [{ verdict: 'unsure', score: 1, threshold: 4 }, 'unsure'],
    [{ verdict: 'ham', score: -3, threshold: 4 }, 'ham'],
    [{ verdict: 'ham', score: -9, threshold: 4 }, 'hamVery'],
  ] as const)('%j is %s', (now, certainty) => {
    expect(certaintyOf(now)).toBe(certainty);
  });
});
