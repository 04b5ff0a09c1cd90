import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyHidden, applyToList } from '@sotto/client';
import { LiveFeed } from '@sotto/platform';
import type {
  Ack,
  ContactView,
  ConversationCounts,
  ConversationEvent,
  ConversationView,
  Hidden,
  InboxView,
  MessageAck,
  Page,
  Problem,
  TeamView,
} from '@sotto/protocol';
import { databaseKind } from '../support/database.js';
import { aDesk, type Desk } from '../support/desk.js';
import { Caller, Member, must, newClientId, says, starts, type LiveClient, type Visitor } from '../support/people.js';
import { eventsOf, routesOf } from '../support/router.js';
import { UNLIMITED, addMember, addressOf, eventSamples, fill, routeSamples, type Side } from '../support/scene.js';

/**
 * Ana is in sales, Bo in billing, Cleo in no team; the owner sees all. Where there are two nodes, everybody's sockets are
 * on the second one.
 */
let desk: Desk;
let other: Desk;
let side: Side;
let ana: Member;
let bo: Member;
let cleo: Member;
let sales: TeamView;
let billing: TeamView;

beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
  other = databaseKind === 'postgres' ? await aDesk({ beside: desk, env: UNLIMITED }) : desk;
  side = await fill(desk, desk, 'acme');
  ana = side.agent;
  bo = await addMember(desk, side.accountId, 'Bo', 'bo@acme.test', 'agent');
  cleo = await addMember(desk, side.accountId, 'Cleo', 'cleo@acme.test', 'agent');
  sales = await aTeam('Sales', ana);
  billing = await aTeam('Billing', bo);
});
afterAll(async () => {
  if (other !== desk) await other.close();
  await desk.close();
});

async function aTeam(name: string, ...members: Member[]): Promise<TeamView> {
  const answer = await desk.owner.post('/api/v1/teams', { name, memberIds: members.map(({ id }) => id) });
  expect(answer.status).toBe(201);
  return answer.body as TeamView;
}

const membersAre = (team: TeamView, ...members: Member[]) =>
  desk.owner.patch(`/api/v1/teams/${team.id}`, { memberIds: members.map(({ id }) => id) });

async function change(id: string, body: object, by: Member = desk.owner): Promise<ConversationView> {
  const answer = await by.patch(`/api/v1/conversations/${id}`, body);
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  return answer.body as ConversationView;
}

const live = (member: Member) => other.keep(new Member(other.url, member.headers.cookie ?? '', member.id, member.accountId)).connects();
const statusFor = async (member: Member, id: string) => (await member.get(`/api/v1/conversations/${id}`)).status;
const listOf = async (member: Member, query = '') =>
  ((await member.get(`/api/v1/conversations?limit=100${query}`)).body as Page<ConversationView>).items;
const idsOf = async (member: Member, query = '') => (await listOf(member, query)).map(({ id }) => id);

interface Chat {
  id: string;
  visitor: Visitor;
  client: LiveClient;
}
let strangers = 0;
async function aChat(body = 'A question', inbox?: InboxView): Promise<Chat> {
  const visitor = await desk.visitor({ name: `Person ${++strangers}`, email: `person${strangers}@shop.test` }, inbox);
  const client = await visitor.connects();
  return { id: (await starts(client, body)).conversationId, visitor, client };
}

/** Something everybody sees: once it is there, whatever was sent before is there too. */
async function afterwards(...clients: LiveClient[]): Promise<void> {
  const { id } = await aChat('For everybody');
  await Promise.all(clients.map((client) => client.until(({ events }) => events.some((event) => event.conversationId === id), 'a marker')));
}

const heardOf = (client: LiveClient, id: string) => client.received.filter(({ value }) => JSON.stringify(value ?? null).includes(id));
const sees = (client: LiveClient, id: string, type: ConversationEvent['type']) =>
  client.until(({ events }) => events.some((event) => event.conversationId === id && event.type === type), `${type} of ${id}`);
const loses = (client: LiveClient, id: string) =>
  client.until((one) => one.of<Hidden>('hidden').some(({ conversationId }) => conversationId === id), `hidden ${id}`);
const asksAnew = (client: LiveClient) => client.until((one) => one.of('resync').length > 0, 'resync');

