import { SessionsService } from '@sotto/access';
import { MembersService } from '@sotto/accounts';
import { KeyRing } from '@sotto/platform';
import type { InboxView, Page, Role, SessionStage, SessionView } from '@sotto/protocol';
import request, { type Response } from 'supertest';
import { PASSWORD, type Desk } from './desk.js';
import { newClientId, says, starts, Member, type Caller, type LiveClient, type Visitor } from './people.js';
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
  /** A further agent, for what members do to each other. */
  colleague: Member;
  invitedId: string;
  teamId: string;
  roleId: string;
  tokenId: string;
  /** The agent's own. */
  sessionId: string;
  passkeyId: string;
  /** What the colleague taught of the conversation. */
  lessonId: string;
  blockId: string;
  /** The agent in a browser where the second factor is still asked for. */
  half: Member;
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
  const made = await furnish(desk, owner, agent, mark);
  const { lessonId, blockId } = await screen(desk, owner, made.colleague, conversationId, mark);
  return {
    lessonId,
    blockId,
    accountId: owner.accountId,
    inbox,
    owner,
    agent,
    visitor,
    chat,
    desk: panel,
    conversationId,
    neighbour,
    neighbourChat,
    note,
    ...made,
  };
}

const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

const idOf = (answer: Response): string => {
  if (answer.status >= 300) throw new Error(`Not made: ${answer.text}`);
  return (answer.body as { id: string }).id;
};

/** What owners make, and what the agent has of their own. */
async function furnish(desk: Desk, owner: Member, agent: Member, mark: string) {
  const colleague = await addMember(desk, owner.accountId, `Colleague of ${mark}`, `colleague@${mark}.test`, 'agent');
  const invitation = { name: `Invited of ${mark}`, email: `invited@${mark}.test` };
  const invitedId = idOf(await owner.send('post', '/api/v1/members/invitations', invitation, { 'idempotency-key': newClientId() }));
  const teamId = idOf(await owner.post('/api/v1/teams', { name: `Team of ${mark}`, memberIds: [colleague.id] }));
  const roleId = idOf(await owner.post('/api/v1/roles', { name: `Role of ${mark}`, permissions: ['conversation.read'] }));
  const tokenId = idOf(await owner.post('/api/v1/api-tokens', { name: `Program of ${mark}`, scopes: ['conversation.read'] }));
  await request(desk.url).put('/api/v1/me/avatar').set(colleague.headers).set('content-type', 'image/png').send(PIXEL);
  const sessions = (await agent.get('/api/v1/sessions')).body as Page<SessionView>;
  const half = await inAnotherBrowser(desk, agent, 'second-factor');
  return {
    half,
    colleague,
    invitedId,
    teamId,
    roleId,
    tokenId,
    sessionId: sessions.items[0]?.id ?? '',
    passkeyId: await aPasskey(desk, agent),
  };
}

/** A lesson, a block and a saved model. */
async function screen(desk: Desk, owner: Member, teacher: Member, conversationId: string, mark: string) {
  await teacher.post(`/api/v1/conversations/${conversationId}/screening`, { verdict: 'ham' });
  const lessons = (await owner.get('/api/v1/screening/lessons')).body as Page<{ id: string }>;
  const block = { kind: 'address', value: `pest@${mark}.test`, reason: `Pest of ${mark}` };
  const blockId = idOf(await owner.send('post', '/api/v1/screening/blocks', block, { 'idempotency-key': newClientId() }));
  await desk.sql(`insert into screening_snapshot (account_id, epoch, seq, bytes) values ($1, -1, 0, '') on conflict do nothing`, [
    owner.accountId,
  ]);
  return { lessonId: lessons.items[0]?.id ?? '', blockId };
}

/** The same member in another browser, with a session that has come so far. */
export async function inAnotherBrowser(desk: Desk, { accountId, id: memberId }: Member, stage: SessionStage): Promise<Member> {
  const sessions = desk.app.get(SessionsService, { strict: false });
  const opened = await desk.database.in(accountId, (tx) =>
    sessions.open(tx, { accountId, memberId }, { address: '127.0.0.1', userAgent: 'scene' }, { stage, remember: false }),
  );
  return desk.keep(new Member(desk.url, `sotto_session=${opened.token}`, memberId, accountId));
}

