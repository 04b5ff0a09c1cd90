import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies, expiryPolicies } from '@sotto/platform';

/** One at a time: an owner offers the account to another member. */
const schema = defineEntity({
  name: 'OwnershipOffer',
  tableName: 'ownership_offer',
  properties: {
    accountId: p.uuid().primary(),
    fromMemberId: p.uuid(),
    toMemberId: p.uuid(),
    /** The offering owner stays an owner. */
    stay: p.boolean(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
  },
  policies: [...accountPolicies('ownership_offer'), ...expiryPolicies('ownership_offer')],
  rowLevelSecurity: 'force',
});
export class OwnershipOffer extends schema.class {}
schema.setClass(OwnershipOffer);
export const ownershipOfferSchema = schema;
