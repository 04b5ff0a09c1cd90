import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyEvent, applyRead } from '@sotto/client';
import {
  ConversationEvent,
  type ConversationView,
  type EventType,
  type ReadNotice,
  type TeamView,
  type VisitorConversationView,
} from '@sotto/protocol';
import { aDesk, type Desk } from '../support/desk.js';
import { must, newClientId, says, starts, type LiveClient, type Visitor } from '../support/people.js';

/** Somebody's stale state, brought up to date by what their socket receives, must equal what the server says now. */
let desk: Desk;
let agent: LiveClient;
beforeAll(async () => {
  desk = await aDesk({ env: { SOTTO_OVERDUE_SECONDS: '1' } });
  agent = await desk.owner.connects();
});
afterAll(() => desk.close());

interface Chat {
  id: string;
  visitor: Visitor;
  client: LiveClient;
}

const judge = (id: string, verdict: 'spam' | 'ham') => desk.owner.post(`/api/v1/conversations/${id}/screening`, { verdict });
const patch = (id: string, body: object) => desk.owner.patch(`/api/v1/conversations/${id}`, body);

async function aTeam(): Promise<string> {
  const answer = await desk.owner.post('/api/v1/teams', { name: `Team ${newClientId()}`, memberIds: [] });
  return (answer.body as TeamView).id;
}

/** How each event comes about. The type makes it complete; every kind of message has its own line. */
const causes: Record<EventType, { name: string; before?: (chat: Chat) => Promise<unknown>; act: (chat: Chat) => Promise<unknown> }[]> = {
  'message.created': [
    { name: 'a message from the visitor', act: ({ client, id }) => says(client, id, 'A question\nwith   a second line') },
    { name: 'an answer', act: ({ id }) => says(agent, id, 'An answer') },
    { name: 'a private note', act: ({ id }) => says(agent, id, 'Between us', 'note') },
    {
      name: 'a long message that ends a preview inside a surrogate pair',
      act: ({ client, id }) => says(client, id, `${'x'.repeat(139)}😀 and more`),
    },
    {
      name: 'a message into a resolved conversation',
      before: ({ id }) => patch(id, { status: 'resolved' }),
      act: ({ client, id }) => says(client, id, 'Again'),
    },
  ],
  'status.changed': [
    { name: 'resolving', act: ({ id }) => patch(id, { status: 'resolved' }) },
    { name: 'reopening', before: ({ id }) => patch(id, { status: 'resolved' }), act: ({ id }) => patch(id, { status: 'open' }) },
  ],
  screened: [
    { name: 'a verdict of spam', act: ({ id }) => judge(id, 'spam') },
    { name: 'a verdict of not spam', act: ({ id }) => judge(id, 'ham') },
    { name: 'release from quarantine', before: ({ id }) => judge(id, 'spam'), act: ({ id }) => judge(id, 'ham') },
    {
      name: 'a verdict taken back',
      before: async ({ id }) => {
        await patch(id, { status: 'resolved' });
        await judge(id, 'spam');
      },
      act: ({ id }) => desk.owner.delete(`/api/v1/conversations/${id}/screening`),
    },
  ],
  assigned: [
    { name: 'assigning', act: ({ id }) => patch(id, { assigneeId: desk.owner.id }) },
    { name: 'taking back', before: ({ id }) => patch(id, { assigneeId: desk.owner.id }), act: ({ id }) => patch(id, { assigneeId: null }) },
  ],
  'team.changed': [
    { name: 'giving it to a team', act: async ({ id }) => patch(id, { teamId: await aTeam() }) },
    {
      name: 'giving it to everybody',
      before: async ({ id }) => patch(id, { teamId: await aTeam() }),
      act: ({ id }) => patch(id, { teamId: null }),
    },
  ],
  'contact.changed': [
    {
      name: 'a corrected contact',
      act: ({ visitor }) => desk.owner.patch(`/api/v1/contacts/${visitor.contactId}`, { name: 'Vida', email: 'vida@example.com' }),
    },
  ],
  'reply.overdue': [
    {
      name: 'nobody answering',
      act: ({ client }) => client.until(({ events }) => events.some((event) => event.type === 'reply.overdue'), 'the overdue notice'),
    },
  ],
};

const agentView = async (id: string) => (await desk.owner.get(`/api/v1/conversations/${id}`)).body as ConversationView;
const visitorView = async ({ visitor, id }: Chat) => (await visitor.get(`/api/v1/conversations/${id}`)).body as VisitorConversationView;

/** What came after the fresh state was read is none of it. */
const fold = <V extends ConversationView | VisitorConversationView>(stale: V, client: LiveClient, head: number): V =>
  client.received.reduce((state: V, { name, value }) => {
    const event = value as ConversationEvent;
    if (name === 'event' && event.conversationId === stale.id && event.seq <= head) return applyEvent(state, event);
    if (name === 'read' && (value as ReadNotice).conversationId === stale.id) return applyRead(state, value as ReadNotice);
    return state;
  }, stale);

async function aChat(): Promise<Chat> {
  const visitor = await desk.visitor();
  const client = await visitor.connects();
  const { conversationId } = await starts(client);
  return { id: conversationId, visitor, client };
}

const types = ConversationEvent.options.map((option) => option.shape.type.value);

describe.each(types)('%s', (type) => {
  it.each(causes[type])('by $name', async ({ before, act }) => {
    const chat = await aChat();
    await before?.(chat);
    const stale = { agent: await agentView(chat.id), visitor: await visitorView(chat) };
    await act(chat);
    const fresh = { agent: await agentView(chat.id), visitor: await visitorView(chat) };
    expect(fresh.agent.head).toBeGreaterThan(stale.agent.head);

    const arrived = (client: LiveClient, head: number) =>
      client.until(({ events }) => events.some((event) => event.conversationId === chat.id && event.seq === head), `event ${head}`);
    await arrived(agent, fresh.agent.head);
    await arrived(chat.client, fresh.visitor.head);
    expect(agent.events.some((event) => event.conversationId === chat.id && event.type === type)).toBe(true);
    expect(fold(stale.agent, agent, fresh.agent.head)).toEqual(fresh.agent);
    expect(fold(stale.visitor, chat.client, fresh.visitor.head)).toEqual(fresh.visitor);
  });
});

describe('read notices', () => {
  it('bring both sides up to date', async () => {
    const chat = await aChat();
    await says(agent, chat.id, 'An answer');
    const stale = { agent: await agentView(chat.id), visitor: await visitorView(chat) };
    must(await agent.call('read', { conversationId: chat.id, seq: 2 }));
    must(await chat.client.call('read', { conversationId: chat.id, seq: 2 }));
    const both = (client: LiveClient) =>
      client.until(
        (receiver) =>
          receiver
            .of<ReadNotice>('read')
            .some(({ conversationId, read }) => conversationId === chat.id && read.visitor === 2 && read.agents === 2),
        'both read notices',
      );
    await Promise.all([both(agent), both(chat.client)]);
    const fresh = { agent: await agentView(chat.id), visitor: await visitorView(chat) };
    expect(fold(stale.agent, agent, fresh.agent.head)).toEqual(fresh.agent);
    expect(fold(stale.visitor, chat.client, fresh.visitor.head)).toEqual(fresh.visitor);
  });
});
