import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies, doorPolicy, expiryPolicies } from '@sotto/platform';

/** A link that lets an invited member in. The member's row exists already, without a password. */
const schema = defineEntity({
  name: 'Invitation',
  tableName: 'invitation',
  properties: {
    memberId: p.uuid().primary(),
    accountId: p.uuid().index(),
    invitedBy: p.uuid(),
    /** SHA-256 of the token, in base64url. */
    tokenHash: p.text().unique(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
  },
  policies: [...accountPolicies('invitation'), doorPolicy('invitation', 'token_hash'), ...expiryPolicies('invitation')],
  rowLevelSecurity: 'force',
});
export class Invitation extends schema.class {}
schema.setClass(Invitation);
export const invitationSchema = schema;
