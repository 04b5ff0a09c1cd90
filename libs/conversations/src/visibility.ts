import { teamsOf } from '@sotto/accounts';
import type { Actor } from '@sotto/kernel';

/** A condition on `conversation c`; `?` stands for the next parameter. */
export interface Condition {
  sql: string;
  parameters: readonly unknown[];
}

/** Whom a conversation is shown to, besides those who may see all. */
export interface Audience {
  teamId: string | null;
  assigneeId: string | null;
}

/**
 * Which conversations somebody may see: visitors their own; members those without a team, of their teams, or assigned to
 * them, unless they may see all. Whatever else there is, is not there for them. The one place that decides it, next to
 * `append_message`, which decides the same for writing.
 */
export function visibleTo(actor: Actor): Condition {
  if (actor.kind === 'visitor') return { sql: 'c.contact_id = ?', parameters: [actor.contactId] };
  if (seesAll(actor)) return { sql: 'true', parameters: [] };
  return {
    sql: `c.team_id is null or c.assignee_id = ? or c.team_id in (${teamsOf('?')})`,
    parameters: [actor.memberId, actor.memberId],
  };
}

export const seesAll = (actor: Actor): boolean => actor.permissions.has('conversation.read-all');

/** The condition with its parameters numbered after those a statement has already. */
export function numbered({ sql, parameters }: Condition, before: number): Condition {
  let next = before;
  return { sql: `(${sql.replaceAll('?', () => `$${(next += 1)}`)})`, parameters };
}
