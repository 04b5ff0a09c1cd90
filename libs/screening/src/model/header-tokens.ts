import { READ_AT_MOST } from './message.js';

const HEADER = /^([!-9;-~]{1,60}):[ \t]*(.*)$/;
const LOCAL_PART = /[\w.+%=-]{1,64}@/g;
const WORD = /[\p{L}\p{N}.@-]{1,60}/gu;
const TOKENS = 1_200;
/** Their words change with every mail and say nothing. */
const OPAQUE = new Set(['date', 'delivery-date', 'dkim-signature', 'arc-seal', 'arc-message-signature']);

/** Names of headers in their order, and words of their values without local parts of addresses. */
export function* headerTokens(headers: string): Generator<string> {
  let count = 0;
  let before = '';
  const lines = headers
    .slice(0, READ_AT_MOST)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/);
  for (const line of lines) {
    const [, written, value] = HEADER.exec(line.slice(0, 2_000)) ?? [];
    if (written === undefined || value === undefined) continue;
    const name = written.toLowerCase();
    yield `${name}:`;
    yield `${written}:`;
    yield `${before}>${name}`;
    before = name;
    if (OPAQUE.has(name)) continue;
    for (const [word] of value.toLowerCase().replace(LOCAL_PART, '@').matchAll(WORD)) {
      if (++count > TOKENS) return;
      yield `${name}:${word.replace(/\d{3,}/g, '9')}`;
    }
  }
}
