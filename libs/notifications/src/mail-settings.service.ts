import { Inject, Injectable } from '@nestjs/common';
import { MembersService, SetupService } from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import { AppError, newId, type MemberActor } from '@sotto/kernel';
import {
  AccountMailServers,
  CONFIG,
  Database,
  Limits,
  MailFailed,
  Outbound,
  type AccountMailSettings,
  type Config,
  type Limit,
  type Tx,
} from '@sotto/platform';
import type { MailSettings, MailSettingsInput } from '@sotto/protocol';
import { MailSender } from './mail-sender.js';

/** Test mails of an account in five minutes: each makes this server connect to another. */
const TESTS = { name: 'mail-test', points: 10, seconds: 300, withoutRedis: 'local' } as const;

/** Through whose server an account's mails leave. */
@Injectable()
export class MailSettingsService {
  private readonly tests: Limit;

  constructor(
    private readonly database: Database,
    private readonly servers: AccountMailServers,
    private readonly outbound: Outbound,
    private readonly sender: MailSender,
    private readonly members: MembersService,
    private readonly setup: SetupService,
    private readonly audit: AuditLog,
    limits: Limits,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.tests = limits.make(TESTS);
  }

  get({ accountId }: MemberActor): Promise<MailSettings> {
    return this.database.in(accountId, async (tx) => this.view(await this.servers.find(tx, accountId)));
  }

  /** Throws `outbound.refused` for a server that may not be connected to. */
  async put(actor: MemberActor, input: MailSettingsInput): Promise<MailSettings> {
    await this.outbound.connectTo(input.host, input.port);
    return this.database.in(actor.accountId, async (tx) => {
      const settings = toSettings(input, await this.servers.find(tx, actor.accountId));
      await this.servers.save(tx, actor.accountId, settings);
      await this.noted(tx, actor, 'account');
      return this.view(settings);
    });
  }

  /** Back to the installation's own server. */
  remove(actor: MemberActor): Promise<MailSettings> {
    return this.database.in(actor.accountId, async (tx) => {
      if (await this.servers.remove(tx, actor.accountId)) await this.noted(tx, actor, 'installation');
      return this.view(null);
    });
  }

  /** Sends a mail to whoever asks. Throws `mail.failed` with the server's reason. */
  async test(actor: MemberActor): Promise<{ ok: true }> {
    const { accountId } = actor;
    await this.tests.take(accountId);
    const to = await this.database.in(accountId, async (tx) => {
      const [member] = await this.members.viewsIn(tx, accountId, actor.memberId);
      if (!member) throw new AppError('not-found');
      const language = await this.members.languageOf(tx, member.id);
      return { accountId, account: await this.setup.accountNameIn(tx, accountId), name: member.name, email: member.email, language };
    });
    try {
      await this.sender.assertSends(accountId);
      await this.sender.send(to, newId(), 'mail-test', {});
    } catch (error) {
      if (!(error instanceof MailFailed)) throw error;
      throw new AppError('mail.failed', error.answer ? `${error.message}. It said: ${error.answer}` : `${error.message}.`);
    }
    return { ok: true };
  }

  private noted(tx: Tx, actor: MemberActor, source: 'account' | 'installation'): Promise<void> {
    return this.audit.record(tx, actor, { action: 'mail.changed', data: { source } });
  }

  private view(own: AccountMailSettings | null): MailSettings {
    if (!own) return { source: this.config.mail.server ? 'installation' : 'mailbox', server: null };
    const { host, port, security, user, password } = own.server;
    return {
      source: 'account',
      server: {
        host,
        port,
        security: security === 'tls' ? 'tls' : 'starttls',
        user,
        fromName: own.from.name,
        fromAddress: own.from.address,
        hasPassword: password !== '',
      },
    };
  }
}

/** The stored password goes to the server it was given for and to no other, or whoever may change settings could have it sent to them. */
function toSettings(input: MailSettingsInput, before: AccountMailSettings | null): AccountMailSettings {
  const { host, port, security, user, password, fromName, fromAddress } = input;
  const old = before?.server;
  const isSame = old?.host === host && old.port === port && old.security === security && old.user === user;
  if (password === undefined && old?.password && !isSame)
    throw new AppError('input.invalid', 'Type the password again: it was given for another server.', {
      errors: [{ path: 'password', message: 'must be typed again for another server or user' }],
    });
  return {
    server: { host, port, security, user, password: password ?? (isSame ? old.password : '') },
    from: { name: fromName, address: fromAddress },
  };
}