describe('a conversation of another team', () => {
  beforeAll(() => change(side.conversationId, { teamId: sales.id, assigneeId: null }));

  it('is not there on any route that names it or who wrote it', async () => {
    const own = [side.conversationId, side.visitor.contactId];
    const samples = routeSamples(side);
    const routes = routesOf(desk.app).filter(({ name }) => own.includes(samples[name]?.parameters?.id ?? ''));
    expect(routes.length).toBeGreaterThanOrEqual(7);
    for (const route of routes) {
      const sample = samples[route.name] ?? { by: null };
      const foreign = await bo.send(route.method, addressOf(route, sample), sample.body);
      const missing = await bo.send(route.method, addressOf(route, { ...sample, parameters: { id: newClientId() } }), sample.body);
      expect([route.name, foreign.status]).toEqual([route.name, 404]);
      expect(foreign.body).toEqual(missing.body);
      // The same by somebody of the team, so that it is not the call that is wrong.
      const inside = await ana.send(route.method, addressOf(route, sample), sample.body);
      expect([route.name, Math.floor(inside.status / 100)]).toEqual([route.name, 2]);
    }
    await change(side.conversationId, { assigneeId: null });
  });

  it('is not there for any socket event that names it', async () => {
    const [outside, inside] = [await live(bo), await live(ana)];
    const events = eventsOf(desk.app).filter(({ namespace }) => namespace === '/agent');
    expect(events.length).toBeGreaterThanOrEqual(4);
    for (const { name, event } of events) {
      const input = eventSamples(side)[name];
      const refused = await outside.call<{ conversations?: object }>(event, input);
      const gone = refused.ok ? Object.keys(refused.conversations ?? { none: true }).length === 0 : refused.error.code === 'not-found';
      expect([name, gone]).toEqual([name, true]);
      expect([name, (await inside.call(event, input)).ok]).toEqual([name, true]);
    }
  });

  it('is in no list, search or count', async () => {
    const { contact, number } = (await ana.get(`/api/v1/conversations/${side.conversationId}`)).body as ConversationView;
    const email = encodeURIComponent(contact.email ?? '');
    const ways = ['', `&q=${number}`, `&q=${email}`, `&contact=${contact.id}`, `&team=${sales.id}`, '&view=unassigned', '&status=open'];
    for (const way of ways) {
      expect([way, await idsOf(ana, way)]).toEqual([way, expect.arrayContaining([side.conversationId])]);
      expect([way, await idsOf(bo, way)]).toEqual([way, expect.not.arrayContaining([side.conversationId])]);
    }
    const counts = async (member: Member) => (await member.get('/api/v1/conversations/counts')).body as ConversationCounts;
    const [inside, outside] = [await counts(ana), await counts(bo)];
    expect(inside.open.count - outside.open.count).toBe(1);
    expect(inside.unassigned.count - outside.unassigned.count).toBe(1);
  });

  it('shows nothing of itself on the sockets of others', async () => {
    const [outside, inside, everything] = [await live(bo), await live(ana), await live(desk.owner)];
    const { chat, visitor, conversationId: id } = side;
    await says(chat, id, 'Written by the visitor');
    await says(inside, id, 'An answer of sales');
    await says(inside, id, 'A note of sales', 'note');
    must(await inside.call('typing', { conversationId: id, typing: true }));
    must(await chat.call('typing', { conversationId: id, typing: true }));
    must(await inside.call('read', { conversationId: id, seq: 5 }));
    await ana.patch(`/api/v1/contacts/${visitor.contactId}`, { name: 'Vera of sales' });
    await change(id, { status: 'resolved' }, ana);
    await change(id, { status: 'open', assigneeId: ana.id }, ana);
    await change(id, { assigneeId: null }, ana);
    (desk.app.get(LiveFeed) as unknown as { gap(): void }).gap();
    (other.app.get(LiveFeed) as unknown as { gap(): void }).gap();
    for (const client of [inside, everything]) {
      await client.until((one) => one.of<ConversationEvent>('event').filter(({ type }) => type === 'assigned').length === 2, 'all events');
      await client.until((one) => one.of<object>('head').some((head) => id in head), 'a head');
      await client.until((one) => one.of('typing').length === 2 && one.of('read').length > 0, 'notices');
      const seqs = client.events.filter((event) => event.conversationId === id).map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
    }
    await outside.until((one) => one.of('head').length > 0, 'a head');
    await afterwards(outside);
    expect(heardOf(outside, id)).toEqual([]);
    expect(heardOf(outside, visitor.contactId)).toEqual([]);
    expect(heardOf(outside, 'of sales')).toEqual([]);
  });

  it('takes no message in a batch in which others are taken', async () => {
    const { conversationId: id } = side;
    const sends = Array.from({ length: 30 }, (_, place) => {
      const by = place % 3 === 0 ? bo : place % 3 === 1 ? ana : desk.owner;
      return by.post(`/api/v1/conversations/${id}/messages`, { clientMessageId: newClientId(), body: `Number ${place}` });
    });
    const statuses = (await Promise.all(sends)).map(({ status }) => status);
    expect(statuses).toEqual(Array.from({ length: 30 }, (_, place) => (place % 3 === 0 ? 404 : 201)));
  });

  it('is there for a program only where its scopes say so', async () => {
    const calls = async (...scopes: string[]) => {
      const made = await desk.owner.post('/api/v1/api-tokens', { name: 'Export', scopes });
      expect([made.status, made.text]).toEqual([201, made.text]);
      const { token } = made.body as { token: string };
      const program = desk.keep(new Caller(desk.url, { authorization: `Bearer ${token}` }));
      return (await program.get(`/api/v1/conversations/${side.conversationId}`)).status;
    };
    expect(await calls('conversation.read')).toBe(404);
    expect(await calls('conversation.read', 'conversation.read-all')).toBe(200);
  });

  it('cannot be taken over from outside', async () => {
    const before = await change(side.conversationId, { teamId: sales.id });
    for (const body of [{ teamId: billing.id }, { teamId: null }, { assigneeId: bo.id }, { status: 'resolved' }])
      expect((await bo.patch(`/api/v1/conversations/${side.conversationId}`, body)).status).toBe(404);
    expect(await change(side.conversationId, { teamId: sales.id })).toEqual(before);
  });

  it('hides its contact, until one of the contact’s conversations may be seen', async () => {
    const { visitor, chat } = side;
    const contact = `/api/v1/contacts/${visitor.contactId}`;
    expect([(await bo.get(contact)).status, (await ana.get(contact)).status, (await desk.owner.get(contact)).status]).toEqual([
      404, 200, 200,
    ]);
    const second = await starts(chat, 'About something else');
    expect((await bo.get(contact)).status).toBe(200);
    expect(((await bo.get(contact)).body as ContactView).id).toBe(visitor.contactId);
    await change(second.conversationId, { teamId: sales.id });
    expect((await bo.get(contact)).status).toBe(404);
    const quiet = await desk.visitor({ name: 'Has not written' });
    expect((await bo.get(`/api/v1/contacts/${quiet.contactId}`)).status).toBe(200);
  });
});

