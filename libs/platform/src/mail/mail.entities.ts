import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies, expiryPolicies } from '../database/policies.js';

/** A notice on its way to a member. Gone once it is sent. */
const outbox = defineEntity({
  name: 'MailOutbox',
  tableName: 'mail_outbox',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    memberId: p.uuid(),
    notice: p.text(),
    /** What the notice tells, sealed with the member's key. */
    dataSealed: p.blob(),
    createdAt: p.datetime(),
    /** A notice nobody could deliver goes then. */
    expiresAt: p.datetime(),
  },
  indexes: [{ properties: ['accountId', 'memberId'] }],
  policies: [...accountPolicies('mail_outbox'), ...expiryPolicies('mail_outbox')],
  rowLevelSecurity: 'force',
});
export class MailOutbox extends outbox.class {}
outbox.setClass(MailOutbox);
export const mailOutboxSchema = outbox;

/** The account's own mail server. Without a row the installation's is used. */
const settings = defineEntity({
  name: 'AccountMail',
  tableName: 'account_mail',
  properties: {
    accountId: p.uuid().primary(),
    /** Server, user, password and sender, sealed with the account's key. */
    settingsSealed: p.blob(),
    version: p.integer().default(1),
  },
  policies: accountPolicies('account_mail'),
  rowLevelSecurity: 'force',
});
export class AccountMail extends settings.class {}
settings.setClass(AccountMail);
export const accountMailSchema = settings;
