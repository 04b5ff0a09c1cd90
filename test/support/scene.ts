import { MembersService } from '@sotto/accounts';
import type { InboxView, Role } from '@sotto/protocol';
import { PASSWORD, type Desk } from './desk.js';
import { newClientId, says, starts, type Caller, type LiveClient, type Member, type Visitor } from './people.js';
import type { Route, SocketEvent } from './router.js';

/** Limits that a test which calls thousands of times must not meet. */
export const UNLIMITED = {
  SOTTO_VISITOR_MESSAGES_PER_MINUTE: '1000000',
  SOTTO_VISITOR_SESSIONS_PER_MINUTE: '1000000',
  SOTTO_LOGIN_ATTEMPTS_PER_MINUTE: '1000000',
  SOTTO_MEMBER_CALLS_PER_MINUTE: '1000000',
};

/** One account in which every table has a row: people, a conversation with a message, an answer and a private note. */
export interface Side {
  accountId: string;
  inbox: InboxView;
  owner: Member;
  agent: Member;
  visitor: Visitor;
  /** The visitor's and the agent's live sockets. */
  chat: LiveClient;
  desk: LiveClient;
  conversationId: string;
  /** Another conversation's owner in the same account. */
  neighbour: Visitor;
  neighbourChat: LiveClient;
  /** Text of the private note. */
  note: string;
}

/** Makes a further member of an account, signed in. */
export async function addMember(desk: Desk, accountId: string, name: string, email: string, role: Role): Promise<Member> {
  await desk.database.in(accountId, (tx) => desk.app.get(MembersService).add(tx, { accountId, name, email, password: PASSWORD, role }));
  return desk.logsIn(email);
}

export async function fill(desk: Desk, account: { owner: Member; inbox: InboxView }, mark: string): Promise<Side> {
  const { owner, inbox } = account;
  const agent = await addMember(desk, owner.accountId, `Agent of ${mark}`, `agent@${mark}.test`, 'agent');
  const visitor = await desk.visitor({ name: `Visitor of ${mark}`, email: `visitor@${mark}.test` }, inbox);
  const neighbour = await desk.visitor({ name: `Neighbour of ${mark}` }, inbox);
  const [chat, neighbourChat, panel] = [await visitor.connects(), await neighbour.connects(), await agent.connects()];
  const { conversationId } = await starts(chat, `A question of ${mark}`);
  await starts(neighbourChat, `Another question of ${mark}`);
  await says(panel, conversationId, `An answer of ${mark}`);
  const note = `A private note of ${mark}`;
  await says(panel, conversationId, note, 'note');
  await owner.patch(`/api/v1/conversations/${conversationId}`, { assigneeId: agent.id });
  await owner.send('post', '/api/v1/inboxes', { name: `Second of ${mark}` }, { 'idempotency-key': newClientId() });
  return { accountId: owner.accountId, inbox, owner, agent, visitor, chat, desk: panel, conversationId, neighbour, neighbourChat, note };
}

/** A call that is right in every part, from which a test makes wrong ones. */
export interface Sample {
  by: Caller | null;
  parameters?: Record<string, string>;
  query?: Record<string, string>;
  body?: object;
  headers?: Record<string, string>;
  /** Makes something for one call to use up. */
  prepare?: () => Promise<Pick<Sample, 'parameters' | 'body'>>;
}