describe('an assignee from another team', () => {
  it('sees the conversation for as long as they are it', async () => {
    const { id } = await aChat();
    await change(id, { teamId: sales.id });
    const [outside, inside] = [await live(bo), await live(ana)];
    expect(await statusFor(bo, id)).toBe(404);

    await change(id, { assigneeId: bo.id }, ana);
    await sees(outside, id, 'assigned');
    const [given] = outside.events.filter((event) => event.conversationId === id);
    expect(given).toMatchObject({ type: 'assigned', conversation: { id, team: { id: sales.id, name: 'Sales' }, assignee: { id: bo.id } } });
    expect(await statusFor(bo, id)).toBe(200);
    await says(outside, id, 'Mine for now');

    await change(id, { assigneeId: cleo.id }, bo);
    await loses(outside, id);
    expect(await statusFor(bo, id)).toBe(404);
    expect(await statusFor(cleo, id)).toBe(200);
    expect((await outside.call('message.send', { conversationId: id, clientMessageId: newClientId(), body: 'Still?' })).ok).toBe(false);
    await says(inside, id, 'Not for Bo');
    await sees(inside, id, 'message.created');
    await afterwards(outside);
    expect(JSON.stringify(outside.received)).not.toContain('Not for Bo');
    expect(inside.of('hidden')).toEqual([]);
  });

  it('who sent a message finds it acknowledged, and cannot send another', async () => {
    const { id } = await aChat();
    const message = { conversationId: id, clientMessageId: newClientId(), body: 'Sent while it was ours' };
    const socket = await live(bo);
    const first = must(await socket.call<MessageAck>('message.send', message));
    await change(id, { teamId: sales.id });
    expect(must(await socket.call<MessageAck>('message.send', message))).toEqual(first);
    const again = await socket.call('message.send', { ...message, clientMessageId: newClientId() });
    expect(again).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });
});

