import { Injectable } from '@nestjs/common';
import { MembersService } from '@sotto/accounts';
import { AuditLog } from '@sotto/audit';
import { AppError, Clock, newId, notFound, type MemberActor } from '@sotto/kernel';
import { Database, KeyRing, canonicalAddress, query, type Tx } from '@sotto/platform';
import { Email, type BlockKind, type BlockView, type Page } from '@sotto/protocol';

interface Row {
  id: string;
  kind: BlockKind;
  reasonSealed: Uint8Array;
  memberId: string;
  createdAt: Date;
  expiresAt: Date | null;
}

const ROW = 'id, kind, reason_sealed as "reasonSealed", member_id as "memberId", created_at as "createdAt", expires_at as "expiresAt"';
const DOMAIN = /^(?=.{1,253}$)([\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u;
/** A domain and those above it that a block may name; deeper ones are cut off. */
const LEVELS = 8;
const DAY_MS = 86_400_000;

/** One spelling of what is blocked; null where it is no such thing. */
export function canonicalBlock(kind: BlockKind, typed: string): string | null {
  const value = typed.trim().toLowerCase();
  if (kind === 'address') return Email.safeParse(value).data ?? null;
  if (kind === 'ip') return networkOf(value);
  const domain = value.replace(/^@|^\*?\./, '').replace(/\.$/, '');
  return DOMAIN.test(domain) ? domain : null;
}

/** An IPv4 address; of IPv6 the /64, which is one customer's. */
function networkOf(value: string): string | null {
  const address = canonicalAddress(value);
  if (address === null || !address.includes(':')) return address;
  const [left = '', right] = address.split('::');
  const head = left ? left.split(':') : [];
  const tail = right ? right.split(':') : [];
  const groups = right === undefined ? head : [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** Everything a block of this sender could name. */
function* candidates({ email, ip }: { email?: string | null; ip?: string | null }): Generator<[BlockKind, string]> {
  const network = ip ? networkOf(ip) : null;
  if (network) yield ['ip', network];
  const address = email?.trim().toLowerCase();
  if (!address) return;
  yield ['address', address];
  const labels = address
    .slice(address.lastIndexOf('@') + 1)
    .split('.')
    .slice(-LEVELS);
  for (let at = 0; at < labels.length - 1; at++) yield ['domain', labels.slice(at).join('.')];
}

/** Whose conversations go into quarantine without being read by the filter. Only keyed hashes say who. */
@Injectable()
export class Blocks {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly members: MembersService,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** The block that holds a sender back now, or null. */
  async match(tx: Tx, accountId: string, sender: { email?: string | null; ip?: string | null }): Promise<BlockView | null> {
    const hashes: string[] = [];
    for (const [kind, value] of candidates(sender)) hashes.push(await this.hash(tx, accountId, kind, value));
    if (hashes.length === 0) return null;
    const [row] = await query<Row>(
      tx,
      `select ${ROW} from screening_block where hash = any($1) and (expires_at is null or expires_at > $2) limit 1`,
      [hashes, this.clock.now()],
    );
    return row ? this.view(tx, accountId, row) : null;
  }

  list(actor: MemberActor, { cursor, limit }: { cursor?: string; limit: number }): Promise<Page<BlockView>> {
    return this.database.in(actor.accountId, async (tx) => {
      const rows = await query<Row>(
        tx,
        `select ${ROW} from screening_block
          where (expires_at is null or expires_at > $1) and ($2::uuid is null or id < $2) order by id desc limit $3`,
        [this.clock.now(), cursor ?? null, limit + 1],
      );
      const items: BlockView[] = [];
      for (const row of rows.slice(0, limit)) items.push(await this.view(tx, actor.accountId, row));
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    });
  }

  /** Blocks a sender; once more with another reason or time replaces the earlier block. */
  add(actor: MemberActor, input: { kind: BlockKind; value: string; reason: string; days: number | null }): Promise<BlockView> {
    const { accountId, memberId } = actor;
    const value = canonicalBlock(input.kind, input.value);
    if (value === null) {
      const message = { address: 'must be an e-mail address', domain: 'must be a domain such as example.com', ip: 'must be an IP address' };
      throw new AppError('input.invalid', undefined, { errors: [{ path: 'value', message: message[input.kind] }] });
    }
    return this.database.in(accountId, async (tx) => {
      const id = newId();
      const now = this.clock.now();
      const hash = await this.hash(tx, accountId, input.kind, value);
      await query(tx, 'delete from screening_block where hash = $1', [hash]);
      const row: Row = {
        id,
        kind: input.kind,
        reasonSealed: (await this.keys.accountCipher(accountId, tx)).seal('screening_block', id, 'reason', input.reason),
        memberId,
        createdAt: now,
        expiresAt: input.days === null ? null : new Date(now.getTime() + input.days * DAY_MS),
      };
      await query(
        tx,
        `insert into screening_block (id, account_id, kind, hash, reason_sealed, member_id, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [id, accountId, row.kind, hash, row.reasonSealed, memberId, now, row.expiresAt],
      );
      await this.audit.record(tx, actor, { action: 'screening.blocked', data: { kind: row.kind, days: input.days } });
      return this.view(tx, accountId, row);
    });
  }

  remove(actor: MemberActor, id: string): Promise<void> {
    return this.database.in(actor.accountId, async (tx) => {
      const [row] = await query<{ kind: BlockKind }>(tx, 'delete from screening_block where id = $1 returning kind', [id]);
      if (!row) throw notFound();
      await this.audit.record(tx, actor, { action: 'screening.unblocked', data: { kind: row.kind } });
    });
  }

  /** What would hold back an e-mail address, a domain or an IP address. */
  check(actor: MemberActor, value: string): Promise<BlockView | null> {
    const ip = canonicalAddress(value.trim());
    const email = value.includes('@') ? value : `x@${value}`;
    return this.database.in(actor.accountId, (tx) => this.match(tx, actor.accountId, ip ? { ip } : { email }));
  }

  private hash(tx: Tx, accountId: string, kind: BlockKind, value: string): Promise<string> {
    return this.keys.index(accountId, 'screening.block', `${kind} ${value}`, tx);
  }

  private async view(tx: Tx, accountId: string, row: Row): Promise<BlockView> {
    const cipher = await this.keys.accountCipher(accountId, tx);
    const name = (await this.members.namesOf(accountId, [row.memberId], tx)).get(row.memberId);
    return {
      id: row.id,
      kind: row.kind,
      reason: cipher.open('screening_block', row.id, 'reason', row.reasonSealed),
      member: name === undefined ? null : { id: row.memberId, name },
      createdAt: new Date(row.createdAt).toISOString(),
      expiresAt: row.expiresAt ? new Date(row.expiresAt).toISOString() : null,
    };
  }
}
