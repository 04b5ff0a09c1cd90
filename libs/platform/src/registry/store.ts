import type { EntitySchema } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';

/**
 * What a column holds. `personal`: about a person, readable or encrypted; `pseudonym`: an id that
 * leads to a person only together with other rows; `none`: nothing about a person.
 */
export type DataClass = 'personal' | 'pseudonym' | 'none';

export interface TableRecord {
  /** Why the table exists, in a person's words; goes into the record of processing. */
  purpose: string;
  /** How long rows stay. */
  retention: string;
  /** How the personal columns are protected. */
  protection?: string;
  /** Every column of the table, by property name. */
  columns: Record<string, DataClass>;
}

/** The tables of one library, and what they hold about people. Boot and migrations read it. */
export interface Store {
  /** Name of the library; an eraser of the same name must exist when a column is personal. */
  name: string;
  entities: readonly EntitySchema[];
  /** By table name. */
  dataMap: Record<string, TableRecord>;
  /** Jobs this library puts into the queue; each must have its handler. */
  jobs?: readonly string[];
}

/** Transaction handle as services pass it on. */
export type Tx = SqlEntityManager;

/** How many rows an eraser removed or made unreadable, by table. */
export type ErasureCount = Record<string, number>;

/** The person whose data is meant: a contact or a member of one account. */
export interface Subject {
  accountId: string;
  kind: 'contact' | 'member';
  id: string;
}

/** Where something readable of a person is still found. Empty when nothing is left. */
export interface Trace {
  table: string;
  rows: number;
}

/** Removes one person from one store. Safe to run twice; a crash resumes where it stopped. */
export interface SubjectEraser {
  readonly store: string;
  erase(tx: Tx, subject: Subject): Promise<ErasureCount>;
  findTraces(tx: Tx, subject: Subject): Promise<Trace[]>;
}
