import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { selfSigned } from './certificate.js';

export interface ReceivedMail {
  from: string;
  to: string[];
  /** As it came: headers and body. */
  raw: string;
  user: string | undefined;
  secure: boolean;
}

export interface MailServerOptions {
  security?: 'tls' | 'starttls' | 'none';
  login?: { user: string; password: string };
  /** What to answer instead of taking a mail: a reply code and words. Asked for each mail. */
  refuse?: (turn: number) => [code: number, words: string] | undefined;
  names?: string[];
}

/** A real mail server on 127.0.0.1, with a certificate of its own. */
export class MailServer {
  readonly mails: ReceivedMail[] = [];
  private readonly watchers = new Set<() => void>();
  private turns = 0;

  private constructor(
    private readonly server: SMTPServer,
    readonly cert: string,
    readonly port: number,
  ) {}

  static async start({
    security = 'starttls',
    login,
    refuse,
    names = ['localhost', '127.0.0.1'],
  }: MailServerOptions = {}): Promise<MailServer> {
    const pair = selfSigned(...names);
    const server: SMTPServer = new SMTPServer({
      ...pair,
      secure: security === 'tls',
      disabledCommands: [...(security === 'none' ? ['STARTTLS'] : []), ...(login ? [] : ['AUTH'])],
      authOptional: !login,
      allowInsecureAuth: security === 'none',
      logger: false,
      disableReverseLookup: true,
      closeTimeout: 100,
      onAuth: (auth, _session, callback) => {
        if (auth.username === login?.user && auth.password === login?.password) callback(null, { user: auth.username });
        else callback(new Error('Who are you'));
      },
      onRcptTo: ({ address }, _session, callback) => {
        mailServer.turns += 1;
        const refusal = refuse?.(mailServer.turns);
        if (!refusal) return callback();
        callback(Object.assign(new Error(`${refusal[1]} <${address}>`), { responseCode: refusal[0] }));
      },
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          mailServer.take({
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map(({ address }) => address),
            raw: Buffer.concat(chunks).toString('utf8'),
            user: session.user as string | undefined,
            secure: session.secure,
          });
          callback();
        });
      },
    });
    server.on('error', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    const mailServer = new MailServer(server, pair.cert, (server.server.address() as AddressInfo).port);
    return mailServer;
  }

  /** How often a recipient was named. */
  get asked(): number {
    return this.turns;
  }

  /** Waits for a mail that satisfies `predicate`. Fails after 20 s. */
  until(predicate: (mail: ReceivedMail) => boolean): Promise<ReceivedMail> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.mails.find(predicate);
        if (!found) return;
        clearTimeout(timer);
        this.watchers.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.watchers.delete(look);
        reject(new Error(`The mail did not arrive; ${this.mails.length} others did`));
      }, 20_000);
      this.watchers.add(look);
      look();
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private take(mail: ReceivedMail): void {
    this.mails.push(mail);
    for (const watcher of [...this.watchers]) watcher();
  }
}
