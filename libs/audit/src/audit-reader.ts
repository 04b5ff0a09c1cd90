import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { AppError, type MemberActor } from '@sotto/kernel';
import { CannotOpen, Database, KeyRing, query, type SubjectCipher, type Tx } from '@sotto/platform';
import type { AuditAction, AuditEntryView, AuditFilter, AuditQuery, Page } from '@sotto/protocol';
import { NamesAudited, type AuditNames } from './audit-names.js';

interface Row {
  seq: number;
  at: Date;
  action: AuditAction;
  actorKind: AuditEntryView['actor']['kind'];
  actorId: string | null;
  targetKind: string | null;
  targetId: string | null;
  /** Null also when the key of the person it is sealed for is destroyed. */
  addressOf: string | null;
  addressSealed: Uint8Array | null;
  data: string;
}

/** Asks the vault itself for the key: a node may hold a destroyed one in memory for some minutes. */
const PAGE = `
  select a.seq, a.at, a.action, a.actor_kind as "actorKind", a.actor_id as "actorId", a.target_kind as "targetKind",
         a.target_id as "targetId", k.subject_id as "addressOf", a.address_sealed as "addressSealed", a.data
    from audit_entry a left join vault.subject_key k on k.subject_id = a.address_of
   where a.seq < $1::bigint
     and ($2::text is null or a.action = $2 or ($2 like '%.' and starts_with(a.action, $2)))
     and ($3::uuid is null or (a.actor_kind in ('member', 'token') and a.actor_id = $3) or (a.target_kind = 'member' and a.target_id = $3))
     and ($4::timestamptz is null or a.at >= $4)
     and ($5::timestamptz is null or a.at < $5)
   order by a.seq desc limit $6`;

/** Above every number an entry can have. */
export const NEWEST = 2 ** 31;
const CURSOR = /^[1-9]\d{0,9}$/;

/** Years before the common era are no times of a database. */
const momentOf = (time: string | undefined): Date | null => (time === undefined ? null : new Date(Math.max(0, Date.parse(time))));

/** Members act themselves and through their programs. */
const nameKindOf = (kind: string): string => (kind === 'token' ? 'member' : kind);

type Names = Map<string, Map<string, string>>;

/** Reads the log to whoever may, and puts names to its ids. */
@Injectable()
export class AuditReader {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly discovery: DiscoveryService,
  ) {}

  /** A page of the log, newest first. */
  async list(actor: MemberActor, { cursor, limit, ...filter }: AuditQuery): Promise<Page<AuditEntryView>> {
    const items = await this.entriesBefore(actor.accountId, cursor === undefined ? NEWEST : seqOf(cursor), filter, limit + 1);
    const page = items.slice(0, limit);
    return { items: page, nextCursor: items.length > limit ? String(page.at(-1)?.seq) : null };
  }

  /** Entries with a lower number, newest first. */
  entriesBefore(accountId: string, seq: number, { action, member, from, to }: AuditFilter, limit: number): Promise<AuditEntryView[]> {
    return this.database.in(accountId, async (tx) => {
      const rows = await query<Row>(tx, PAGE, [seq, action ?? null, member ?? null, momentOf(from), momentOf(to), limit]);
      const names = await this.namesOf(tx, accountId, rows);
      const ciphers = await this.keys.ciphers(
        accountId,
        rows.flatMap(({ addressOf }) => addressOf ?? []),
        tx,
      );
      return rows.map((row) => toView(row, names, ciphers.get(row.addressOf ?? '')));
    });
  }

  private async namesOf(tx: Tx, accountId: string, rows: readonly Row[]): Promise<Names> {
    const ids = new Map<string, Set<string>>();
    const note = (kind: string | null, id: string | null): void => {
      if (kind === null || id === null) return;
      const known = ids.get(nameKindOf(kind)) ?? new Set();
      ids.set(nameKindOf(kind), known.add(id));
    };
    for (const { actorKind, actorId, targetKind, targetId } of rows) {
      note(actorKind, actorId);
      // A token as a target has a name of its own.
      if (targetKind !== 'token') note(targetKind, targetId);
    }
    const names: Names = new Map();
    for (const namer of this.namers())
      for (const kind of namer.kinds) {
        const wanted = ids.get(kind);
        if (wanted) names.set(kind, await namer.namesOf(tx, accountId, kind, [...wanted]));
      }
    return names;
  }

  private namers(): AuditNames[] {
    return this.discovery.getProviders({ metadataKey: NamesAudited.KEY }).map((wrapper) => wrapper.instance as AuditNames);
  }
}

function seqOf(cursor: string): number {
  if (!CURSOR.test(cursor))
    throw new AppError('input.invalid', undefined, { errors: [{ path: 'cursor', message: 'is not one this list gave' }] });
  return Number(cursor);
}

function toView(row: Row, names: Names, cipher: SubjectCipher | undefined): AuditEntryView {
  const nameOf = (kind: string, id: string | null) => names.get(kind)?.get(id ?? '') ?? null;
  const { actorKind, actorId, targetKind, targetId } = row;
  return {
    seq: row.seq,
    at: new Date(row.at).toISOString(),
    action: row.action,
    actor: { kind: actorKind, id: actorId, name: nameOf(nameKindOf(actorKind), actorId) },
    target: targetKind === null || targetId === null ? null : { kind: targetKind, id: targetId, name: nameOf(targetKind, targetId) },
    address: row.addressSealed && cipher ? addressIn(row.seq, row.addressSealed, cipher) : null,
    data: dataIn(row.data),
  };
}

/** What somebody has tampered with is shown as unknown: saying so is the verification's. */
function addressIn(seq: number, sealed: Uint8Array, cipher: SubjectCipher): string | null {
  try {
    return cipher.open('audit_entry', `${seq}`, 'address', sealed);
  } catch (error) {
    if (error instanceof CannotOpen) return null;
    throw error;
  }
}

function dataIn(text: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(text) as object) };
  } catch {
    return {};
  }
}
