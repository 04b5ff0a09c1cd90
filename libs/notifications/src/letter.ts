import { html, type Markup } from '@sotto/platform';

/** What a notice says, in one language. */
export interface Letter {
  subject: string;
  paragraphs: readonly string[];
  /** Particulars to look at, such as where somebody signed in. */
  facts?: readonly (readonly [name: string, value: string])[];
  action?: { label: string; url: string };
  /** What to do when the reader did not cause this. */
  otherwise?: string;
}

/** What stands around every letter of one language. */
export interface Frame {
  language: string;
  greeting: string;
  /** Stands before the address for those who cannot press the button. */
  address: string;
  footer: string;
}

/**
 * Somebody's own words inside a letter, such as a name: in one line, and so that no mail program makes a link of them. An
 * invitation would otherwise carry any address to any mailbox.
 */
export const inert = (words: string): string =>
  words
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replaceAll(/([.:/@])(?=\S)/g, '$1\u2060')
    .trim();

export function asText({ paragraphs, facts = [], action, otherwise }: Letter, { greeting, footer }: Frame): string {
  return [
    greeting,
    ...paragraphs,
    ...(facts.length > 0 ? [facts.map(([name, value]) => `${name}: ${value}`).join('\n')] : []),
    ...(action ? [`${action.label}:\n${action.url}`] : []),
    ...(otherwise ? [otherwise] : []),
    `-- \n${footer}\n`,
  ].join('\n\n');
}

const paragraph = (text: string) => html`<p style="margin:0 0 16px">${text}</p>`;
const fact = ([name, value]: readonly [string, string]) =>
  html`<tr>
    <td style="padding:2px 16px 2px 0;color:#62646e;vertical-align:top">${name}</td>
    <td style="padding:2px 0">${value}</td>
  </tr>`;

function button({ label, url }: { label: string; url: string }, address: string): Markup {
  return html`<p style="margin:24px 0">
      <a
        href="${url}"
        style="display:inline-block;padding:10px 20px;border-radius:8px;background-color:#3b4a8f;color:#ffffff;text-decoration:none"
        >${label}</a
      >
    </p>
    <p style="margin:0 0 16px;font-size:13px;color:#62646e">${address}<br /><span style="word-break:break-all">${url}</span></p>`;
}

/** The same as `asText`, with everything escaped, styles inline and nothing fetched from anywhere. */
export function asHtml({ subject, paragraphs, facts = [], action, otherwise }: Letter, frame: Frame): string {
  return html`<!doctype html>
    <html lang="${frame.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${subject}</title>
      </head>
      <body
        style="margin:0;padding:32px 16px;background-color:#f4f4f7;color:#1c1d22;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif"
      >
        <div style="max-width:480px;margin:0 auto;padding:32px;background-color:#ffffff;border:1px solid #e4e5ea;border-radius:12px">
          ${[frame.greeting, ...paragraphs].map(paragraph)}
          ${
            facts.length > 0
              ? html`<table role="presentation" style="margin:0 0 16px;border-collapse:collapse">
                  ${facts.map(fact)}
                </table>`
              : ''
          }
          ${action ? button(action, frame.address) : ''} ${otherwise ? paragraph(otherwise) : ''}
        </div>
        <p style="max-width:480px;margin:16px auto 0;font-size:13px;color:#62646e">${frame.footer}</p>
      </body>
    </html> `.toString();
}
