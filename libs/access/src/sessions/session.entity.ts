import { defineEntity, p } from '@mikro-orm/core';
import { accountPolicies, doorPolicy, expiryPolicies } from '@sotto/platform';
import type { SessionStage } from '@sotto/protocol';

const schema = defineEntity({
  name: 'Session',
  tableName: 'session',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    memberId: p.uuid(),
    /** SHA-256 of the token, in base64url. */
    tokenHash: p.text().unique(),
    /** How far the sign-in has come. */
    stage: p.text().$type<SessionStage>(),
    /** The member chose to stay signed in in this browser. */
    remembered: p.boolean().default(false),
    /** When this session last proved who is there. */
    provenAt: p.datetime().nullable(),
    /** What the browser's passkey is to sign, and until when. */
    challenge: p.text().nullable(),
    challengeUntil: p.datetime().nullable(),
    /** Browser and address at login, for the member to recognise it. */
    footprintSealed: p.blob(),
    createdAt: p.datetime(),
    lastUsedAt: p.datetime(),
    expiresAt: p.datetime(),
  },
  indexes: [{ properties: ['accountId', 'memberId'] }],
  policies: [...accountPolicies('session'), doorPolicy('session', 'token_hash'), ...expiryPolicies('session')],
  rowLevelSecurity: 'force',
  checks: [{ name: 'session_stage', expression: "stage in ('full', 'second-factor', 'enrolment')" }],
});
export class Session extends schema.class {}
schema.setClass(Session);
export const sessionSchema = schema;
