import { AppError } from '@sotto/kernel';
import { Id } from '@sotto/protocol';
import { numbered } from './visibility.js';

/** Conditions of a query, joined by `and`; `?` stands for the next parameter. */
export class Filter {
  readonly parameters: unknown[] = [];
  private readonly conditions: string[] = [];

  add(condition: string, ...parameters: unknown[]): void {
    this.conditions.push(numbered({ sql: condition, parameters }, this.parameters.length).sql);
    this.parameters.push(...parameters);
  }

  get where(): string {
    return this.conditions.length === 0 ? '' : `where ${this.conditions.join(' and ')}`;
  }
}

/** Where a page of a list ends; opaque to whoever receives it. */
export const encodeCursor = (at: Date, id: string) => Buffer.from(`${new Date(at).toISOString()} ${id}`).toString('base64url');

/** As `toISOString` writes it; further years are no times of the database. */
const CURSOR_TIME = /^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Throws `input.invalid` for what `encodeCursor` did not make. */
export function decodeCursor(cursor: string): { at: Date; id: string } {
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const at = new Date(CURSOR_TIME.test(time) ? time : Number.NaN);
  if (Number.isNaN(at.getTime()) || !Id.safeParse(id).success)
    throw new AppError('input.invalid', undefined, { errors: [{ path: 'cursor', message: 'is not one this list gave' }] });
  return { at, id };
}
