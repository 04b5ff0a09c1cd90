import { AppError } from '@sotto/kernel';
import type { ConversationStatus, SettableStatus } from '@sotto/protocol';

/** Who may move a conversation where. Anything not listed is refused. */
export const transitions = {
  open: { resolve: 'resolved' },
  resolved: { reopen: 'open' },
  /** Into quarantine and out of it only by a verdict, which teaches the filter. */
  spam: {},
} as const satisfies Record<ConversationStatus, Record<string, ConversationStatus>>;

/** Throws `conversation.status-refused` unless one step leads from the one to the other. */
export function assertTransition(from: ConversationStatus, to: SettableStatus): void {
  const reachable: readonly ConversationStatus[] = Object.values(transitions[from]);
  if (!reachable.includes(to)) throw new AppError('conversation.status-refused', `A conversation that is ${from} cannot become ${to}.`);
}
