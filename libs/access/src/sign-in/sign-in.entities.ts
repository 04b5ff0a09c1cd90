import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies, doorPolicy, expiryPolicies } from '@sotto/platform';
import type { SignInView } from '@sotto/protocol';

/** What the member can look through: who tried to sign in as them, from where. */
const signIn = defineEntity({
  name: 'SignIn',
  tableName: 'sign_in',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    memberId: p.uuid(),
    outcome: p.text().$type<SignInView['outcome']>(),
    footprintSealed: p.blob(),
    /** Keyed hash of browser family and network, to know them again. */
    placeHash: p.text(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
  },
  indexes: [{ properties: ['accountId', 'memberId', 'createdAt'] }],
  policies: [...accountPolicies('sign_in'), ...expiryPolicies('sign_in')],
  rowLevelSecurity: 'force',
});
export class SignIn extends signIn.class {}
signIn.setClass(SignIn);
export const signInSchema = signIn;

/** A browser somebody has signed in with: it may try again when strangers have used the tries up. */
const knownDevice = defineEntity({
  name: 'KnownDevice',
  tableName: 'known_device',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    memberId: p.uuid(),
    /** SHA-256 of the cookie, in base64url. */
    tokenHash: p.text().unique(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
  },
  indexes: [{ properties: ['accountId', 'memberId'] }],
  policies: [...accountPolicies('known_device'), doorPolicy('known_device', 'token_hash'), ...expiryPolicies('known_device')],
  rowLevelSecurity: 'force',
});
export class KnownDevice extends knownDevice.class {}
knownDevice.setClass(KnownDevice);
export const knownDeviceSchema = knownDevice;

const passwordReset = defineEntity({
  name: 'PasswordReset',
  tableName: 'password_reset',
  properties: {
    /** SHA-256 of the token, in base64url. */
    tokenHash: p.text().primary(),
    accountId: p.uuid(),
    memberId: p.uuid(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
  },
  indexes: [{ properties: ['accountId', 'memberId'] }],
  policies: [...accountPolicies('password_reset'), doorPolicy('password_reset', 'token_hash'), ...expiryPolicies('password_reset')],
  rowLevelSecurity: 'force',
});
export class PasswordReset extends passwordReset.class {}
passwordReset.setClass(PasswordReset);
export const passwordResetSchema = passwordReset;