/** A passkey nobody can answer with. */
export async function aPasskey(desk: Desk, { accountId, id: memberId }: Member): Promise<string> {
  const id = newClientId();
  const cipher = await desk.app.get(KeyRing, { strict: false }).cipher(accountId, memberId);
  await desk.sql(
    `insert into passkey (id, account_id, member_id, credential_id, public_key, transports, name_sealed, created_at)
     values ($1, $2, $3, $4, $5, '[]', $6, now())`,
    [id, accountId, memberId, newClientId(), Buffer.from('x'), cipher.seal('passkey', id, 'name', 'Key')],
  );
  return id;
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
  const { owner, agent, visitor, inbox, conversationId, colleague } = side;
  const member = { by: owner, parameters: { id: colleague.id } };
  const passkey = { id: 'x', rawId: 'x', type: 'public-key', response: {}, clientExtensionResults: {} };
  const list = [{ range: '127.0.0.0/8', label: 'here' }];
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
    'POST /api/v1/conversations': {
      by: agent,
      body: {
        inboxId: inbox.id,
        clientConversationId: newClientId(),
        contact: { name: 'Vida', email: 'vida@shop.example' },
        message: { clientMessageId: newClientId(), body: 'Good day' },
      },
    },

    'POST /api/v1/conversations/:id/screening': { ...conversation, body: { verdict: 'ham' } },
    'GET /api/v1/conversations/:id/screening': conversation,
    'DELETE /api/v1/conversations/:id/screening': conversation,
    'POST /api/v1/screening/verdicts': { by: agent, body: { conversationIds: [conversationId], verdict: 'ham' } },
    'POST /api/v1/screening/verdicts/undo': { by: agent, body: { conversationIds: [conversationId] } },
    'GET /api/v1/screening/performance': { by: owner, query: { days: '7' } },
    'GET /api/v1/screening/settings': { by: owner },
    'PUT /api/v1/screening/settings': { by: owner, body: { threshold: 5 } },
    'GET /api/v1/screening/teachers': { by: owner },
    'POST /api/v1/screening/teachers/:id/roll-back': { by: owner, parameters: { id: agent.id } },
    'GET /api/v1/screening/lessons': { by: owner, query: { member: colleague.id, state: 'learned', limit: '10' } },
    'POST /api/v1/screening/lessons/:id/accept': { by: owner, parameters: { id: side.lessonId } },
    'DELETE /api/v1/screening/lessons/:id': { by: owner, parameters: { id: side.lessonId } },
    'GET /api/v1/screening/blocks': { by: owner, query: { limit: '10' } },
    'POST /api/v1/screening/blocks': { by: owner, body: { kind: 'domain', value: 'nuisance.test', reason: 'Noise', days: 7 } },
    'POST /api/v1/screening/blocks/of-conversation': { by: owner, body: { conversationId, reason: 'Noise', days: 7 } },
    'POST /api/v1/screening/blocks/check': { by: owner, body: { value: 'nuisance.test' } },
    'DELETE /api/v1/screening/blocks/:id': { by: owner, parameters: { id: side.blockId } },

    'GET /api/v1/auth/methods': { by: null },
    'GET /api/v1/auth/state': { by: null },
    'GET /api/v1/auth/sso/callback': { by: null },
    'GET /api/v1/auth/sso/:accountId': { by: null, parameters: { accountId: side.accountId } },
    'POST /api/v1/auth/invitation': { by: null, body: { token: 'nobody-gave-this' } },
    'POST /api/v1/auth/invitation/accept': {
      by: null,
      body: { token: 'nobody-gave-this', name: 'Ina', password: 'three-quiet-otters-73' },
    },
    'POST /api/v1/auth/password-reset': { by: null, body: { email: 'nobody@acme.test' } },
    'POST /api/v1/auth/password-reset/confirm': { by: null, body: { token: 'nobody-gave-this', password: 'three-quiet-otters-73' } },
    'GET /dev/mail': { by: null },
    'GET /dev/mail.json': { by: null },
    'GET /dev/mail/:number': { by: null, parameters: { number: '1' } },
    'GET /dev/mail/:number/html': { by: null, parameters: { number: '1' } },
    'POST /api/v1/auth/second-factor': { by: side.half, body: { code: '000000' } },
    'POST /api/v1/auth/second-factor/passkey/options': { by: side.half },
    'POST /api/v1/auth/second-factor/passkey': { by: side.half, body: { response: passkey } },
    'GET /api/v1/auth/step-up': { by: agent },
    'POST /api/v1/auth/step-up': { by: agent, body: { password: PASSWORD } },
    'POST /api/v1/auth/step-up/passkey/options': { by: agent },
    'POST /api/v1/auth/step-up/passkey': { by: agent, body: { response: passkey } },
    'GET /api/v1/second-factor': { by: agent },
    'POST /api/v1/second-factor/totp': { by: agent },
    'POST /api/v1/second-factor/totp/confirm': { by: agent, body: { code: '000000' } },
    'DELETE /api/v1/second-factor/totp': { by: agent },
    'POST /api/v1/second-factor/recovery-codes': { by: agent },
    'POST /api/v1/second-factor/passkeys/options': { by: agent },
    'POST /api/v1/second-factor/passkeys': { by: agent, body: { name: 'Key', response: passkey } },
    'DELETE /api/v1/second-factor/passkeys/:id': { by: agent, parameters: { id: side.passkeyId } },
    'GET /api/v1/sessions': { by: agent },
    'DELETE /api/v1/sessions': { by: agent },
    'DELETE /api/v1/sessions/:id': { by: agent, parameters: { id: side.sessionId } },
    'PATCH /api/v1/me': { by: agent, body: { name: 'Agata', language: 'de' } },
    'PUT /api/v1/me/avatar': { by: agent },
    'DELETE /api/v1/me/avatar': { by: agent },
    'POST /api/v1/me/password': { by: agent, body: { current: PASSWORD, password: 'three-quiet-otters-73' } },
    'GET /api/v1/me/sign-ins': { by: agent, query: { limit: '10' } },

    'POST /api/v1/members/invitations': {
      by: owner,
      body: { name: 'Ida', email: 'ida@new.test', role: 'agent', customRoleId: null, teamIds: [side.teamId] },
    },
    'POST /api/v1/members/:id/invitation': { by: owner, parameters: { id: side.invitedId } },
    'DELETE /api/v1/members/:id/invitation': { by: owner, parameters: { id: side.invitedId } },
    'PATCH /api/v1/members/:id': { ...member, body: { teamIds: [side.teamId] } },
    'DELETE /api/v1/members/:id': member,
    'DELETE /api/v1/members/:id/second-factor': member,
    'GET /api/v1/members/:id/avatar': { ...member, by: agent },
    'GET /api/v1/roles': { by: owner },
    'POST /api/v1/roles': { by: owner, body: { name: 'Day shift', permissions: ['conversation.read'] } },
    'PATCH /api/v1/roles/:id': { by: owner, parameters: { id: side.roleId }, body: { name: 'Night shift' } },
    'DELETE /api/v1/roles/:id': { by: owner, parameters: { id: side.roleId } },
    'GET /api/v1/teams': { by: agent },
    'POST /api/v1/teams': { by: owner, body: { name: 'Billing', memberIds: [agent.id] } },
    'PATCH /api/v1/teams/:id': { by: owner, parameters: { id: side.teamId }, body: { name: 'Payments' } },
    'DELETE /api/v1/teams/:id': { by: owner, parameters: { id: side.teamId } },
    'POST /api/v1/ownership/offer': { by: owner, body: { memberId: agent.id, stay: true } },
    'GET /api/v1/ownership/offer': { by: agent },
    'DELETE /api/v1/ownership/offer': { by: agent },
    'POST /api/v1/ownership/accept': { by: agent, body: { code: '000000' } },

    'GET /api/v1/settings/security': { by: owner },
    'PUT /api/v1/settings/security': { by: owner, body: { requireTwoFactor: false, ipAllowlist: list } },
    'POST /api/v1/settings/security/test-address': { by: owner, body: { address: '127.0.0.1', ipAllowlist: list } },
    'GET /api/v1/settings/sso': { by: owner },
    'PUT /api/v1/settings/sso': {
      by: owner,
      body: { enabled: false, name: 'Acme', issuer: 'https://127.0.0.1:9', clientId: 'sotto', clientSecret: 'a secret' },
    },
    'DELETE /api/v1/settings/sso': { by: owner },
    'GET /api/v1/settings/mail': { by: owner },
    'PUT /api/v1/settings/mail': {
      by: owner,
      body: {
        host: '127.0.0.1',
        port: 587,
        security: 'starttls',
        user: 'acme',
        password: 'a secret',
        fromName: 'Acme',
        fromAddress: 'help@acme.test',
      },
    },
    'DELETE /api/v1/settings/mail': { by: owner },
    'POST /api/v1/settings/mail/test': { by: owner },
    'GET /api/v1/api-tokens': { by: owner },
    'POST /api/v1/api-tokens': { by: owner, body: { name: 'Report', scopes: ['conversation.read'], ipAllowlist: ['127.0.0.1'] } },
    'DELETE /api/v1/api-tokens/:id': { by: owner, parameters: { id: side.tokenId } },
    'GET /api/v1/audit': { by: owner, query: { action: 'auth.', member: agent.id, limit: '10' } },
    'GET /api/v1/audit/export': { by: owner, query: { action: 'auth.' } },
    'GET /api/v1/audit/verification': { by: owner },
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
