import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies } from '@sotto/platform';

const totp = defineEntity({
  name: 'Totp',
  tableName: 'totp',
  properties: {
    memberId: p.uuid().primary(),
    accountId: p.uuid().index(),
    secretSealed: p.blob(),
    /** The newest time step a code was used for; none of it or before works again. */
    lastStep: p.integer().default(0),
    /** Null until the member has shown a first code. */
    confirmedAt: p.datetime().nullable(),
    createdAt: p.datetime(),
  },
  policies: accountPolicies('totp'),
  rowLevelSecurity: 'force',
});
export class Totp extends totp.class {}
totp.setClass(Totp);
export const totpSchema = totp;

const recoveryCode = defineEntity({
  name: 'RecoveryCode',
  tableName: 'recovery_code',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    memberId: p.uuid(),
    /** Keyed hash of the code and its member; 80 random bits need no slow hash. */
    codeHash: p.text().unique(),
  },
  indexes: [{ properties: ['accountId', 'memberId'] }],
  policies: accountPolicies('recovery_code'),
  rowLevelSecurity: 'force',
});
export class RecoveryCode extends recoveryCode.class {}
recoveryCode.setClass(RecoveryCode);
export const recoveryCodeSchema = recoveryCode;

const passkey = defineEntity({
  name: 'Passkey',
  tableName: 'passkey',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    memberId: p.uuid(),
    /** As the authenticator made it, base64url. */
    credentialId: p.text().unique(),
    publicKey: p.blob(),
    /** Signature counter; one that goes back tells of a copy. */
    counter: p.bigint('number').default(0),
    transports: p.json().$type<string[]>(),
    nameSealed: p.blob(),
    createdAt: p.datetime(),
    lastUsedAt: p.datetime().nullable(),
  },
  indexes: [{ properties: ['accountId', 'memberId'] }],
  policies: accountPolicies('passkey'),
  rowLevelSecurity: 'force',
});
export class Passkey extends passkey.class {}
passkey.setClass(Passkey);
export const passkeySchema = passkey;
