import { describe, expect, it } from '@jest/globals';
import type { ConversationCounts, ConversationView } from '@sotto/protocol';
import { belongs, filterOf, fresher, isView, listed, recount, VIEWS, viewsFor, type ListState } from './views';

const ME = 'me';
const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 10, minute)).toISOString();

function conversation(id: string, more: Partial<ConversationView> = {}): ConversationView {
  return {
    id,
    number: 1,
    inboxId: 'inbox',
    channel: 'web',
    status: 'open',
    screening: null,
    contact: { id: 'contact', name: null, email: null, createdAt: at(0) },
    assignee: null,
    team: null,
    lastMessage: null,
    head: 1,
    unread: 0,
    read: { visitor: 0, agents: 0 },
    waitingSince: null,
    overdue: false,
    createdAt: at(0),
    updatedAt: at(0),
    ...more,
  };
}

const ready = (until: ListState['until'] = null): ListState => ({ status: 'ready', loadingMore: false, pages: 1, nextCursor: null, until });
const known = (...all: ConversationView[]) => new Map(all.map((one) => [one.id, one]));

describe('belongs', () => {
  it('puts a conversation into each view the server would', () => {
    const viewsOf = (one: ConversationView) => VIEWS.filter((view) => belongs(view, one, ME));
    expect(viewsOf(conversation('a'))).toEqual(['open', 'unassigned']);
    expect(viewsOf(conversation('a', { assignee: { id: ME, name: 'Ana' } }))).toEqual(['open', 'mine']);
    expect(viewsOf(conversation('a', { assignee: { id: 'other', name: 'Jon' } }))).toEqual(['open']);
    expect(viewsOf(conversation('a', { status: 'resolved', assignee: { id: ME, name: 'Ana' } }))).toEqual(['resolved']);
  });

  it('shows what is in quarantine nowhere else, whoever it is assigned to', () => {
    const team = { id: '019fa000-0000-7000-8000-000000000001', name: 'Sales' };
    const held = conversation('a', { status: 'spam', assignee: { id: ME, name: 'Ana' }, team });
    expect([...VIEWS, `team-${team.id}` as const].filter((view) => belongs(view, held, ME))).toEqual(['spam']);
    expect(filterOf('spam')).toEqual({ status: 'spam' });
  });
});

describe('a team’s view', () => {
  const id = '019fa000-0000-7000-8000-000000000001';
  const view = `team-${id}` as const;

  it('holds what is open and of the team', () => {
    const team = { id, name: 'Sales' };
    expect(isView(view) && !isView('team-') && !isView('team-1')).toBe(true);
    expect(filterOf(view)).toEqual({ team: id, status: 'open' });
    expect(belongs(view, conversation('a', { team }), ME)).toBe(true);
    expect(belongs(view, conversation('a', { team, status: 'resolved' }), ME)).toBe(false);
    expect(belongs(view, conversation('a', { team: { id: 'other', name: 'Billing' } }), ME)).toBe(false);
    expect(belongs(view, conversation('a'), ME)).toBe(false);
  });
});

describe('the views of a member', () => {
  it('hold quarantine for those who may say what is spam', () => {
    expect(viewsFor(['conversation.read', 'screening.teach'])).toContain('spam');
    expect(viewsFor(['conversation.read'])).toEqual(['open', 'mine', 'unassigned', 'resolved']);
  });
});

describe('listed', () => {
  it('shows the newest first', () => {
    const all = known(
      conversation('a', { updatedAt: at(1) }),
      conversation('b', { updatedAt: at(3) }),
      conversation('c', { updatedAt: at(2) }),
    );
    expect(listed(all, 'open', ready(), ME).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
  });

  it('keeps back what is older than the pages read: between them there may be others', () => {
    const all = known(conversation('a', { updatedAt: at(1) }), conversation('b', { updatedAt: at(3) }));
    expect(listed(all, 'open', ready({ id: 'b', updatedAt: at(3) }), ME).map(({ id }) => id)).toEqual(['b']);
  });
});

describe('fresher', () => {
  it('does not let a snapshot take back what an event has told', () => {
    const held = conversation('a', { head: 5, status: 'resolved' });
    expect(fresher(held, conversation('a', { head: 4 }))).toBe(held);
  });

  it('takes the snapshot at the same event: what was read is newer there', () => {
    const snapshot = conversation('a', { head: 5, unread: 0 });
    expect(fresher(conversation('a', { head: 5, unread: 2 }), snapshot)).toBe(snapshot);
  });
});

describe('recount', () => {
  const count = (value: number, more = false) => ({ count: value, more });
  const counts: ConversationCounts = { open: count(3), mine: count(1), unassigned: count(2), resolved: count(4), spam: count(5) };

  it('moves one from open to resolved', () => {
    const before = conversation('a');
    expect(recount(counts, before, { ...before, status: 'resolved' }, ME)).toEqual({
      open: count(2),
      mine: count(1),
      unassigned: count(1),
      resolved: count(5),
      spam: count(5),
    });
  });

  it('moves one into quarantine out of every other view, and back', () => {
    const before = conversation('a', { assignee: { id: ME, name: 'Ana' } });
    const held = { ...before, status: 'spam' as const };
    const after = { ...counts, open: count(2), mine: count(0), spam: count(6) };
    expect(recount(counts, before, held, ME)).toEqual(after);
    expect(recount(after, held, before, ME)).toEqual(counts);
  });

  it('takes out one that is hidden', () => {
    const before = conversation('a', { assignee: { id: ME, name: 'Ana' } });
    expect(recount(counts, before, undefined, ME)).toEqual({ ...counts, open: count(2), mine: count(0) });
  });

  it('counts one never seen before', () => {
    expect(recount(counts, undefined, conversation('a'), ME)).toEqual({ ...counts, open: count(4), unassigned: count(3) });
  });

  it('leaves a count alone that only says "more than"', () => {
    const many = { ...counts, open: count(1_000, true) };
    expect(recount(many, undefined, conversation('a'), ME).open).toEqual(count(1_000, true));
  });

  it('is the same object when nothing moved', () => {
    const before = conversation('a');
    expect(recount(counts, before, { ...before, head: 2 }, ME)).toBe(counts);
  });
});
