import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConversationView, EventsAnswer, MessageAck, ResumeAck } from '@sotto/protocol';
import { aDesk, type Desk } from '../support/desk.js';
import { must, newClientId, says, starts, type LiveClient } from '../support/people.js';

let desk: Desk;
let agent: LiveClient;
beforeAll(async () => {
  desk = await aDesk();
  agent = await desk.owner.connects();
});
afterAll(() => desk.close());

const aChat = async (name?: string) => {
  const visitor = await desk.visitor(name ? { name } : undefined);
  const client = await visitor.connects();
  const started = await starts(client);
  return { visitor, client, id: started.conversationId, started };
};

const view = async (id: string) => (await desk.owner.get(`/api/v1/conversations/${id}`)).body as ConversationView;
const events = async (id: string) => ((await desk.owner.get(`/api/v1/conversations/${id}/events`)).body as EventsAnswer).events;

describe('starting', () => {
  it('makes one conversation of a double click, with one answer', async () => {
    const client = await (await desk.visitor()).connects();
    const start = { clientConversationId: newClientId(), message: { clientMessageId: newClientId(), body: 'Hello' } };
    const answers = await Promise.all([
      client.call('conversation.start', start),
      client.call('conversation.start', start),
      client.call('conversation.start', start),
    ]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ ok: true, seq: 1 });
  });

  it('refuses the same clientConversationId for another first message', async () => {
    const client = await (await desk.visitor()).connects();
    const clientConversationId = newClientId();
    must(await client.call('conversation.start', { clientConversationId, message: { clientMessageId: newClientId(), body: 'One' } }));
    const again = await client.call('conversation.start', {
      clientConversationId,
      message: { clientMessageId: newClientId(), body: 'Two' },
    });
    expect(again).toMatchObject({ ok: false, error: { code: 'conversation.id-reused' } });
  });

  it('numbers conversations of an account one after the other', async () => {
    const [first, second] = [await aChat(), await aChat()];
    expect(second.started.number).toBe(first.started.number + 1);
  });

  it('shows agents the conversation with its first event', async () => {
    const { id } = await aChat('Vida');
    await agent.until(({ events: received }) => received.some((event) => event.conversationId === id), 'the first event');
    const first = agent.events.find((event) => event.conversationId === id);
    expect(first).toMatchObject({ seq: 1, prev: 0, type: 'message.created', conversation: { contact: { name: 'Vida' }, unread: 1 } });
  });
});

