import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies } from '@sotto/platform';

const schema = defineEntity({
  name: 'Avatar',
  tableName: 'avatar',
  properties: {
    memberId: p.uuid().primary(),
    accountId: p.uuid().index(),
    /** Changes with the picture, so that a browser may keep it. */
    version: p.uuid(),
    type: p.text().$type<'image/png' | 'image/jpeg' | 'image/webp'>(),
    bytesSealed: p.blob(),
  },
  policies: accountPolicies('avatar'),
  rowLevelSecurity: 'force',
  checks: [{ name: 'avatar_type', expression: "type in ('image/png', 'image/jpeg', 'image/webp')" }],
});
export class Avatar extends schema.class {}
schema.setClass(Avatar);
export const avatarSchema = schema;
