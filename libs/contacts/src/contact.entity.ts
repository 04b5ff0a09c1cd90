import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies } from '@sotto/platform';

const schema = defineEntity({
  name: 'Contact',
  tableName: 'contact',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    nameSealed: p.blob().nullable(),
    emailSealed: p.blob().nullable(),
    /** Keyed hash of the address, to find the contact by it. */
    emailIndex: p.text().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
  indexes: [{ properties: ['accountId', 'emailIndex'] }],
  policies: accountPolicies('contact'),
  rowLevelSecurity: 'force',
});
export class Contact extends schema.class {}
schema.setClass(Contact);
export const contactSchema = schema;
