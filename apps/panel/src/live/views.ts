import { byNewest, type ConversationFilter } from '@sotto/client';
import type { ConversationCounts, ConversationView, Permission } from '@sotto/protocol';

export const VIEWS = ['open', 'mine', 'unassigned', 'resolved', 'spam'] as const;
export type FixedView = (typeof VIEWS)[number];
/** One of the views everybody has, or a team's open conversations. */
export type ViewName = FixedView | `team-${string}`;

const TEAM = /^team-([0-9a-f-]{36})$/;

/** The team whose conversations a view shows; null for the others. */
export const teamOf = (view: ViewName): string | null => TEAM.exec(view)?.[1] ?? null;

export const isView = (name: string): name is ViewName => (VIEWS as readonly string[]).includes(name) || TEAM.test(name);

const FILTERS: Readonly<Record<FixedView, ConversationFilter>> = {
  open: { status: 'open' },
  mine: { view: 'mine', status: 'open' },
  unassigned: { view: 'unassigned', status: 'open' },
  resolved: { status: 'resolved' },
  spam: { status: 'spam' },
};

/** Quarantine is for those who may say what is spam. */
export const viewsFor = (permissions: readonly Permission[]): readonly FixedView[] =>
  VIEWS.filter((view) => view !== 'spam' || permissions.includes('screening.teach'));

/** What to ask the server for. */
export function filterOf(view: ViewName): ConversationFilter {
  const team = teamOf(view);
  return team === null ? FILTERS[view as FixedView] : { team, status: 'open' };
}

/** Whether a conversation belongs in a view, as the server decides it. */
export function belongs(view: ViewName, conversation: ConversationView, memberId: string): boolean {
  if (view === 'resolved' || view === 'spam') return conversation.status === view;
  if (conversation.status !== 'open') return false;
  const team = teamOf(view);
  if (team !== null) return conversation.team?.id === team;
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
  after: ConversationView | undefined,
  memberId: string,
): ConversationCounts {
  let next = counts;
  for (const view of VIEWS) {
    const counted = (one: ConversationView | undefined) => Number(one !== undefined && belongs(view, one, memberId));
    const change = counted(after) - counted(before);
    if (change === 0 || next[view].more) continue;
    next = { ...next, [view]: { ...next[view], count: Math.max(0, next[view].count + change) } };
  }
  return next;
}
