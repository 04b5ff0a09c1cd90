import { html, type KeptMail, type Markup } from '@sotto/platform';

const page = (title: string, nonce: string, content: Markup): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <style nonce="${nonce}">
          :root {
            color-scheme: light dark;
            font:
              16px/1.6 system-ui,
              sans-serif;
            --ink: #1c1d22;
            --soft: #62646e;
            --line: #e4e5ea;
            --paper: #fbfbfc;
            --card: #fff;
            --link: #3b4a8f;
          }
          @media (prefers-color-scheme: dark) {
            :root {
              --ink: #ececf1;
              --soft: #a2a4b0;
              --line: #2e3038;
              --paper: #131418;
              --card: #1b1c21;
              --link: #aab6f2;
            }
          }
          body {
            margin: 0;
            background: var(--paper);
            color: var(--ink);
          }
          main {
            max-width: 46rem;
            margin: 0 auto;
            padding: 3rem 1.5rem;
          }
          h1 {
            font-size: 1.5rem;
            line-height: 1.25;
            margin: 0 0 0.5rem;
            overflow-wrap: anywhere;
          }
          h2 {
            font-size: 1rem;
            margin: 2rem 0 0.5rem;
          }
          p {
            color: var(--soft);
            margin: 0 0 1.5rem;
          }
          a {
            color: var(--link);
          }
          ul {
            list-style: none;
            margin: 0;
            padding: 0;
            border-top: 1px solid var(--line);
          }
          li {
            border-bottom: 1px solid var(--line);
            padding: 0.75rem 0;
            overflow-wrap: anywhere;
          }
          small,
          dt {
            color: var(--soft);
          }
          dl {
            display: grid;
            grid-template-columns: max-content 1fr;
            gap: 0 1rem;
            margin: 1rem 0;
            overflow-wrap: anywhere;
          }
          dd {
            margin: 0;
          }
          pre {
            background: var(--card);
            border: 1px solid var(--line);
            border-radius: 10px;
            padding: 1rem;
            white-space: pre-wrap;
            overflow-wrap: anywhere;
            font-size: 0.85rem;
          }
          iframe {
            width: 100%;
            height: 34rem;
            border: 1px solid var(--line);
            border-radius: 10px;
            background: #fff;
          }
        </style>
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html> `.toString();

const mailbox = ({ name, address }: KeptMail['to']) => `${name} <${address}>`;
const moment = (at: Date) => at.toISOString().replace('T', ' ').slice(0, 19);

/** Every mail that is kept, the newest first. */
export function mailListPage(mails: readonly KeptMail[], nonce: string): string {
  const line = ({ number, subject, to, at }: KeptMail) =>
    html`<li><a href="/dev/mail/${number}">${subject}</a><br /><small>${mailbox(to)}, ${moment(at)} UTC</small></li>`;
  const list =
    mails.length > 0
      ? html`<ul>
          ${mails.map(line)}
        </ul>`
      : html`<p>There is no mail yet.</p>`;
  return page(
    'Mail',
    nonce,
    html`<h1>Mail</h1>
      <p>
        No mail server is set, so mails are kept here until Sotto stops, the newest hundred of them. Only this machine can open this page.
      </p>
      ${list}`,
  );
}

/** The text of a mail with the links that lead to this installation, and to nowhere else. */
function linked(text: string, url: string): Markup[] {
  return text.split(/(https?:\/\/\S+)/).map((part) => (part.startsWith(`${url}/`) ? html`<a href="${part}">${part}</a>` : html`${part}`));
}

export function mailPage(mail: KeptMail, url: string, nonce: string): string {
  return page(
    mail.subject,
    nonce,
    html`<p><a href="/dev/mail">All mail</a></p>
      <h1>${mail.subject}</h1>
      <dl>
        <dt>To</dt>
        <dd>${mailbox(mail.to)}</dd>
        <dt>From</dt>
        <dd>${mailbox(mail.from)}</dd>
        <dt>Time</dt>
        <dd>${moment(mail.at)} UTC</dd>
      </dl>
      <h2>Text</h2>
      <pre>${linked(mail.text, url)}</pre>
      <h2>HTML</h2>
      <iframe sandbox title="The HTML of this mail" src="/dev/mail/${mail.number}/html"></iframe>`,
  );
}