describe('sending', () => {
  it('gives a repeated send the first answer, also when many arrive at once', async () => {
    const { client, id } = await aChat();
    const message = { conversationId: id, clientMessageId: newClientId(), body: 'Once' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.call<MessageAck>('message.send', message)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect((await events(id)).filter((event) => event.type === 'message.created' && event.message.body === 'Once')).toHaveLength(1);
  });

  it.each([
    ['another body', { body: 'Other' }],
    ['another kind', { kind: 'note' }],
  ])('refuses a clientMessageId used again with %s', async (_, change) => {
    const { id } = await aChat();
    const message = { conversationId: id, clientMessageId: newClientId(), body: 'First' };
    must(await agent.call('message.send', message));
    expect(await agent.call('message.send', { ...message, ...change })).toMatchObject({ ok: false, error: { code: 'message.id-reused' } });
  });

  it('orders parallel senders without a gap, the same for everybody', async () => {
    const { client, id } = await aChat();
    await Promise.all([
      ...Array.from({ length: 25 }, (_, n) => says(client, id, `visitor ${n}`)),
      ...Array.from({ length: 25 }, (_, n) => says(agent, id, `agent ${n}`)),
      ...Array.from({ length: 5 }, (_, n) => says(agent, id, `note ${n}`, 'note')),
    ]);
    const stored = await events(id);
    expect(stored.map((event) => event.seq)).toEqual(Array.from({ length: 56 }, (_, index) => index + 1));

    const seen = (receiver: LiveClient) => receiver.events.filter((event) => event.conversationId === id);
    await agent.until(() => seen(agent).length === 56, 'every event for the agent');
    await client.until(() => seen(client).length === 51, 'every event for the visitor');
    expect(seen(agent).map((event) => event.seq)).toEqual(stored.map((event) => event.seq));
    let prev = 0;
    for (const event of seen(client)) {
      expect(event.prev).toBe(prev);
      prev = event.seq;
    }
  });

  it('hides a private note from the visitor on every way, without a gap', async () => {
    const { visitor, client, id } = await aChat();
    await says(agent, id, 'Not for them', 'note');
    await says(agent, id, 'For them');
    await client.until(({ events: received }) => received.some((event) => event.seq === 3), 'the answer');
    expect(client.events.map(({ seq, prev }) => [seq, prev])).toEqual([
      [1, 0],
      [3, 1],
    ]);
    const resumed = must(await client.call<ResumeAck>('resume', { conversations: { [id]: 0 } }));
    const read = (await visitor.get(`/api/v1/conversations/${id}/events`)).body as EventsAnswer;
    const own = await visitor.get('/api/v1/conversations');
    expect(JSON.stringify([resumed, read, own.body, client.received])).not.toContain('Not for them');
    expect(resumed.conversations[id]?.events.map((event) => event.seq)).toEqual([1, 3]);
  });

  it('refuses a note from a visitor', async () => {
    const { client, id } = await aChat();
    const ack = await client.call('message.send', { conversationId: id, clientMessageId: newClientId(), kind: 'note', body: 'Hi' });
    expect(ack).toMatchObject({ ok: false, error: { code: 'permission.denied' } });
  });

  it('stops a visitor who sends too much, and says for how long', async () => {
    const limited = await aDesk({ env: { SOTTO_VISITOR_MESSAGES_PER_MINUTE: '3' } });
    try {
      const client = await (await limited.visitor()).connects();
      const { conversationId } = await starts(client);
      await says(client, conversationId, 'two');
      await says(client, conversationId, 'three');
      const ack = await client.call('message.send', { conversationId, clientMessageId: newClientId(), body: 'four' });
      expect(ack).toMatchObject({ ok: false, error: { code: 'rate.limited', retryAfter: expect.any(Number) } });
    } finally {
      await limited.close();
    }
  });
});

describe('reading back', () => {
  it('resumes after any seq and says whether there is more', async () => {
    const { client, id } = await aChat();
    for (let n = 0; n < 4; n += 1) await says(client, id, `m${n}`);
    const { conversations } = must(await client.call<ResumeAck>('resume', { conversations: { [id]: 2, [newClientId()]: 0 } }));
    expect(Object.keys(conversations)).toEqual([id]);
    expect(conversations[id]).toMatchObject({ head: 5, more: false, events: [{ seq: 3 }, { seq: 4 }, { seq: 5 }] });

    const page = (await desk.owner.get(`/api/v1/conversations/${id}/events?after=1&limit=2`)).body as EventsAnswer;
    expect([page.events.map((event) => event.seq), page.more]).toEqual([[2, 3], true]);
    const back = (await desk.owner.get(`/api/v1/conversations/${id}/events?before=4&limit=2`)).body as EventsAnswer;
    expect([back.events.map((event) => event.seq), back.more]).toEqual([[2, 3], true]);
  });

  it('pages through the list, newest first, each conversation once', async () => {
    for (let n = 0; n < 5; n += 1) await aChat();
    const seen: string[] = [];
    let cursor: string | null = '';
    do {
      const answer = await desk.owner.get(`/api/v1/conversations?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      const { items, nextCursor } = answer.body as { items: ConversationView[]; nextCursor: string | null };
      seen.push(...items.map((item) => item.id));
      cursor = nextCursor;
    } while (cursor);
    const [count] = await desk.sql<{ count: number }>('select count(*)::int as count from conversation');
    expect([seen.length, new Set(seen).size]).toEqual([count?.count, count?.count]);
  });

  it('lists the conversations of one contact', async () => {
    const { visitor, client, id } = await aChat();
    const { conversationId } = await starts(client, 'Another matter');
    const answer = await desk.owner.get(`/api/v1/conversations?contact=${visitor.contactId}`);
    expect((answer.body as { items: ConversationView[] }).items.map((item) => item.id)).toEqual([conversationId, id]);
  });

  it('finds a conversation by its number and by the whole address', async () => {
    const { visitor, id, started } = await aChat();
    await desk.owner.patch(`/api/v1/contacts/${visitor.contactId}`, { email: 'Find.Me@example.com' });
    for (const q of [`%23${started.number}`, String(started.number), 'find.me@EXAMPLE.com']) {
      const answer = await desk.owner.get(`/api/v1/conversations?q=${q}`);
      expect((answer.body as { items: ConversationView[] }).items.map((item) => item.id)).toEqual([id]);
    }
  });
});

describe('what happens to a conversation', () => {
  it('is resolved and reopened by an agent, and reopened by a message from the visitor', async () => {
    const { client, id } = await aChat();
    await desk.owner.patch(`/api/v1/conversations/${id}`, { status: 'resolved' });
    expect(await view(id)).toMatchObject({ status: 'resolved', waitingSince: null });
    await desk.owner.patch(`/api/v1/conversations/${id}`, { status: 'open' });
    await desk.owner.patch(`/api/v1/conversations/${id}`, { status: 'resolved' });
    await says(client, id, 'One more thing');
    expect(await view(id)).toMatchObject({ status: 'open', head: 6 });
    expect((await events(id)).map((event) => event.type)).toEqual([
      'message.created',
      'status.changed',
      'status.changed',
      'status.changed',
      'status.changed',
      'message.created',
    ]);
  });

  it('is assigned only to somebody of the account', async () => {
    const { id } = await aChat();
    const stranger = await desk.makeAccount('Other', 'assign@other.test');
    const refused = await desk.owner.patch(`/api/v1/conversations/${id}`, { assigneeId: stranger.owner.id });
    expect([refused.status, (refused.body as { code: string }).code]).toEqual([400, 'input.invalid']);
    const taken = await desk.owner.patch(`/api/v1/conversations/${id}`, { assigneeId: desk.owner.id });
    expect((taken.body as ConversationView).assignee).toEqual({ id: desk.owner.id, name: 'Owner of Acme' });
  });

  it('counts what each side has not read, and tells both', async () => {
    const { client, id } = await aChat();
    await says(client, id, 'two');
    expect(await view(id)).toMatchObject({ unread: 2, read: { agents: 0 } });
    must(await agent.call('read', { conversationId: id, seq: 1 }));
    expect(await view(id)).toMatchObject({ unread: 1, read: { agents: 1 } });
    must(await agent.call('read', { conversationId: id, seq: 99 }));
    expect(await view(id)).toMatchObject({ unread: 0, read: { agents: 2 } });
    await client.until(
      (receiver) => receiver.of<{ read: { agents: number } }>('read').some((notice) => notice.read.agents === 2),
      'the read notice',
    );
  });

  it('tells the other side who writes, and a visitor nothing of other visitors', async () => {
    const [one, two] = [await aChat(), await aChat()];
    must(await one.client.call('typing', { conversationId: one.id }));
    must(await agent.call('typing', { conversationId: one.id, typing: true }));
    await one.client.until((receiver) => receiver.of('typing').length > 0, 'typing');
    expect(one.client.of('typing')).toEqual([
      { conversationId: one.id, actor: { kind: 'member', id: desk.owner.id, name: 'Owner of Acme' }, typing: true },
    ]);
    expect(two.client.of('typing')).toEqual([]);
    expect(await two.client.call('typing', { conversationId: one.id })).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });
});

describe('leaving', () => {
  it('ends the sockets of a session at logout, saying so, and leaves the others', async () => {
    const [leaving, staying] = [await desk.logsIn(), await desk.logsIn()];
    const [first, second] = [await leaving.connects(), await staying.connects()];
    expect((await leaving.post('/api/v1/auth/logout')).status).toBe(204);
    await first.until(() => first.of('disconnect').length > 0, 'the end of the socket');
    expect(first.of('session.closed')).toEqual([{ reason: 'logged-out' }]);
    expect(second.socket.connected).toBe(true);
    expect((await leaving.get('/api/v1/me')).status).toBe(401);
    await expect(leaving.connects()).rejects.toThrow('auth.required');
  });
});
