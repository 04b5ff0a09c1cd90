import { describe, expect, it } from '@jest/globals';
import type { Notice, NoticeData } from '@sotto/platform';
import { asHtml, asText, inert } from './letter.js';
import { WORDS } from './words/index.js';

const BAD = `"><script src=//evil.test></script><img src=x onerror='alert(1)'>`;
const OCCASION = { url: 'https://help.example.com', account: inert(BAD), name: inert(BAD) };
const CHANGES = ['enabled', 'disabled', 'reset', 'passkey-added', 'passkey-removed', 'recovery-renewed', 'recovery-used'] as const;
const DATA: { [N in Notice]: NoticeData[N][] } = {
  'account-created': [{}],
  'password-changed': [{}],
  'two-factor-changed': CHANGES.map((change) => ({ change })),
  'new-device': [{ device: BAD, address: BAD, at: '2026-11-22T09:30:00.000Z' }],
  invitation: [{ token: BAD, by: BAD, account: BAD }],
  'role-changed': [{ role: 'admin' }, { role: BAD }],
  'password-reset': [{ token: BAD }],
  'ownership-offered': [{ by: BAD, account: BAD }],
  'data-request': [{ number: BAD }],
  'mail-test': [{}],
};
const LANGUAGES = ['en', 'de'] as const;
const every = LANGUAGES.flatMap((language) =>
  (Object.keys(DATA) as Notice[]).flatMap((notice) => DATA[notice].map((data) => [language, notice, data] as const)),
);
const written = (language: (typeof LANGUAGES)[number], notice: Notice, data: object) =>
  WORDS[language].letters[notice](data as never, OCCASION);

describe.each(every)('in %s, the notice %s %j', (language, notice, data) => {
  const letter = written(language, notice, data);
  const frame = WORDS[language].frame(OCCASION);
  const [text, html] = [asText(letter, frame), asHtml(letter, frame)];

  it('has a subject of one line that does not shout', () => {
    expect(letter.subject).not.toMatch(/[!\p{Cc}]/u);
    expect(letter.subject.replaceAll(inert(BAD), 'Acme').length).toBeLessThanOrEqual(60);
  });

  it('says the same in text and in HTML', () => {
    const bare = html.replaceAll(/<[^>]*>/g, '').replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    for (const part of [frame.greeting, ...letter.paragraphs, letter.otherwise ?? '', letter.action?.url ?? '', frame.footer]) {
      expect(text).toContain(part);
      expect(bare).toContain(part);
    }
  });

  it('holds nothing that is fetched or run', () => {
    expect(html).not.toMatch(/<(script|img|link|iframe|object|form|base|svg|style)\b|\bsrc\s*=|url\(|\son\w+\s*=/i);
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, link = '']) =>
      link.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))),
    );
    expect(links).toEqual(letter.action ? [letter.action.url] : []);
  });
});

it('A link leads to this installation, with its token where no server sees it.', () => {
  const links = every.flatMap(([language, notice, data]) => written(language, notice, data).action?.url ?? []);
  expect(links.length).toBeGreaterThan(8);
  for (const link of links) expect(new URL(link).origin).toBe(OCCASION.url);
  const reset = new URL(written('en', 'password-reset', { token: 'a/b#c?d' }).action?.url ?? '');
  expect([reset.pathname, reset.search, decodeURIComponent(reset.hash)]).toEqual(['/reset', '', '#a/b#c?d']);
});

it.each([
  'password-changed',
  'two-factor-changed',
  'new-device',
  'role-changed',
  'password-reset',
  'invitation',
  'ownership-offered',
  'account-created',
] as const)('The notice %s says what to do if it was not you.', (notice) => {
  for (const language of LANGUAGES) expect(written(language, notice, DATA[notice][0] ?? {}).otherwise).toMatch(/\S/);
});

it.each([
  ['Acme Inc.', 'Acme Inc.'],
  ['Dr. Ana Žnidaršič', 'Dr. Ana Žnidaršič'],
  ['a\r\nb\u2028c\0d', 'a b c d'],
  ['\u202eevil', 'evil'],
])('Words such as %j stay as they are, in one line.', (words, shown) => expect(inert(words)).toBe(shown));

it('No mail program finds a link in somebody’s words.', () => {
  for (const bait of ['https://evil.test/x', 'www.evil.test', 'evil.test', 'eve@evil.test'])
    expect(inert(bait)).not.toMatch(/[a-z](\.|:\/|@)[a-z/]/);
});
