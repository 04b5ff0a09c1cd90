import { Injectable } from '@nestjs/common';
import type { Tx } from '../registry/store.js';
import { KeyRing } from '../vault/key-ring.js';
import { AccountMail } from './mail.entities.js';
import type { Mailbox } from './mail-transport.js';
import type { SmtpServer } from './smtp-server.js';

/** What an account sends through, and who its mails are from. */
export interface AccountMailSettings {
  server: SmtpServer;
  from: Mailbox;
}

const TABLE = 'account_mail';

/** The mail server an account brought along, if it did. */
@Injectable()
export class AccountMailServers {
  constructor(private readonly keys: KeyRing) {}

  async find(tx: Tx, accountId: string): Promise<AccountMailSettings | null> {
    const row = await tx.findOne(AccountMail, { accountId });
    if (!row) return null;
    const cipher = await this.keys.accountCipher(accountId, tx);
    return JSON.parse(cipher.open(TABLE, accountId, 'settings', row.settingsSealed)) as AccountMailSettings;
  }

  async save(tx: Tx, accountId: string, settings: AccountMailSettings): Promise<void> {
    const cipher = await this.keys.accountCipher(accountId, tx);
    const settingsSealed = cipher.seal(TABLE, accountId, 'settings', JSON.stringify(settings));
    const row = await tx.findOne(AccountMail, { accountId });
    if (row) Object.assign(row, { settingsSealed, version: row.version + 1 });
    else tx.persist(tx.create(AccountMail, { accountId, settingsSealed }));
    await tx.flush();
  }

  /** Whether there was one. */
  async remove(tx: Tx, accountId: string): Promise<boolean> {
    return (await tx.nativeDelete(AccountMail, { accountId })) > 0;
  }
}
