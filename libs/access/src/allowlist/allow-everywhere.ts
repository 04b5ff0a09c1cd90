import { AuditLog } from '@sotto/audit';
import { query, type Database } from '@sotto/platform';
import { Allowlist } from './allowlist.js';
import { Allowlists } from './allowlists.service.js';

/** An account of this installation, as its operator knows it. */
export interface NamedAccount {
  id: string;
  name: string;
}

/** Accounts with this name or id: names need not be unique. */
export async function accountsNamed(database: Database, nameOrId: string): Promise<NamedAccount[]> {
  const ids = await database.operator((tx) => query<{ id: string }>(tx, 'select id from account order by created_at, id'));
  const accounts: NamedAccount[] = [];
  // The operator's role sees ids only; a name is read as the account itself.
  for (const { id } of ids)
    accounts.push(...(await database.in(id, (tx) => query<NamedAccount>(tx, 'select id, name from account where id = $1', [id]))));
  const wanted = nameOrId.trim().toLowerCase();
  return accounts.filter(({ id, name }) => id === wanted || name.trim().toLowerCase() === wanted);
}

/**
 * Empties the allowlist of an account whose members have locked themselves out. Running servers read the new version with the
 * next request.
 */
export async function allowEverywhere(database: Database, allowlists: Allowlists, audit: AuditLog, { id }: NamedAccount): Promise<void> {
  await database.in(id, async (tx) => {
    const { requireTwoFactor, allowlist } = await allowlists.rulesOf(tx, id);
    await allowlists.save(tx, id, requireTwoFactor, Allowlist.of([]));
    await audit.record(
      tx,
      { kind: 'operator', accountId: id },
      { action: 'security.allowlist-emptied', data: { rangesBefore: allowlist.lines.length } },
    );
  });
}