describe('who joins or leaves a team', () => {
  it('gains and loses its conversations at once', async () => {
    const { id, client: visitor } = await aChat();
    await change(id, { teamId: sales.id });
    const socket = await live(cleo);
    expect((await membersAre(sales, ana, cleo)).status).toBe(200);
    await asksAnew(socket);
    expect(await idsOf(cleo)).toContain(id);
    const { seq } = await says(visitor, id, 'Heard by Cleo');
    const said = (event: ConversationEvent) => event.conversationId === id && event.seq === seq;
    await socket.until(({ events }) => events.some(said), 'what the visitor wrote');

    socket.received.length = 0;
    expect((await membersAre(sales, ana)).status).toBe(200);
    await asksAnew(socket);
    expect(await statusFor(cleo, id)).toBe(404);
    await says(visitor, id, 'Not heard by Cleo');
    await afterwards(socket);
    expect(heardOf(socket, id)).toEqual([]);
  });

  it('is told nothing when it is somebody else', async () => {
    const socket = await live(bo);
    const joining = await live(cleo);
    await membersAre(sales, ana, cleo);
    await asksAnew(joining);
    await membersAre(sales, ana);
    await afterwards(socket);
    expect(socket.of('resync')).toEqual([]);
  });
});

/** What a list would be: read once, then kept up by what the socket receives. Where that says `resync`, it is read anew. */
function kept(client: LiveClient, stale: readonly ConversationView[], fresh: readonly ConversationView[]): readonly ConversationView[] {
  const from = client.received.map(({ name }) => name).lastIndexOf('resync');
  return client.received.slice(from + 1).reduce(
    (list, { name, value }) => {
      if (name === 'event') return applyToList(list, value as ConversationEvent);
      return name === 'hidden' ? applyHidden(list, value as Hidden) : list;
    },
    from === -1 ? stale : fresh,
  );
}

describe('stale state and events make fresh state', () => {
  const team = (chosen: () => TeamView | null) => (id: string) => change(id, { teamId: chosen()?.id ?? null });
  const assignee = (chosen: () => Member | null) => (id: string) => change(id, { assigneeId: chosen()?.id ?? null });
  const nothing = async () => undefined;
  const moves: { name: string; before: (id: string) => Promise<unknown>; act: (id: string) => Promise<unknown> }[] = [
    { name: 'everybody’s becomes a team’s', before: nothing, act: team(() => sales) },
    { name: 'a team’s becomes everybody’s', before: team(() => sales), act: team(() => null) },
    { name: 'one team’s becomes another’s', before: team(() => sales), act: team(() => billing) },
    { name: 'a team’s is assigned outside', before: team(() => sales), act: assignee(() => cleo) },
    {
      name: 'a team’s is taken from somebody outside',
      before: async (id) => change(id, { teamId: sales.id, assigneeId: cleo.id }),
      act: assignee(() => null),
    },
    { name: 'team and assignee at once', before: team(() => sales), act: (id) => change(id, { teamId: billing.id, assigneeId: cleo.id }) },
    {
      name: 'there and back',
      before: team(() => sales),
      act: async (id) => [await change(id, { teamId: billing.id }), await change(id, { teamId: sales.id })],
    },
    { name: 'somebody joins', before: team(() => sales), act: () => membersAre(sales, ana, cleo) },
    {
      name: 'somebody leaves',
      before: async (id) => [await change(id, { teamId: sales.id }), await membersAre(sales, ana, cleo)],
      act: () => membersAre(sales, ana),
    },
  ];

  it.each(moves)('when $name', async ({ before, act }) => {
    const { id, client: visitor } = await aChat();
    await before(id);
    const people = [desk.owner, ana, bo, cleo];
    const held = await Promise.all(
      people.map(async (member) => {
        const client = await live(member);
        return { member, client, stale: await listOf(member) };
      }),
    );
    await act(id);
    await says(visitor, id, 'And something more');
    await afterwards(...held.map(({ client }) => client));
    for (const { member, client, stale } of held) {
      const fresh = await listOf(member);
      // Either the last event, or, for whoever came into the team or left it just then, the word to read anew.
      const told = () => client.of('resync').length > 0 || client.events.some((event) => event.conversationId === id && event.seq >= 2);
      await client.until(() => !fresh.some((one) => one.id === id) || told(), 'the end of it');
      // Conversations are told of side by side: what ends one may come after what everybody sees.
      await client.until(() => isDeepStrictEqual(kept(client, stale, fresh), fresh), 'what makes it fresh').catch(() => undefined);
      expect(kept(client, stale, fresh)).toEqual(fresh);
    }
    await membersAre(sales, ana);
  });
});

