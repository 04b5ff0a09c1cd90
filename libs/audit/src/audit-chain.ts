import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, KeyRing, query } from '@sotto/platform';
import type { AuditVerification } from '@sotto/protocol';
import { GENESIS, digestOf, type Chained } from './audit-log.js';

interface Row extends Chained {
  hash: string;
  /** Microseconds below the milliseconds the log writes: anything but 0 was put there later. */
  below: number;
}

/** The newest entry as the head tells it and as the rows do, in one look. */
interface Ends {
  headSeq: number | null;
  headHash: string | null;
  last: number | null;
}

type Problem = AuditVerification['problems'][number];

const ENDS = `
  select h.seq as "headSeq", h.hash as "headHash", e.last
    from (select max(seq) as last from audit_entry) e left join audit_head h on true`;

const ROWS = `
  select seq, at, action, actor_kind as "actorKind", actor_id as "actorId", target_kind as "targetKind", target_id as "targetId",
         address_of as "addressOf", address_sealed as "addressSealed", data, hash,
         extract(microseconds from at)::bigint::int % 1000 as below
    from audit_entry where seq > $1::bigint and seq <= $2::bigint order by seq limit $3`;

const BATCH = 1_000;
/** Below every number an entry can have. */
const BOTTOM = -(2 ** 31) - 1;
/** Problems told of; more say no more. */
const MAX_PROBLEMS = 100;

/** Recomputes an account's chain. It sees every change made without the account's key, but for an end cut off together with its head. */
@Injectable()
export class AuditChain {
  private readonly running = new Map<string, Promise<AuditVerification>>();

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
  ) {}

  /** Whether the chain holds. Whoever asks while it is being computed gets the same answer. */
  verify(accountId: string): Promise<AuditVerification> {
    const running = this.running.get(accountId);
    if (running) return running;
    const verification = this.walk(accountId).finally(() => this.running.delete(accountId));
    this.running.set(accountId, verification);
    return verification;
  }

  /** Calls `see` with the digest of each entry, oldest first. */
  async walk(accountId: string, see: (hash: string) => void = () => undefined): Promise<AuditVerification> {
    const key = await this.keys.accountDigestKey(accountId, 'audit');
    const ends = await this.ends(accountId);
    const check = new ChainCheck(key, accountId, ends);
    const last = ends.last ?? 0;
    for (let after = BOTTOM; after < last;) {
      const rows = await this.database.in(accountId, (tx) => query<Row>(tx, ROWS, [after, last, BATCH]));
      for (const row of rows) {
        check.take(row);
        see(row.hash);
      }
      after = rows.length < BATCH ? last : (rows.at(-1)?.seq ?? last);
    }
    return check.result();
  }

  private async ends(accountId: string): Promise<Ends> {
    const [ends] = await this.database.in(accountId, (tx) => query<Ends>(tx, ENDS));
    return ends ?? { headSeq: null, headHash: null, last: null };
  }
}

/** Goes along a chain, row by row. */
class ChainCheck {
  private readonly problems: Problem[] = [];
  private entries = 0;
  /** Number and digest of the row before; without a digest after a gap, where the next one cannot be checked. */
  private seq = 0;
  private before: string | null = GENESIS;
  private readonly headSeq: number;

  constructor(
    private readonly key: Buffer,
    private readonly accountId: string,
    private readonly ends: Ends,
  ) {
    this.headSeq = ends.headSeq ?? 0;
  }

  take(row: Row): void {
    this.entries += 1;
    if (row.seq < 1 || row.seq > this.headSeq) {
      this.add(row.seq, 'unexpected');
      return;
    }
    this.skipTo(row.seq);
    if (this.before !== null && !this.holds(row, this.before)) this.add(row.seq, 'changed');
    this.seq = row.seq;
    this.before = row.hash;
  }

  result(): AuditVerification {
    this.skipTo(this.headSeq + 1);
    const head = this.ends.headHash ?? GENESIS;
    // Making the account is an act, so an empty log has lost something.
    if (this.headSeq < 1 || (this.before !== null && this.before !== head)) this.add(this.headSeq, 'head-wrong');
    return { ok: this.problems.length === 0, entries: this.entries, head, problems: this.problems };
  }

  private skipTo(seq: number): void {
    if (seq <= this.seq + 1) return;
    const gap = Math.min(seq - this.seq - 1, MAX_PROBLEMS);
    for (let missing = 1; missing <= gap; missing += 1) this.add(this.seq + missing, 'missing');
    this.seq = seq - 1;
    this.before = null;
  }

  private holds(row: Row, before: string): boolean {
    const at = new Date(row.at);
    if (Number.isNaN(at.getTime()) || row.below !== 0) return false;
    const digest = Buffer.from(digestOf(this.key, this.accountId, before, { ...row, at }));
    const written = Buffer.from(row.hash);
    return digest.length === written.length && timingSafeEqual(digest, written);
  }

  private add(seq: number, problem: Problem['problem']): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ seq, problem });
  }
}
