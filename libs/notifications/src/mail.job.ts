import { Injectable, Logger } from '@nestjs/common';
import { MembersService, SetupService } from '@sotto/accounts';
import { Database, Handler, Outbox, UnsafeMail, type JobData, type JobHandler, type WaitingNotice } from '@sotto/platform';
import { MailSender, type Recipient } from './mail-sender.js';

/** Sends a notice of the outbox, and removes it once it is sent. */
@Injectable()
@Handler()
export class SendMailJob implements JobHandler {
  readonly job = 'mail.send';
  /** About three hours: servers that do not know a sender yet ask them to come back, and others are away for a while. */
  readonly retries = { times: 15, longestPauseSeconds: 3_600 };
  private readonly log = new Logger('Mail');

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly members: MembersService,
    private readonly setup: SetupService,
    private readonly sender: MailSender,
  ) {}

  /** A crash between sending and removing sends the mail a second time, under the same id. */
  async handle(data: JobData): Promise<void> {
    const [accountId, id] = [String(data.accountId), String(data.id)];
    const found = await this.find(accountId, id);
    if (found) await this.deliver(found.to, found.waiting);
    await this.database.in(accountId, (tx) => this.outbox.remove(tx, id));
  }

  /** Null when the notice was sent already, or its reader is erased. */
  private find(accountId: string, id: string): Promise<{ waiting: WaitingNotice; to: Recipient } | null> {
    return this.database.in(accountId, async (tx) => {
      const waiting = await this.outbox.read(tx, accountId, id);
      const [member] = waiting ? await this.members.viewsIn(tx, accountId, waiting.memberId) : [];
      if (!waiting || !member) return null;
      const language = await this.members.languageOf(tx, member.id);
      const account = await this.setup.accountNameIn(tx, accountId);
      return { waiting, to: { accountId, account, name: member.name, email: member.email, language } };
    });
  }

  private async deliver(to: Recipient, { id, notice, data }: WaitingNotice): Promise<void> {
    try {
      await this.sender.send(to, id, notice, data);
    } catch (error) {
      if (!(error instanceof UnsafeMail)) throw error;
      this.log.error(`Notice ${id} (${notice}) is dropped: ${error.message}`);
    }
  }
}
