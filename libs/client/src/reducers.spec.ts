import { describe, expect, it } from '@jest/globals';
import {
  ConversationEvent,
  PREVIEW,
  previewOf,
  type ContactView,
  type ConversationView,
  type VisitorConversationView,
} from '@sotto/protocol';
import fc from 'fast-check';
import { applyEvent, applyHidden, applyRead, applyToList, byNewest } from './reducers.js';

const ID = '019fa000-0000-7000-8000-000000000001';
const at = (seq: number) => new Date(Date.UTC(2026, 10, 21, 10, 0, seq)).toISOString();
const contact: ContactView = { id: ID, name: null, email: null, createdAt: at(0) };
const forAgents: ConversationView = {
  id: ID,
  number: 1,
  inboxId: ID,
  channel: 'web',
  status: 'open',
  screening: null,
  contact,
  assignee: null,
  team: null,
  lastMessage: null,
  head: 0,
  unread: 0,
  read: { visitor: 0, agents: 0 },
  waitingSince: null,
  overdue: false,
  createdAt: at(0),
  updatedAt: at(0),
};
const {
  inboxId: _i,
  channel: _ch,
  screening: _s,
  contact: _c,
  assignee: _a,
  team: _t,
  waitingSince: _w,
  overdue: _o,
  ...visitorFields
} = forAgents;
const forVisitor: VisitorConversationView = { ...visitorFields, status: 'open' };

type Body = ConversationEvent extends infer E
  ? E extends ConversationEvent
    ? Omit<E, 'conversationId' | 'seq' | 'prev' | 'at' | 'actor'>
    : never
  : never;
const event = (seq: number, by: 'visitor' | 'member' | 'system', body: Body): ConversationEvent =>
  ({ conversationId: ID, seq, prev: seq - 1, at: at(seq), actor: { kind: by, id: null, name: null }, ...body }) as ConversationEvent;
const message = (kind: 'message' | 'note', body = 'Hello'): Body => ({
  type: 'message.created',
  message: { id: ID, clientMessageId: ID, kind, body },
});

const anyEvent = fc.oneof(
  fc.record({
    by: fc.constantFrom('visitor' as const, 'member' as const),
    body: fc.string({ minLength: 1 }).map((text) => message('message', text)),
  }),
  fc.record({ by: fc.constant('member' as const), body: fc.string({ minLength: 1 }).map((text) => message('note', text)) }),
  fc.record({
    by: fc.constant('member' as const),
    body: fc.constantFrom<Body>(
      { type: 'status.changed', status: 'open', from: 'resolved' },
      { type: 'status.changed', status: 'resolved', from: 'open' },
    ),
  }),
  fc.record({
    by: fc.constant('member' as const),
    body: fc.constantFrom<Body>({ type: 'assigned', assignee: null }, { type: 'assigned', assignee: { id: ID, name: 'Ana' } }),
  }),
  fc.record({
    by: fc.constant('member' as const),
    body: fc.constantFrom<Body>({ type: 'team.changed', team: null }, { type: 'team.changed', team: { id: ID, name: 'Sales' } }),
  }),
  fc.record({
    by: fc.constant('member' as const),
    body: fc.string().map((name): Body => ({ type: 'contact.changed', contact: { ...contact, name } })),
  }),
  fc.record({ by: fc.constant('system' as const), body: fc.constant<Body>({ type: 'reply.overdue', waitingSince: at(1) }) }),
  fc.record({
    by: fc.constantFrom('system' as const, 'member' as const),
    body: fc.constantFrom<Body>(
      { type: 'screened', status: 'spam', from: 'open', screening: { verdict: 'spam', by: 'filter' }, waitingSince: null },
      { type: 'screened', status: 'open', from: 'spam', screening: { verdict: 'ham', by: 'member' }, waitingSince: at(1) },
      { type: 'screened', status: 'open', from: 'open', screening: null, waitingSince: null },
    ),
  }),
);
const anyLog = fc.array(anyEvent, { maxLength: 30 }).map((log) => log.map(({ by, body }, index) => event(index + 1, by, body)));

