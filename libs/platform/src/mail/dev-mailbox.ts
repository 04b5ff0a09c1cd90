import { Injectable } from '@nestjs/common';
import { Clock } from '@sotto/kernel';
import type { Config } from '../config.js';
import { MailTransport, type Mail } from './mail-transport.js';
import { isLoopback } from './smtp-server.js';

/** Mails kept. */
const KEPT = 100;

export interface KeptMail extends Mail {
  /** 1, 2, 3 … since the process started. */
  number: number;
  at: Date;
}

/**
 * Whether the mailbox may be looked at: no mail server is set, and this installation serves nobody but its own machine. Mails
 * hold links that let somebody in.
 */
export const mailboxIsOpen = ({ mail, host, publicUrl, trustedProxies }: Config): boolean =>
  mail.server === null &&
  trustedProxies.length === 0 &&
  isLoopback(host) &&
  (publicUrl === undefined || isLoopback(new URL(publicUrl).hostname));

/** Keeps mails in the memory of this process instead of sending them, for trying things out. */
@Injectable()
export class DevMailbox extends MailTransport {
  private readonly mails: KeptMail[] = [];
  private count = 0;

  constructor(private readonly clock: Clock) {
    super();
  }

  /** The newest first. */
  list(): readonly KeptMail[] {
    return this.mails;
  }

  find(number: number): KeptMail | undefined {
    return this.mails.find((mail) => mail.number === number);
  }

  protected deliver(mail: Mail): Promise<void> {
    this.count += 1;
    this.mails.unshift({ ...mail, number: this.count, at: this.clock.now() });
    this.mails.length = Math.min(this.mails.length, KEPT);
    return Promise.resolve();
  }
}
