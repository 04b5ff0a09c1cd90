import { Readable, pipeline } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify';
import { Clock, type MemberActor } from '@sotto/kernel';
import { Database } from '@sotto/platform';
import type { AuditEntryView, AuditFilter } from '@sotto/protocol';
import { AuditLog } from './audit-log.js';
import { AuditReader, NEWEST } from './audit-reader.js';

/** Entries read at a time; none waits in memory while the receiver is slow. */
const BATCH = 500;

const COLUMNS = [
  'number',
  'time',
  'action',
  'actor kind',
  'actor id',
  'actor name',
  'target kind',
  'target id',
  'target name',
  'address',
  'data',
];

/** What a spreadsheet would take for a formula (OWASP, CSV injection), also behind blanks and in full width. */
const FORMULA = /^[\s\0]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n\0]/;
const harmless = (cell: string): string => (FORMULA.test(cell) ? `'${cell}` : cell);

/** The log as a table for spreadsheets. */
@Injectable()
export class AuditExport {
  constructor(
    private readonly database: Database,
    private readonly reader: AuditReader,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** CSV (RFC 4180, in UTF-8), newest first, read as fast as the receiver takes it. The export is an act itself, and its first line. */
  async csv(actor: MemberActor, filter: AuditFilter): Promise<{ name: string; content: Readable }> {
    await this.database.in(actor.accountId, (tx) => this.audit.record(tx, actor, { action: 'audit.exported', data: { ...filter } }));
    const table = stringify({ header: true, columns: COLUMNS, record_delimiter: '\r\n' });
    // An error on the way destroys the table, so that a cut-off file is not taken for a whole one.
    const content = pipeline(Readable.from(this.rows(actor.accountId, filter)), table, () => undefined);
    return { name: `audit-${this.clock.now().toISOString().slice(0, 10)}.csv`, content };
  }

  private async *rows(accountId: string, filter: AuditFilter): AsyncGenerator<string[]> {
    let before = NEWEST;
    for (;;) {
      const entries = await this.reader.entriesBefore(accountId, before, filter, BATCH);
      for (const entry of entries) yield cellsOf(entry).map(harmless);
      const last = entries.at(-1);
      if (!last || entries.length < BATCH) return;
      before = last.seq;
    }
  }
}

const cellsOf = ({ seq, at, action, actor, target, address, data }: AuditEntryView): string[] => [
  `${seq}`,
  at,
  action,
  actor.kind,
  actor.id ?? '',
  actor.name ?? '',
  target?.kind ?? '',
  target?.id ?? '',
  target?.name ?? '',
  address ?? '',
  JSON.stringify(data),
];
