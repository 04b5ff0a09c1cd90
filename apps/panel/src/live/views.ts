import { byNewest, type ConversationFilter } from '@sotto/client';
import type { ConversationCounts, ConversationView } from '@sotto/protocol';

export const VIEWS = ['open', 'mine', 'unassigned', 'resolved'] as const;
export type ViewName = (typeof VIEWS)[number];

export const isView = (name: string): name is ViewName => (VIEWS as readonly string[]).includes(name);

/** What to ask the server for. */
export const FILTERS: Readonly<Record<ViewName, ConversationFilter>> = {
  open: { status: 'open' },
  mine: { view: 'mine', status: 'open' },
  unassigned: { view: 'unassigned', status: 'open' },
  resolved: { status: 'resolved' },
};

/** Whether a conversation belongs in a view, as the server decides it. */
export function belongs(view: ViewName, conversation: ConversationView, memberId: string): boolean {
  if (view === 'resolved') return conversation.status === 'resolved';
  if (conversation.status !== 'open') return false;
  if (view === 'mine') return conversation.assignee?.id === memberId;
  return view === 'open' || conversation.assignee === null;
}

export type Known = ReadonlyMap<string, ConversationView>;

/** How far a view's list has been read. */
export interface ListState {
  readonly status: 'loading' | 'ready' | 'failed';
  readonly error?: unknown;
  readonly loadingMore: boolean;
  readonly pages: number;
  readonly nextCursor: string | null;
  /** Last conversation read; what is older is not shown yet, even if known from elsewhere. Null: all was read. */
  readonly until: { readonly updatedAt: string; readonly id: string } | null;
}

export const LOADING: ListState = { status: 'loading', loadingMore: false, pages: 0, nextCursor: null, until: null };

export function listed(known: Known, view: ViewName, list: ListState, memberId: string): ConversationView[] {
  const { until } = list;
  return [...known.values()].filter((one) => belongs(view, one, memberId) && (!until || byNewest(one, until) <= 0)).sort(byNewest);
}

/** The fresher of two views of one conversation; a snapshot may be older than what events have told since. */
export function fresher(held: ConversationView | undefined, snapshot: ConversationView): ConversationView {
  return held && held.head > snapshot.head ? held : snapshot;
}

export function recount(
  counts: ConversationCounts,
  before: ConversationView | undefined,
  after: ConversationView,
  memberId: string,
): ConversationCounts {
  let next = counts;
  for (const view of VIEWS) {
    const change = Number(belongs(view, after, memberId)) - Number(before !== undefined && belongs(view, before, memberId));
    if (change === 0 || next[view].more) continue;
    next = { ...next, [view]: { ...next[view], count: Math.max(0, next[view].count + change) } };
  }
  return next;
}
