import type { AuditLog } from '@sotto/audit';
import { query, type Database, type KeyRing } from '@sotto/platform';

/** What lets a member in besides the password, and whoever came in with it. */
const TABLES = ['totp', 'passkey', 'recovery_code', 'session'];

/**
 * Takes all second factors of whoever signs in with this address, and ends their sessions: for an owner who has lost them, which
 * nobody in the account can help with. Running servers notice with the next request, sockets within a minute. Says whether there
 * is somebody.
 */
export async function forgetSecondFactors(database: Database, keys: KeyRing, audit: AuditLog, email: string): Promise<boolean> {
  const loginHash = keys.loginHash(email);
  const [member] = await database.door(loginHash, (tx) =>
    query<{ id: string; accountId: string }>(tx, 'select id, account_id as "accountId" from member where login_hash = $1', [loginHash]),
  );
  if (!member) return false;
  const { id, accountId } = member;
  await database.in(accountId, async (tx) => {
    await query(tx, 'update member set two_factor_since = null where id = $1', [id]);
    for (const table of TABLES) await query(tx, `delete from ${table} where member_id = $1`, [id]);
    await audit.record(tx, { kind: 'operator', accountId }, { action: 'second-factor.reset', target: { kind: 'member', id } });
  });
  return true;
}
