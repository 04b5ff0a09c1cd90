export interface Visible {
  /** What a reader sees, or the text as it is where it has no tags. */
  text: string;
  /** What stands inside the tags: names, attributes, addresses of pictures. */
  tags: string;
}

const TAGS_AT_LEAST = 2;
const LONGEST_TAG = 2_002;
/** These end a word; any other tag, and a comment, may stand within one to hide it: `vi<b></b>agra`. */
const BREAKING =
  /^\/?(a|address|article|blockquote|body|br|center|dd|div|dl|dt|form|h[1-6]|head|hr|html|img|input|li|meta|ol|option|p|pre|section|select|table|tbody|td|textarea|th|title|tr|ul)\b/i;
const HIDDEN = /^(script|style)\b/i;
const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: ' ',
    copy: '©',
    reg: '®',
    trade: '™',
    euro: '€',
    pound: '£',
    bull: '•',
  }),
);

const entity = (whole: string, name: string): string => {
  if (!name.startsWith('#')) return ENTITIES.get(name.toLowerCase()) ?? whole;
  const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : whole;
};

/** Whether something stands between `<` and `>` that may be a tag. By hand: a pattern is quadratic on `<a <a <a`. */
function hasTag(text: string): boolean {
  let close = -1;
  for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', open + 1)) {
    if (close < open) close = text.indexOf('>', open);
    if (close < 0) return false;
    if (close - open <= LONGEST_TAG && /[a-z!/]/i.test(text[open + 1]!)) return true;
  }
  return false;
}

/** Parts what is seen from what is not. One pass: every `<` either opens a tag that ends or is text. */
export function visibleOf(text: string): Visible {
  if (!hasTag(text)) return { text, tags: '' };
  let seen = '';
  let tags = '';
  let count = 0;
  let at = 0;
  for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', at)) {
    const comment = text.startsWith('<!--', open);
    const close = comment ? text.indexOf('-->', open + 4) : text.indexOf('>', open + 1);
    if (close < 0) {
      if (!comment) break;
      seen += text.slice(at, open + 4);
      at = open + 4;
      if (text.indexOf('-->', at) < 0) break;
      continue;
    }
    if (!comment && !/[a-z!/?]/i.test(text[open + 1] ?? '')) {
      seen += text.slice(at, open + 1);
      at = open + 1;
      continue;
    }
    const inside = text.slice(open + 1, close);
    seen += text.slice(at, open);
    if (!comment) {
      count++;
      tags += `${inside} `;
      if (BREAKING.test(inside)) seen += ' ';
    }
    at = close + (comment ? 3 : 1);
    if (HIDDEN.test(inside)) {
      const end = text.indexOf('</', at);
      if (end < 0) break;
      at = end;
    }
  }
  if (count < TAGS_AT_LEAST) return { text, tags: '' };
  seen += text.slice(at);
  return { text: seen.replace(/&(#?\w{1,8});/g, entity), tags };
}
