import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  AccountMailServers,
  CONFIG,
  Database,
  DevMailbox,
  MailFailed,
  Outbound,
  SmtpTransport,
  mailboxIsOpen,
  publicUrl,
  trusted,
  type Config,
  type Mailbox,
  type MailTransport,
  type Notice,
  type NoticeData,
} from '@sotto/platform';
import type { MailSettings, PanelLanguage } from '@sotto/protocol';
import { asHtml, asText, inert } from './letter.js';
import { WORDS } from './words/index.js';
import type { Words } from './words/words.js';

/** Whose server sends, and in whose name. */
interface WayOut {
  source: MailSettings['source'];
  from: Mailbox;
  transport: MailTransport;
}

/** A member as a mail addresses them. */
export interface Recipient {
  accountId: string;
  account: string;
  name: string;
  email: string;
  language: PanelLanguage | null;
}

/** For other programs: nobody wrote this, so nothing automatic should answer. */
const AUTOMATIC = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };

/** Writes notices and sends them by the account's own server, else by the installation's, else into the mailbox. */
@Injectable()
export class MailSender {
  private readonly log = new Logger('Mail');

  constructor(
    private readonly database: Database,
    private readonly servers: AccountMailServers,
    private readonly outbound: Outbound,
    private readonly mailbox: DevMailbox,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Sends one notice. `id` makes the mail's own id, so that a second copy is known for one. Throws `MailFailed`. */
  async send<N extends Notice>(to: Recipient, id: string, notice: N, data: NoticeData[N]): Promise<void> {
    const way = await this.wayOut(to.accountId);
    const url = publicUrl(this.config);
    const occasion = { url, account: inert(to.account), name: inert(to.name) };
    const words: Words = WORDS[to.language ?? 'en'];
    const letter = words.letters[notice](data, occasion);
    const frame = words.frame(occasion);
    await way.transport.send({
      to: { name: to.name, address: to.email },
      from: way.from,
      subject: letter.subject,
      text: asText(letter, frame),
      html: asHtml(letter, frame),
      messageId: `${id}@${new URL(url).hostname.replaceAll(/[[\]:]/g, '')}`,
      headers: { ...AUTOMATIC, 'Content-Language': frame.language },
    });
    if (way.source === 'mailbox' && !mailboxIsOpen(this.config))
      this.log.warn(`No mail server is set: notice ${id} (${notice}) reached nobody`);
  }

  /** Throws `MailFailed` where mails of this account can reach nobody. */
  async assertSends(accountId: string): Promise<void> {
    const { source } = await this.wayOut(accountId);
    if (source === 'mailbox' && !mailboxIsOpen(this.config)) throw new MailFailed('No mail server is set');
  }

  private async wayOut(accountId: string): Promise<WayOut> {
    const own = await this.database.in(accountId, (tx) => this.servers.find(tx, accountId));
    if (own) {
      const route = ({ host, port }: { host: string; port: number }) => this.outbound.connectTo(host, port);
      return { source: 'account', from: own.from, transport: new SmtpTransport(own.server, route, this.greeting()) };
    }
    const { server, from } = this.config.mail;
    if (server) return { source: 'installation', from, transport: new SmtpTransport(server, trusted, this.greeting()) };
    return { source: 'mailbox', from, transport: this.mailbox };
  }

  /** The host name people know this installation by; the machine's own where there is none. */
  private greeting(): string | undefined {
    return this.config.publicUrl ? new URL(this.config.publicUrl).hostname : undefined;
  }
}
