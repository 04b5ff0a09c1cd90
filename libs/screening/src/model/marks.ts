import type { ScreenedMessage } from './message.js';
import type { PlainText } from './normalise.js';

/** Mail providers anybody may join: the domain says nothing about the sender. */
const FREE_MAIL =
  /(^|\.)(gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|aol|icloud|gmx|web|mail|proton|protonmail|yandex|qq|163|126|excite|lycos|juno|usa|freemail|t-online|rediffmail|libero|orange|free|laposte|seznam|wp|rambler)\.[a-z.]{2,6}$/;

const LINK = /\bhttps?:\/\/([^\s/?#"'<>:@]{1,253})|\b((?:[a-z0-9-]{1,63}\.){1,4}(?:[a-z]{2,12}))\b(\/?)/gi;
const ADDRESS = /@([\w-]{1,63}(?:\.[\w-]{1,63}){1,4})/g;
const PHONE = /\+?\d[\d ().-]{6,18}\d/g;
const MONEY = /[£$€¥₹₽₩฿]\s?\d|\d\s?(?:[£$€¥₹₽₩฿]|(?:usd|eur|gbp|euro|dollars?|pounds?|rs)\b)/gi;
const TAG = /<\/?([a-z][a-z0-9]{0,15})[\s>/]/gi;

/** 0, 1, 2, 3-4, 5-8, ... as a small number. */
const steps = (count: number): number => (count < 3 ? count : 2 + Math.ceil(Math.log2(count / 2)));

export const domainOf = (address: string): string => {
  const domain = address
    .slice(address.lastIndexOf('@') + 1)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.-]/gu, '')
    .slice(0, 253);
  return FREE_MAIL.test(domain) ? '~free' : domain;
};

/** Whatever of the message as a whole is worth a feature: never a name, a number or the local part of an address. */
export function* marksOf(
  message: ScreenedMessage,
  plain: PlainText,
  source: string,
  words: number,
  scripts: ReadonlyMap<string, number>,
): Generator<string> {
  const { text } = plain;
  const lower = (source.length > text.length ? `${source}\n` : text).toLowerCase();
  if (message.from !== undefined) {
    const domain = domainOf(message.from);
    yield `from:${domain}`;
    const parent = domain.split('.').slice(-2).join('.');
    if (parent !== domain) yield `from:${parent}`;
    yield `from-tld:${domain.slice(domain.lastIndexOf('.') + 1)}`;
  }
  if (message.channel !== undefined) yield `channel:${message.channel}`;
  if (message.secondsToSend !== undefined && message.secondsToSend < 10) yield message.secondsToSend < 3 ? 'sent-at-once' : 'sent-fast';
  yield* links(lower);
  yield* html(source);
  yield* writing(text);
  yield `length:${Math.round(Math.log2(text.length + 1) * 1.5)}`;
  yield `words:${steps(words)}`;
  if (plain.invisible > 0) yield `invisible:${Math.min(3, steps(plain.invisible))}`;
  if (plain.turned > 0) yield 'turned';
  for (const [script, count] of scripts) yield `script:${script}:${count * 4 > text.length ? 'much' : 'some'}`;
}

function* links(lower: string): Generator<string> {
  let count = 0;
  for (const [, host, bare] of lower.matchAll(LINK)) {
    const name = (host ?? bare ?? '').replace(/^www\./, '');
    if (++count > 50) break;
    yield `host:${name}`;
    yield `tld:${name.slice(name.lastIndexOf('.') + 1)}`;
    if (host !== undefined) yield 'link';
    if (host !== undefined && /^[\d.]+$/.test(host)) yield 'link:number';
  }
  yield `links:${steps(count)}`;
  let addresses = 0;
  for (const [, domain] of lower.matchAll(ADDRESS)) {
    if (++addresses > 20) break;
    yield `address:${domainOf(domain!)}`;
  }
  if (addresses > 0) yield `addresses:${steps(addresses)}`;
}

function* html(source: string): Generator<string> {
  let tags = 0;
  for (const [, name] of source.toLowerCase().matchAll(TAG)) {
    if (++tags > 200) break;
    yield `tag:${name}`;
  }
  if (tags > 0) yield `html:${steps(tags)}`;
}

function* writing(text: string): Generator<string> {
  let capitals = 0;
  let small = 0;
  let digits = 0;
  let shouts = 0;
  let asks = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x41 && unit <= 0x5a) capitals++;
    else if (unit >= 0x61 && unit <= 0x7a) small++;
    else if (unit >= 0x30 && unit <= 0x39) digits++;
    else if (unit === 0x21 || unit === 0xa1) shouts++;
    else if (unit === 0x3f) asks++;
  }
  const letters = capitals + small;
  yield `capitals:${letters ? Math.ceil((10 * capitals) / letters) : 'none'}`;
  yield `digits:${Math.ceil((20 * digits) / (text.length + 1))}`;
  yield `digit-count:${steps(digits)}`;
  yield `shouts:${Math.min(6, steps(shouts))}`;
  yield `asks:${Math.min(4, steps(asks))}`;
  const phones = text.match(PHONE)?.filter((phone) => phone.replace(/\D/g, '').length >= 7).length ?? 0;
  if (phones > 0) yield `phones:${Math.min(3, phones)}`;
  const sums = text.match(MONEY)?.length ?? 0;
  if (sums > 0) yield `money:${Math.min(4, steps(sums))}`;
}
