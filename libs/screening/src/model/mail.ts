import { READ_AT_MOST, type ScreenedMessage } from './message.js';

/** Parts and depth read of one mail: a bomb of parts costs no more than a long mail. */
const PARTS = 20;
const DEPTH = 6;
const RAW_AT_MOST = 8 * READ_AT_MOST;
const HEADERS_AT_MOST = READ_AT_MOST;

const HEADER_LINE = /^[!-9;-~]{1,60}:/;
const MAIL_HEADER = /^(from|to|subject|date|received|message-id|return-path|mime-version|delivered-to|content-type|reply-to):/i;

/** Where the header block ends, or -1 where the text does not begin with one: three headers of mail, then an empty line. */
function headersEnd(raw: string): number {
  let at = /^(>?From |From:? .*\d\d:\d\d)/.test(raw) && !/^from:/i.test(raw) ? raw.indexOf('\n') + 1 : 0;
  let known = 0;
  for (let lines = 0; lines < 1_000 && at < raw.length; lines++) {
    let end = raw.indexOf('\n', at);
    if (end < 0) end = raw.length;
    const line = raw.slice(at, end).replace(/\r$/, '');
    if (line === '') return known >= 3 ? at : -1;
    if (MAIL_HEADER.test(line)) known++;
    else if (!/^[ \t]/.test(line) && !HEADER_LINE.test(line) && !/^>?From /.test(line)) return -1;
    at = end + 1;
  }
  return -1;
}

/** Whether a text is a whole mail, headers first. */
export const isMail = (raw: string): boolean => headersEnd(raw.slice(0, HEADERS_AT_MOST)) > 0;

const headerOf = (headers: string, name: string): string =>
  new RegExp(`^${name}:[ \\t]*(.*(?:\\r?\\n[ \\t].*)*)`, 'im').exec(headers)?.[1]?.replace(/\s+/g, ' ').trim() ?? '';

function bytesToText(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset || 'utf-8').decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

const fromQuotedPrintable = (text: string): string =>
  text.replace(/=\r?\n/g, '').replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

/** Words of RFC 2047: `=?utf-8?q?caf=C3=A9?=`. */
const decodeWords = (value: string): string =>
  value.replace(/=\?([\w-]{1,40})\?([bq])\?([^?\s]{0,2000})\?=(?:\s+(?==\?))?/gi, (_, charset: string, kind: string, text: string) => {
    const bytes =
      kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : Buffer.from(fromQuotedPrintable(text.replaceAll('_', ' ')), 'latin1');
    return bytesToText(bytes, charset);
  });

function decodeBody(body: string, headers: string): string {
  const encoding = headerOf(headers, 'content-transfer-encoding').toLowerCase();
  const charset = /charset\s*=\s*"?([\w-]{1,40})/i.exec(headerOf(headers, 'content-type'))?.[1] ?? '';
  if (encoding.includes('base64')) return bytesToText(Buffer.from(body, 'base64'), charset);
  const text = encoding.includes('quoted') ? fromQuotedPrintable(body) : body;
  // The text came as one code unit a byte, or decoded already.
  return /^[\x00-\xff]*$/.test(text) && /[\x80-\xff]/.test(text)
    ? bytesToText(Buffer.from(text, 'latin1'), charset || 'windows-1252')
    : text;
}

/** The readable text of a part and the parts in it; of files, only their names and kinds. */
function textOf(raw: string, headers: string, depth: number, count: { parts: number }): string {
  if (++count.parts > PARTS || depth > DEPTH) return '';
  const type = headerOf(headers, 'content-type');
  const boundary = /^multipart\//i.test(type) ? /boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;]{1,200}))/i.exec(type) : null;
  if (boundary) {
    const texts = raw.split(`--${boundary[1] ?? boundary[2]}`, PARTS + 1).slice(1);
    return texts
      .filter((part) => !part.startsWith('--'))
      .map((part) => {
        const body = part.replace(/^\r?\n/, '');
        const blank = /\r?\n\r?\n/.exec(body);
        if (/^\r?\n/.test(body) || !blank) return textOf(body.trimStart(), '', depth + 1, count);
        return textOf(body.slice(blank.index + blank[0].length), body.slice(0, blank.index), depth + 1, count);
      })
      .join('\n');
  }
  if (type && !/^(text|message)\b/i.test(type)) return ` [${type.split(';')[0]}] `;
  return decodeBody(raw, headers);
}

/** A raw mail as the filter reads it. */
export function readMail(whole: string): ScreenedMessage {
  const raw = whole.slice(0, RAW_AT_MOST);
  const end = Math.max(0, headersEnd(raw.slice(0, HEADERS_AT_MOST)));
  const headers = raw.slice(0, end);
  const body = raw.slice(end).replace(/^\r?\n/, '');
  return {
    text: textOf(body, headers, 0, { parts: 0 }),
    subject: decodeWords(headerOf(headers, 'subject')),
    from: /<([^<>]{1,320})>/.exec(headerOf(headers, 'from'))?.[1] ?? headerOf(headers, 'from').split(' ')[0] ?? '',
    headers,
    channel: 'email',
  };
}