describe('the reducers', () => {
  it('hold every type of event', () => {
    const known = ['assigned', 'contact.changed', 'message.created', 'reply.overdue', 'screened', 'status.changed', 'team.changed'];
    expect(ConversationEvent.options.map((option) => option.shape.type.value).sort()).toEqual(known);
  });

  it('make of a stale view and any events it missed, doubled or held, the fresh view', () => {
    fc.assert(
      fc.property(anyLog, fc.nat(30), fc.nat(30), (log, held, overlap) => {
        for (const start of [forAgents, forVisitor] as (ConversationView | VisitorConversationView)[]) {
          const fresh = log.reduce(applyEvent, start);
          const stale = log.slice(0, held).reduce(applyEvent, start);
          const missed = log.slice(Math.max(0, held - overlap)).flatMap((each) => [each, each]);
          expect(missed.reduce(applyEvent, stale)).toEqual(fresh);
        }
      }),
    );
  });

  it('count what nobody has read and say since when the visitor waits', () => {
    const first = applyEvent(forAgents, event(1, 'visitor', message('message', ' Two\n words ')));
    expect(first).toMatchObject({
      unread: 1,
      waitingSince: at(1),
      head: 1,
      updatedAt: at(1),
      lastMessage: { seq: 1, by: 'visitor', kind: 'message', preview: 'Two words', at: at(1) },
    });
    const second = applyEvent(first, event(2, 'visitor', message('message')));
    expect(second).toMatchObject({ unread: 2, waitingSince: at(1) });
    const noted = applyEvent(second, event(3, 'member', message('note')));
    expect(noted).toMatchObject({ unread: 2, waitingSince: at(1), lastMessage: { kind: 'note' } });
    const overdue = applyEvent(noted, event(4, 'system', { type: 'reply.overdue', waitingSince: at(1) }));
    expect(overdue.overdue).toBe(true);
    expect(applyEvent(overdue, event(5, 'member', message('message')))).toMatchObject({
      unread: 2,
      waitingSince: null,
      overdue: false,
      read: forAgents.read,
    });
    expect(applyEvent(overdue, event(5, 'member', { type: 'status.changed', status: 'resolved', from: 'open' }))).toMatchObject({
      waitingSince: null,
      overdue: false,
      status: 'resolved',
    });
  });

  it('count for the visitor what members wrote', () => {
    const view = [event(1, 'visitor', message('message')), event(2, 'member', message('message'))].reduce(applyEvent, forVisitor);
    expect(view.unread).toBe(1);
    expect(applyRead(view, { conversationId: ID, read: { visitor: 2, agents: 1 }, unread: 0 })).toMatchObject({
      unread: 0,
      read: { visitor: 2, agents: 1 },
    });
  });

  it('move a conversation into quarantine, where nobody waits, and out of it', () => {
    const waiting = { ...forAgents, head: 1, unread: 1, waitingSince: at(1), overdue: true };
    const caught = event(2, 'system', {
      type: 'screened',
      status: 'spam',
      from: 'open',
      screening: { verdict: 'spam', by: 'filter' },
      waitingSince: null,
    });
    const held = applyEvent(waiting, caught);
    expect(held).toMatchObject({ status: 'spam', screening: { verdict: 'spam', by: 'filter' }, waitingSince: null, overdue: false });
    const freed = event(3, 'member', {
      type: 'screened',
      status: 'open',
      from: 'spam',
      screening: { verdict: 'ham', by: 'member' },
      waitingSince: at(1),
    });
    expect(applyEvent(held, freed)).toMatchObject({ status: 'open', screening: { verdict: 'ham', by: 'member' }, waitingSince: at(1) });
    expect(applyEvent(forVisitor, caught)).toMatchObject({ status: 'open', head: 2 });
  });

  it('never take reading back', () => {
    const view = { ...forAgents, head: 9, unread: 0, read: { visitor: 3, agents: 9 } };
    expect(applyRead(view, { conversationId: ID, read: { visitor: 4, agents: 7 }, unread: 2 })).toMatchObject({
      unread: 0,
      read: { visitor: 4, agents: 9 },
    });
  });

  it('keep a list in order and take in a conversation that comes with its first event', () => {
    const other = { ...forAgents, id: '019fa000-0000-7000-8000-000000000002', updatedAt: at(5) };
    const list = applyToList([other, forAgents], event(9, 'visitor', message('message')));
    expect(list.map((view) => view.id)).toEqual([ID, other.id]);
    const fresh = { ...forAgents, id: '019fa000-0000-7000-8000-000000000003', head: 1, updatedAt: at(30) };
    const first = { ...event(1, 'visitor', message('message')), conversationId: fresh.id, conversation: fresh } as ConversationEvent;
    expect(applyToList(list, first).map((view) => view.id)).toEqual([fresh.id, ID, other.id]);
    expect(applyToList(list, { ...event(1, 'visitor', message('message')), conversationId: fresh.id })).toBe(list);
    expect([...list].sort(byNewest)).toEqual(list);
  });

  it('take in a conversation that comes with another team or assignee, and let go of one that is hidden', () => {
    const team = { id: ID, name: 'Sales' };
    const mine = { ...forAgents, team, head: 4, updatedAt: at(4) };
    const given = event(4, 'member', { type: 'team.changed', team, conversation: mine });
    expect(applyToList([], given)).toEqual([mine]);
    expect(applyToList([{ ...forAgents, head: 3 }], given)).toEqual([{ ...forAgents, team, head: 4, updatedAt: at(4) }]);
    const assigned = event(5, 'member', { type: 'assigned', assignee: { id: ID, name: 'Ana' }, conversation: { ...mine, head: 5 } });
    expect(applyToList([], assigned)).toEqual([{ ...mine, head: 5 }]);
    const other = { ...forAgents, id: '019fa000-0000-7000-8000-000000000002' };
    expect(applyHidden([mine, other], { conversationId: ID })).toEqual([other]);
    const list = [other];
    expect(applyHidden(list, { conversationId: ID })).toBe(list);
  });

  it('preview the beginning on one line without half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (body) => {
        const preview = previewOf(body);
        expect(preview.length).toBeLessThanOrEqual(PREVIEW);
        expect(body.isWellFormed() && !preview.isWellFormed()).toBe(false);
        expect(body.replace(/\s+/gu, ' ').trim().startsWith(preview)).toBe(true);
      }),
    );
    expect(previewOf('a'.repeat(PREVIEW - 1) + '😀')).toBe('a'.repeat(PREVIEW - 1));
  });
});
