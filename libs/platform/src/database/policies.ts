import type { PolicyDef } from '@mikro-orm/core';

/** The role every statement of the application runs as. It owns nothing and bypasses nothing. */
export const APP_ROLE = 'sotto_app';
/** The role of `append_message`, the one routine of the message path. */
export const WRITER_ROLE = 'sotto_writer';
/** The role of chores that span accounts: it sees ids and expiry times, never content. */
export const OPERATOR_ROLE = 'sotto_operator';

const current = (variable: string, type: string) => `(select nullif(current_setting('${variable}', true), '')::${type})`;

/** The account the transaction works for. */
export const CURRENT_ACCOUNT = current('sotto.account', 'uuid');
/** A secret's hash the caller has shown to know, before the account is known. */
export const CURRENT_DOOR = current('sotto.door', 'text');

/**
 * Row level security of an account's table: rows of the current account only, to read and to write.
 * The subselects make Postgres evaluate the setting once per statement instead of once per row.
 */
export function accountPolicies(table: string, column = 'account_id'): PolicyDef[] {
  const own = `${column} = ${CURRENT_ACCOUNT}`;
  return [{ name: `${table}_account`, roles: [APP_ROLE, WRITER_ROLE], using: own, check: own }];
}

/** Lets somebody who knows a secret read the one row it belongs to, and so learn the account. */
export function doorPolicy(table: string, column: string): PolicyDef {
  return { name: `${table}_door`, command: 'select', roles: [APP_ROLE], using: `${column} = ${CURRENT_DOOR}` };
}

/** Lets chores find and remove what has expired, whoever it belongs to. */
export function expiryPolicies(table: string): PolicyDef[] {
  const using = 'expires_at < now()';
  return [
    { name: `${table}_operator_select`, command: 'select', roles: [OPERATOR_ROLE], using },
    { name: `${table}_operator_delete`, command: 'delete', roles: [OPERATOR_ROLE], using },
  ];
}
