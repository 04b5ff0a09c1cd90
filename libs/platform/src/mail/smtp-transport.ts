import { createTransport, type NodemailerError } from 'nodemailer';
import type { CheckedAddress } from '../outbound/outbound.js';
import { MailFailed, MailTransport, type Mail } from './mail-transport.js';
import type { SmtpServer } from './smtp-server.js';

/** How long connecting may take, and a silence, in milliseconds. */
const CONNECTING = 10_000;
const SILENCE = 15_000;
/** How long all of it may take: a server that trickles must not hold up the mails behind it. */
const PATIENCE = 30_000;
const ANSWER = 200;

const REASONS: Readonly<Record<string, string>> = {
  EAUTH: 'The mail server did not accept the user name and the password',
  ENOAUTH: 'The mail server did not accept the user name and the password',
  ETLS: 'The mail server offers no secure connection that can be trusted',
  EENVELOPE: 'The mail server refused the sender or the recipient',
  ETIMEDOUT: 'The mail server took too long',
  EABORT: 'The mail server took too long',
  ECONNECTION: 'The mail server could not be reached',
  EDNS: 'The mail server could not be reached',
  ESOCKET: 'The mail server could not be reached',
};
const NOT_TRUSTED = /certificate|altnames|ssl|tls/i;

/** A server's words without what may be somebody's address, and without line ends. */
function cleaned(answer: string): string {
  return answer
    .replaceAll(/\S*@\S*/g, '…')
    .replaceAll(/\b\d{1,3}(\.\d{1,3}){3}\b|\b[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*\b/gi, '…')
    .replaceAll(/[^\x20-\x7e…]+/g, ' ')
    .trim()
    .slice(0, ANSWER);
}

function failure(error: unknown): MailFailed {
  const { code = '', message = '', response, responseCode } = error as Partial<NodemailerError>;
  const known = code === 'ESOCKET' && NOT_TRUSTED.test(message) ? REASONS.ETLS : REASONS[code];
  const reason = known ?? 'The mail server did not take the message';
  return new MailFailed(responseCode ? `${reason} (${responseCode})` : reason, response ? cleaned(response) : null);
}

/** Where a server's name leads; the place to check it. */
export type Route = (server: SmtpServer) => Promise<Pick<CheckedAddress, 'address' | 'servername'>>;

/** The operator's own server is believed: its name is left to the system. */
export const trusted: Route = ({ host }) => Promise.resolve({ address: host, servername: undefined });

/** Sends through a mail server, over a connection for each mail, TLS 1.2 or newer. */
export class SmtpTransport extends MailTransport {
  constructor(
    private readonly server: SmtpServer,
    private readonly route: Route,
    /** How this machine names itself to the server; undefined leaves it to its host name. */
    private readonly greeting?: string,
  ) {
    super();
  }

  protected async deliver({ to, from, subject, text, html, messageId, headers }: Mail): Promise<void> {
    const { address, servername } = await this.route(this.server);
    const { port, security, user, password } = this.server;
    const transport = createTransport({
      host: address,
      port,
      servername,
      name: this.greeting,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'plain',
      tls: { minVersion: 'TLSv1.2', ...(servername ? { servername } : {}) },
      ...(user ? { auth: { user, pass: password } } : {}),
      connectionTimeout: CONNECTING,
      dnsTimeout: CONNECTING,
      greetingTimeout: CONNECTING,
      socketTimeout: SILENCE,
      disableFileAccess: true,
      disableUrlAccess: true,
      logger: false,
    });
    try {
      await transport.sendMail({
        to: { name: to.name, address: to.address },
        from: { name: from.name, address: from.address },
        envelope: { from: from.address, to: [to.address] },
        subject,
        text,
        html,
        messageId: `<${messageId}>`,
        headers: { ...headers },
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch (error) {
      throw failure(error);
    } finally {
      transport.close();
    }
  }
}
