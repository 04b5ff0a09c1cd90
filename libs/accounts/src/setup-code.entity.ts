import { defineEntity, p } from '@mikro-orm/core';
import { APP_ROLE, CURRENT_DOOR, OPERATOR_ROLE } from '@sotto/platform';

const schema = defineEntity({
  name: 'SetupCode',
  tableName: 'setup_code',
  properties: {
    codeHash: p.text().primary(),
    expiresAt: p.datetime(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
  policies: [
    // Whoever knows the code may see it and use it up.
    { name: 'setup_code_door', roles: [APP_ROLE], using: `code_hash = ${CURRENT_DOOR}`, check: `code_hash = ${CURRENT_DOOR}` },
    { name: 'setup_code_operator', roles: [OPERATOR_ROLE], using: 'true', check: 'true' },
  ],
  rowLevelSecurity: 'force',
});
export class SetupCode extends schema.class {}
schema.setClass(SetupCode);
export const setupCodeSchema = schema;
