import { defineEntity, p } from '@mikro-orm/core';
import { OPERATOR_ROLE, accountPolicies } from '@sotto/platform';

/** A request somebody may send again after a lost answer, and the answer it had. */
const schema = defineEntity({
  name: 'IdempotentRequest',
  tableName: 'idempotent_request',
  properties: {
    memberId: p.uuid().primary(),
    key: p.text().primary(),
    accountId: p.uuid().index(),
    /** Keyed hash of method, path and body. */
    requestIndex: p.text(),
    /** Null while the first attempt runs. */
    status: p.integer().nullable(),
    answerSealed: p.blob().nullable(),
    createdAt: p.datetime().index(),
  },
  policies: [
    ...accountPolicies('idempotent_request'),
    {
      name: 'idempotent_request_operator_select',
      command: 'select',
      roles: [OPERATOR_ROLE],
      using: "created_at < now() - interval '1 day'",
    },
    {
      name: 'idempotent_request_operator_delete',
      command: 'delete',
      roles: [OPERATOR_ROLE],
      using: "created_at < now() - interval '1 day'",
    },
  ],
  rowLevelSecurity: 'force',
});
export class IdempotentRequest extends schema.class {}
schema.setClass(IdempotentRequest);
export const idempotentRequestSchema = schema;