describe('an inbox of a team', () => {
  it('gives its new conversations to the team', async () => {
    const inbox = (await desk.owner.post('/api/v1/inboxes', { name: 'Sales', teamId: sales.id })).body as InboxView;
    expect(inbox.teamId).toBe(sales.id);
    const [outside, inside] = [await live(bo), await live(ana)];
    const { id } = await aChat('A question for sales', inbox);
    await sees(inside, id, 'message.created');
    expect(inside.events.at(-1)).toMatchObject({ conversation: { id, team: { id: sales.id, name: 'Sales' } } });
    await afterwards(outside);
    expect(heardOf(outside, id)).toEqual([]);
    expect([await statusFor(bo, id), await statusFor(ana, id)]).toEqual([404, 200]);

    expect(((await desk.owner.patch(`/api/v1/inboxes/${inbox.id}`, { teamId: null })).body as InboxView).teamId).toBeNull();
    expect(await statusFor(bo, (await aChat('Later', inbox)).id)).toBe(200);
  });
});

describe('a team that is none of the account', () => {
  it('is refused, and nothing changes', async () => {
    const { owner } = await desk.makeAccount('Rival', 'owner@rival.test');
    const theirs = (await owner.post('/api/v1/teams', { name: 'Theirs', memberIds: [] })).body as TeamView;
    const { id } = await aChat();
    for (const teamId of [theirs.id, newClientId()]) {
      const calls = [
        await desk.owner.patch(`/api/v1/conversations/${id}`, { status: 'resolved', teamId }),
        await desk.owner.patch(`/api/v1/inboxes/${desk.inbox.id}`, { teamId }),
        await desk.owner.post('/api/v1/inboxes', { name: 'Odd', teamId }),
      ];
      for (const { status, body } of calls) expect([status, (body as Problem).errors?.[0]?.path]).toEqual([400, 'teamId']);
      expect(await idsOf(desk.owner, `&team=${teamId}`)).toEqual([]);
    }
    expect((await desk.owner.get(`/api/v1/conversations/${id}`)).body).toMatchObject({ status: 'open', team: null });
  });
});

describe('what belongs to who goes', () => {
  it('a team’s conversations and inboxes go where the caller says, and never to everybody by themselves', async () => {
    const doomed = await aTeam('Doomed', cleo);
    const inbox = (await desk.owner.post('/api/v1/inboxes', { name: 'Doomed', teamId: doomed.id })).body as InboxView;
    const { id } = await aChat('A question', inbox);
    const [socket, gaining] = [await live(cleo), await live(bo)];
    const refused = await desk.owner.delete(`/api/v1/teams/${doomed.id}`);
    expect([refused.status, (refused.body as Problem).code]).toEqual([409, 'team.in-use']);
    expect([await statusFor(bo, id), await statusFor(cleo, id)]).toEqual([404, 200]);

    expect((await desk.owner.delete(`/api/v1/teams/${doomed.id}?moveTo=${billing.id}`)).status).toBe(204);
    await sees(gaining, id, 'team.changed');
    // The team goes in the same moment: whichever is heard of first ends it.
    await socket.until((one) => one.of('hidden').length + one.of('resync').length > 0, 'that it is gone');
    expect([await statusFor(bo, id), await statusFor(cleo, id)]).toEqual([200, 404]);
    expect(((await desk.owner.get(`/api/v1/inboxes/${inbox.id}`)).body as InboxView).teamId).toBe(billing.id);
  });

  it('a member’s conversations are nobody’s', async () => {
    const leaving = await addMember(desk, side.accountId, 'Dora', 'dora@acme.test', 'agent');
    const { id } = await aChat();
    await change(id, { teamId: sales.id, assigneeId: leaving.id });
    const inside = await live(ana);
    expect((await desk.owner.delete(`/api/v1/members/${leaving.id}`)).status).toBe(204);
    await sees(inside, id, 'assigned');
    expect(await change(id, { teamId: sales.id })).toMatchObject({ assignee: null, team: { id: sales.id } });
  });
});

describe('an event that only members see', () => {
  it('is none to the visitor', async () => {
    const { id, visitor, client } = await aChat();
    await change(id, { teamId: sales.id });
    await change(id, { teamId: null });
    await says(await live(desk.owner), id, 'Here we are');
    await client.until(({ events }) => events.length === 2, 'the answer');
    expect(client.events.map(({ type, seq, prev }) => [type, seq, prev])).toEqual([
      ['message.created', 1, 0],
      ['message.created', 4, 1],
    ]);
    expect(JSON.stringify((await visitor.get(`/api/v1/conversations/${id}`)).body)).not.toMatch(/team/i);
    const ack: Ack<object> = await client.call('resume', { conversations: { [id]: 0 } });
    expect(JSON.stringify(ack)).not.toMatch(/team/i);
  });
});
