import { query, type Database, type KeyRing } from '@sotto/platform';
import { AuditChain } from './audit-chain.js';

const PROBLEMS = {
  changed: 'is not what was written',
  missing: 'is missing',
  unexpected: 'is not part of the log',
  'head-wrong': 'should be the newest and is not',
} as const;

/**
 * Recomputes the log of every account and says how each stands. `noted` are digests of newest entries from earlier: one that
 * is in no log any more shows an end cut off together with its head. Whether all is well.
 */
export async function verifyAudit(
  database: Database,
  keys: KeyRing,
  noted: readonly string[],
  say: (line: string) => void,
): Promise<boolean> {
  const chain = new AuditChain(database, keys);
  const unseen = new Set(noted);
  const accounts = await database.operator((tx) => query<{ id: string }>(tx, 'select id from account order by created_at, id'));
  let ok = true;
  for (const { id } of accounts) {
    const result = await chain.walk(id, (digest) => unseen.delete(digest));
    ok &&= result.ok;
    for (const { seq, problem } of result.problems) say(`Account ${id}: entry ${seq} ${PROBLEMS[problem]}`);
    say(`Account ${id}: ${result.entries} entries, newest digest ${result.head || 'none'}`);
  }
  for (const digest of unseen) say(`The digest ${digest} is in no log any more`);
  return ok && unseen.size === 0;
}
