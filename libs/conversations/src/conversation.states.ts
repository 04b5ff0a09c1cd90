import { AppError } from '@sotto/kernel';
import type { ConversationStatus } from '@sotto/protocol';

/** Who may move a conversation where. Anything not listed is refused. */
export const transitions = {
  open: { resolve: 'resolved' },
  resolved: { reopen: 'open' },
} as const satisfies Record<ConversationStatus, Record<string, ConversationStatus>>;

/** Throws `conversation.status-refused` unless one step leads from the one to the other. */
export function assertTransition(from: ConversationStatus, to: ConversationStatus): void {
  const reachable: readonly ConversationStatus[] = Object.values(transitions[from]);
  if (!reachable.includes(to)) throw new AppError('conversation.status-refused', `A conversation that is ${from} cannot become ${to}.`);
}