/** For every route a right call, by the route's name. A route that is missing here fails the tests that go through all. */
export function routeSamples(side: Side): Record<string, Sample> {
  const { owner, agent, visitor, inbox, conversationId } = side;
  const conversation = { by: agent, parameters: { id: conversationId } };
  const contact = { by: agent, parameters: { id: visitor.contactId } };
  const consent = {
    policyId: inbox.policyId,
    policyVersion: inbox.policyVersion,
    purposes: ['support'],
    language: 'en',
  };
  const looks = { name: 'Shop', allowedOrigins: ['https://shop.example'], colour: '#112233', texts: { en: { title: 'Hi' } } };
  return {
    'GET /health/live': { by: null },
    'GET /health/ready': { by: null },
    'GET /api/v1/members': { by: agent },
    'GET /api/v1/setup': { by: null },
    'POST /api/v1/setup': {
      by: null,
      body: {
        code: 'AAAA-BBBB-CCCC',
        account: { name: 'Third' },
        owner: { name: 'Olga', email: 'olga@third.test', password: 'three-quiet-otters-73' },
      },
    },
    'POST /api/v1/auth/login': { by: null, body: { email: 'nobody@acme.test', password: 'not the password' } },
    'POST /api/v1/auth/logout': { by: agent },
    'GET /api/v1/me': { by: agent },
    'GET /api/v1/contacts/:id': contact,
    'PATCH /api/v1/contacts/:id': { ...contact, body: { name: 'Vida', email: 'vida@shop.example' } },
    'GET /api/v1/contacts/:id/receipts': contact,
    'GET /api/v1/policies': { by: agent },
    'GET /api/v1/policies/:id': { by: agent, parameters: { id: inbox.policyId } },
    'POST /api/v1/policies/:id/versions': {
      by: owner,
      parameters: { id: inbox.policyId },
      body: {
        basedOn: inbox.policyVersion,
        texts: { en: 'We keep what you write.' },
        url: 'https://shop.example/privacy',
        purposes: [{ id: 'support', required: true, label: 'Answering you' }],
      },
    },
    'GET /api/v1/inboxes': { by: agent },
    'POST /api/v1/inboxes': { by: owner, body: { ...looks, fallbackEmail: 'help@shop.example' } },
    'GET /api/v1/inboxes/:id': { by: agent, parameters: { id: inbox.id } },
    'PATCH /api/v1/inboxes/:id': { by: owner, parameters: { id: inbox.id }, body: { ...looks, fallbackEmail: null } },
    'GET /widget/v1/inboxes/:key': { by: null, parameters: { key: inbox.key }, query: { language: 'de' } },
    'POST /widget/v1/sessions': {
      by: null,
      body: { inboxKey: inbox.key, consent, contact: { name: 'Vid', email: 'vid@shop.example' } },
    },
    'POST /widget/v1/consent/withdraw': { by: visitor },
    'GET /widget/v1/loader.js': { by: null, query: { inbox: inbox.key } },
    'GET /widget/v1/frame': { by: null, query: { inbox: inbox.key, language: 'de' } },
    'GET /try/:key': { by: null, parameters: { key: inbox.key } },
    'GET /api/v1/conversations': { by: agent, query: { view: 'all', status: 'open', assignee: agent.id, q: '#1', limit: '10' } },
    'GET /api/v1/conversations/counts': { by: agent },
    'GET /api/v1/conversations/:id': conversation,
    'GET /api/v1/conversations/:id/events': { ...conversation, query: { after: '0', limit: '10' } },
    'POST /api/v1/conversations/:id/messages': {
      ...conversation,
      body: { clientMessageId: newClientId(), kind: 'message', body: 'Good day' },
    },
    'PATCH /api/v1/conversations/:id': { ...conversation, body: { status: 'open', assigneeId: agent.id } },
  };
}

/** For every socket event a right input, by the event's name. */
export function eventSamples(side: Side): Record<string, object> {
  const { conversationId } = side;
  const message = { conversationId, clientMessageId: newClientId(), kind: 'message', body: 'Good day' };
  const both = {
    'message.send': message,
    resume: { conversations: { [conversationId]: 0 } },
    typing: { conversationId, typing: true },
    read: { conversationId, seq: 1 },
  };
  return {
    ...Object.fromEntries(
      Object.entries(both).flatMap(([name, input]) => [
        [`/agent ${name}`, input],
        [`/visitor ${name}`, input],
      ]),
    ),
    '/visitor conversation.start': { clientConversationId: newClientId(), message: { clientMessageId: newClientId(), body: 'Good day' } },
  };
}

export const clientOf = (side: Side, event: SocketEvent): LiveClient => (event.namespace === '/agent' ? side.desk : side.chat);

/** The address of a route, its parameters and query filled in. */
export function addressOf(route: Route, sample: Pick<Sample, 'parameters' | 'query'>, query?: string): string {
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => sample.parameters?.[name] ?? '');
  const search = query ?? new URLSearchParams(sample.query).toString();
  return search ? `${path}?${search}` : path;
}
