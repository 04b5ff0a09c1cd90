/** A mailbox and whose it is. */
export interface Mailbox {
  name: string;
  address: string;
}

export interface Mail {
  to: Mailbox;
  from: Mailbox;
  subject: string;
  text: string;
  html: string;
  /** Without its angle brackets. The same for the same mail, so that a receiver drops the second copy. */
  messageId: string;
  headers: Readonly<Record<string, string>>;
}

/** A field that would put a line of its own into the mail, or another recipient. Names the field and not what it holds. */
export class UnsafeMail extends Error {
  constructor(readonly field: string) {
    super(`The ${field} of a mail holds what it must not`);
  }
}

/** The mail did not leave. The message is for logs: it names nobody. */
export class MailFailed extends Error {
  constructor(
    message: string,
    /** What the server said, without addresses. */
    readonly answer: string | null = null,
  ) {
    super(message);
  }
}

const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const ADDRESS = /^[^\p{Cc}\s<>()[\]",:;@\\]+@[^\p{Cc}\s<>()[\]",:;@\\]+$/u;
const HEADER = /^[A-Za-z][A-Za-z0-9-]*$/;

function unsafeField({ to, from, subject, messageId, headers }: Mail): string | undefined {
  const lines: [string, string][] = [
    ['recipient', to.name],
    ['sender', from.name],
    ['subject', subject],
    ...Object.entries(headers).map(([, value]): [string, string] => ['header', value]),
  ];
  if (!ADDRESS.test(to.address)) return 'recipient';
  if (!ADDRESS.test(from.address)) return 'sender';
  if (!ADDRESS.test(messageId)) return 'message id';
  if (!Object.keys(headers).every((name) => HEADER.test(name))) return 'header';
  return lines.find(([, value]) => CONTROL.test(value))?.[0];
}

/** A way for mails to leave. */
export abstract class MailTransport {
  /** Hands a mail over. Throws `UnsafeMail`, which no retry helps, or `MailFailed`. */
  async send(mail: Mail): Promise<void> {
    const field = unsafeField(mail);
    if (field) throw new UnsafeMail(field);
    await this.deliver(mail);
  }

  protected abstract deliver(mail: Mail): Promise<void>;
}
