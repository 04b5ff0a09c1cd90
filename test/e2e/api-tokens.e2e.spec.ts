import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiTokens } from '@sotto/access';
import {
  TOKEN_SCOPES,
  type ApiTokenView,
  type AuditEntryView,
  type Me,
  type NewApiToken,
  type NewApiTokenAnswer,
  type Page,
} from '@sotto/protocol';
import { aDesk, type Desk } from '../support/desk.js';
import { Caller, newClientId, type Member } from '../support/people.js';
import { routesOf } from '../support/router.js';
import { UNLIMITED, addMember, fill, type Side } from '../support/scene.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let desk: Desk;
let acme: Side;
let other: Side;
beforeAll(async () => {
  // One proxy in front, so that a test can say where a program calls from.
  desk = await aDesk({ env: { ...UNLIMITED, SOTTO_TRUSTED_PROXIES: '1' } });
  acme = await fill(desk, desk, 'acme');
  other = await fill(desk, await desk.makeAccount('Other', 'owner@other.test'), 'other');
});
afterAll(() => desk.close());

const codeOf = ({ body }: { body: unknown }) => (body as { code?: string }).code;
const program = (token: string, more: Record<string, string> = {}) =>
  desk.keep(new Caller(desk.url, { authorization: `Bearer ${token}`, ...more }));

/** Makes a token by hand of somebody signed in just now, so that their proof is fresh. */
async function make(by: Member, input: Partial<NewApiToken> = {}): Promise<NewApiTokenAnswer> {
  const answer = await by.post('/api/v1/api-tokens', { name: 'Export', scopes: ['conversation.read'], ...input });
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return answer.body as NewApiTokenAnswer;
}

/** An admin who may work: their second factor is somebody else's test. */
async function admin(name: string): Promise<Member> {
  const email = `${name}-${newClientId()}@acme.test`;
  const member = await addMember(desk, acme.accountId, name, email, 'admin');
  await desk.sql('update member set two_factor_since = now() where id = $1', [member.id]);
  await desk.sql("update session set stage = 'full', proven_at = $2 where member_id = $1", [member.id, desk.clock.now()]);
  return member;
}

const acts = async (action: string): Promise<AuditEntryView[]> =>
  ((await acme.owner.get(`/api/v1/audit?action=${action}`)).body as Page<AuditEntryView>).items;

describe('a token', () => {
  it('is shown once, kept as a hash, and found by its last characters', async () => {
    const made = await make(acme.owner, { name: 'Nightly export', expiresInDays: 30, ipAllowlist: [' 203.0.113.0/24 '] });
    expect(made.token).toMatch(/^sotto_[A-Za-z0-9_-]{43}$/);
    expect(made).toMatchObject({
      name: 'Nightly export',
      memberId: acme.owner.id,
      ipAllowlist: ['203.0.113.0/24'],
      hint: made.token.slice(-4),
    });
    expect(new Date(made.expiresAt).getTime() - new Date(made.createdAt).getTime()).toBe(30 * DAY);
    const list = (await acme.owner.get('/api/v1/api-tokens')).body as Page<ApiTokenView>;
    const { token, ...view } = made;
    expect(list.items.find(({ id }) => id === made.id)).toEqual(view);
    const [row] = await desk.sql<{ row: string }>('select to_jsonb(t)::text as row from api_token t where id = $1', [made.id]);
    for (const secret of [token, token.slice(6), 'Nightly', '203.0.113']) expect(row?.row).not.toContain(secret);
    expect((await acts('token.created')).slice(0, 1)).toMatchObject([
      {
        actor: { kind: 'member', id: acme.owner.id },
        target: { kind: 'token', id: made.id },
        data: { scopes: ['conversation.read'], days: 30 },
      },
    ]);
  });

  it('is not kept for whoever sends the request again', async () => {
    const again = { 'idempotency-key': newClientId() };
    const body = { name: 'Once', scopes: ['conversation.read'] };
    const first = await acme.owner.send('post', '/api/v1/api-tokens', body, again);
    const second = await acme.owner.send('post', '/api/v1/api-tokens', body, again);
    expect([first.status, second.status, codeOf(second)]).toEqual([201, 409, 'request.key-reused']);
    expect(await desk.sql('select 1 from idempotent_request where status = 201 and answer_sealed is null')).toHaveLength(1);
  });

  it('may what its scopes say and nothing else', async () => {
    const { token, id } = await make(acme.owner, { scopes: ['conversation.read', 'member.read'] });
    const calls = program(token);
    expect((await calls.get('/api/v1/conversations')).status).toBe(200);
    expect((await calls.get('/api/v1/members')).status).toBe(200);
    expect((await calls.get('/api/v1/inboxes')).status).toBe(403);
    expect((await calls.patch(`/api/v1/conversations/${acme.conversationId}`, { status: 'resolved' })).status).toBe(403);
    const me = (await calls.get('/api/v1/me')).body as Me;
    expect([me.permissions.toSorted(), me.session.id, me.member.id]).toEqual([['conversation.read', 'member.read'], id, acme.owner.id]);
    const [listed] = ((await acme.owner.get('/api/v1/api-tokens')).body as Page<ApiTokenView>).items;
    expect([me.session.expiresAt, listed?.id]).toEqual([listed?.expiresAt, id]);
  });

  it('acts in its maker’s name, and the log says that a program did', async () => {
    const { token } = await make(acme.owner, { scopes: ['contact.update'] });
    const answer = await program(token).patch(`/api/v1/contacts/${acme.visitor.contactId}`, { name: 'Vida' });
    expect(answer.status).toBe(200);
    expect((await acts('contact.changed'))[0]).toMatchObject({
      actor: { kind: 'token', id: acme.owner.id, name: 'Owner of Acme' },
      target: { kind: 'contact', id: acme.visitor.contactId, name: null },
    });
  });

  it('sees its own account only', async () => {
    const { token, id } = await make(other.owner, { scopes: ['conversation.read', 'contact.read'] });
    const calls = program(token);
    expect((await calls.get(`/api/v1/conversations/${acme.conversationId}`)).status).toBe(404);
    expect((await calls.get(`/api/v1/contacts/${acme.visitor.contactId}`)).status).toBe(404);
    const ofAcme = ((await acme.owner.get('/api/v1/api-tokens')).body as Page<ApiTokenView>).items.map((listed) => listed.id);
    const theirs = ((await other.owner.get('/api/v1/api-tokens')).body as Page<ApiTokenView>).items.map((listed) => listed.id);
    expect([theirs[0], theirs.filter((listed) => ofAcme.includes(listed))]).toEqual([id, []]);
  });

  it('needs no Origin, and a foreign page’s does not matter', async () => {
    const { token } = await make(acme.owner, { scopes: ['contact.update'] });
    for (const headers of [{}, { origin: 'https://evil.example' }] as Record<string, string>[])
      expect((await program(token, headers).patch(`/api/v1/contacts/${acme.visitor.contactId}`, { name: 'Vida' })).status).toBe(200);
  });

  it('is written down as used once a minute at most', async () => {
    const { token, id } = await make(acme.owner);
    const used = async () =>
      (await desk.sql<{ at: Date | null }>('select last_used_at as at from api_token where id = $1', [id]))[0]?.at ?? null;
    expect(await used()).toBeNull();
    await program(token).get('/api/v1/conversations');
    const first = await used();
    expect(first).not.toBeNull();
    desk.clock.advance(MINUTE / 2);
    await program(token).get('/api/v1/conversations');
    expect(await used()).toEqual(first);
    desk.clock.advance(MINUTE);
    await program(token).get('/api/v1/conversations');
    expect(await used()).not.toEqual(first);
  });

  it('ends when it expires', async () => {
    const { token } = await make(acme.owner, { expiresInDays: 1 });
    expect((await program(token).get('/api/v1/conversations')).status).toBe(200);
    await desk.sql('update api_token set expires_at = $1 where token_hash is not null and hint = $2', [desk.clock.now(), token.slice(-4)]);
    expect((await program(token).get('/api/v1/conversations')).status).toBe(401);
  });
});

describe('making one', () => {
  it('takes a role that may, and a fresh proof', async () => {
    expect((await acme.agent.post('/api/v1/api-tokens', { name: 'Mine', scopes: ['conversation.read'] })).status).toBe(403);
    await desk.sql('update session set proven_at = $2 where member_id = $1', [acme.owner.id, new Date(0)]);
    const stale = await acme.owner.post('/api/v1/api-tokens', { name: 'Mine', scopes: ['conversation.read'] });
    expect([stale.status, codeOf(stale)]).toEqual([403, 'step-up.required']);
    await desk.sql('update session set proven_at = $2 where member_id = $1', [acme.owner.id, new Date(Date.now() + DAY)]);
  });

  it.each([
    [{ scopes: [] }, 400],
    [{ scopes: ['token.manage'] }, 400],
    [{ scopes: ['ownership.transfer'] }, 400],
    [{ scopes: ['consent.withdraw'] }, 400],
    [{ scopes: ['conversation.fly'] }, 400],
    [{ expiresInDays: 0 }, 400],
    [{ expiresInDays: 367 }, 400],
    [{ ipAllowlist: ['10.0.0.1/8'] }, 400],
    [{ ipAllowlist: ['10.1'] }, 400],
    [{ memberId: '00000000-0000-7000-8000-000000000000' }, 400],
    [{ accountId: '00000000-0000-7000-8000-000000000000' }, 400],
    [{ token: 'sotto_mine' }, 400],
  ])('is refused with %j', async (wrong, status) => {
    const answer = await acme.owner.post('/api/v1/api-tokens', { name: 'Odd', scopes: ['conversation.read'], ...wrong });
    expect([answer.status, codeOf(answer)]).toEqual([status, 'input.invalid']);
  });

  it('gives nobody what they do not have', async () => {
    const ada = await admin('Ada');
    const roleId = newClientId();
    await desk.sql("insert into custom_role (id, account_id, name, permissions) values ($1, $2, 'Makers', $3)", [
      roleId,
      acme.accountId,
      JSON.stringify(['token.manage', 'conversation.read']),
    ]);
    await desk.sql("update member set role = 'agent', custom_role_id = $2 where id = $1", [ada.id, roleId]);
    const answer = await ada.post('/api/v1/api-tokens', { name: 'More', scopes: ['conversation.read', 'audit.read'] });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'permission.not-yours']);
    expect((await make(ada)).scopes).toEqual(['conversation.read']);
  });
});

describe('what a program may not', () => {
  it('any route for people: signing in and out, proving, second factors, tokens, whatever asks for a fresh proof', async () => {
    const { token } = await make(acme.owner, { scopes: [...TOKEN_SCOPES] });
    const calls = program(token);
    const before = await desk.sql('select id from session');
    const forPeople = routesOf(desk.app).filter(({ rule, stepUp }) => ('signedIn' in rule && !rule.tokens) || stepUp);
    expect(forPeople.length).toBeGreaterThan(10);
    for (const { name, method, path } of forPeople) {
      const answer = await calls.send(
        method,
        path.replaceAll(/:\w+/g, acme.owner.id),
        method === 'get' || method === 'delete' ? undefined : {},
      );
      expect([name, answer.status, codeOf(answer)]).toEqual([name, 403, 'permission.denied']);
    }
    expect(await desk.sql('select id from session')).toEqual(before);
  });

  it('come by any other place of a request than its header', async () => {
    const { token } = await make(acme.owner);
    const nobody = desk.keep(new Caller(desk.url, {}));
    for (const name of ['token', 'access_token', 'api_token', 'authorization'])
      expect((await nobody.get(`/api/v1/conversations?${name}=${token}`)).status).toBe(401);
    expect(
      (await nobody.send('patch', `/api/v1/conversations/${acme.conversationId}`, { access_token: token, status: 'open' })).status,
    ).toBe(401);
    for (const headers of [
      { 'x-api-key': token },
      { cookie: `sotto_session=${token}` },
      { authorization: token },
      { authorization: `Basic ${token}` },
      { authorization: `bearer ${token}x` },
      { authorization: `Bearer ${token} ` + token },
      { authorization: `Bearer ${token.slice(0, -1)}` },
      { authorization: `Bearer ${token.toUpperCase()}` },
      { authorization: 'Bearer sotto_' },
      { authorization: 'Bearer' },
      { authorization: '' },
    ] as Record<string, string>[])
      expect([headers, (await desk.keep(new Caller(desk.url, headers)).get('/api/v1/conversations')).status]).toEqual([headers, 401]);
  });

  it('fall back on a cookie when the token is wrong', async () => {
    const answer = await acme.owner.send('get', '/api/v1/conversations', undefined, { authorization: 'Bearer sotto_wrong' });
    expect(answer.status).toBe(401);
  });

  it('open a socket', async () => {
    const { token } = await make(acme.owner, { scopes: [...TOKEN_SCOPES] });
    for (const [auth, headers] of [
      [{ token }, {}],
      [{}, { authorization: `Bearer ${token}` }],
      [{}, { cookie: `sotto_session=${token}` }],
    ] as [object, Record<string, string>][]) {
      const caller = desk.keep(new Caller(desk.url, { origin: desk.url }));
      await expect(caller.client('/agent', auth, headers).connected()).rejects.toThrow('auth.required');
      await expect(caller.client('/visitor', auth, headers).connected()).rejects.toThrow(/^(auth|consent)\.required$/);
    }
  });
});

describe('addresses', () => {
  const from = (token: string, address: string) => program(token, { 'x-forwarded-for': address }).get('/api/v1/conversations');

  it('of the token’s own list', async () => {
    const { token } = await make(acme.owner, { ipAllowlist: ['203.0.113.*', '2001:db8::/32'] });
    for (const address of ['203.0.113.7', '2001:db8::1', '::ffff:203.0.113.9']) expect((await from(token, address)).status).toBe(200);
    for (const address of ['203.0.114.7', '2001:db9::1', 'unknown'])
      expect([address, codeOf(await from(token, address))]).toEqual([address, 'address.refused']);
  });

  it('of the account’s list, too', async () => {
    const { token } = await make(other.owner, { ipAllowlist: ['203.0.113.0/24'] });
    const settings = {
      requireTwoFactor: false,
      ipAllowlist: [
        { range: '203.0.113.0/25', label: '' },
        { range: '127.0.0.1', label: '' },
      ],
    };
    const set = (ipAllowlist: object[]) => other.owner.send('put', '/api/v1/settings/security', { ...settings, ipAllowlist });
    expect((await set(settings.ipAllowlist)).status).toBe(200);
    expect((await from(token, '203.0.113.7')).status).toBe(200);
    for (const address of ['203.0.113.200', '127.0.0.1']) expect(codeOf(await from(token, address))).toBe('address.refused');
    expect((await set([])).status).toBe(200);
    expect((await from(token, '203.0.113.200')).status).toBe(200);
  });
});

describe('a token is worth no more than its maker', () => {
  it('at the moment of use: a smaller role, none, disabled, or owing a second factor', async () => {
    const ada = await admin('Ada');
    const { token } = await make(ada, { scopes: ['inbox.manage', 'conversation.read'] });
    const calls = program(token);
    const makes = () => calls.post('/api/v1/inboxes', { name: 'By program' });
    expect((await makes()).status).toBe(201);
    const become = (change: string) => desk.sql(`update member set ${change} where id = $1`, [ada.id]);
    await become("role = 'agent'");
    expect([(await makes()).status, (await calls.get('/api/v1/conversations')).status]).toEqual([403, 200]);
    await become("role = 'admin', two_factor_since = null");
    expect(codeOf(await calls.get('/api/v1/conversations'))).toBe('auth.enrolment-required');
    await become("two_factor_since = now(), status = 'disabled'");
    expect((await calls.get('/api/v1/conversations')).status).toBe(401);
    await become("status = 'active'");
    expect((await makes()).status).toBe(201);
  });

  it('after a demotion it is gone, and does not come back with the role', async () => {
    const ada = await admin('Ada');
    const { token, id } = await make(ada);
    const owner = acme.owner;
    for (const role of ['agent', 'admin']) expect((await owner.patch(`/api/v1/members/${ada.id}`, { role })).status).toBe(200);
    await desk.sql('update member set two_factor_since = now() where id = $1', [ada.id]);
    expect((await program(token).get('/api/v1/conversations')).status).toBe(401);
    expect((await acts('token.revoked')).map(({ target }) => target?.id)).toContain(id);
  });

  it('ends with whatever ends all of a member’s, each written down', async () => {
    const ada = await admin('Ada');
    const made = [await make(ada), await make(ada)];
    const { accountId } = acme;
    await desk.database.in(accountId, (tx) => desk.app.get(ApiTokens, { strict: false }).revokeAllOf(tx, { accountId, memberId: ada.id }));
    for (const { token } of made) expect((await program(token).get('/api/v1/conversations')).status).toBe(401);
    const revoked = (await acts('token.revoked')).filter(({ data }) => data.member === ada.id);
    expect(revoked.map(({ target, actor }) => [target?.id, actor.kind])).toEqual(made.toReversed().map(({ id }) => [id, 'system']));
  });
});

describe('tokens of an account', () => {
  const ids = async (who: Member) => ((await who.get('/api/v1/api-tokens')).body as Page<ApiTokenView>).items.map(({ id }) => id);

  it('are listed to who manages members; others see their own', async () => {
    const { id } = await make(acme.owner);
    const ada = await admin('Ada');
    const mine = await make(ada);
    expect(await ids(ada)).toEqual(expect.arrayContaining([id, mine.id]));
    expect(await ids(acme.agent)).toEqual([]);
    expect(await ids(other.owner)).not.toContain(id);
  });

  it('are ended by their maker, or by somebody above', async () => {
    const [ada, owners] = [await admin('Ada'), await make(acme.owner)];
    const adas = await make(ada);
    const end = (who: Member, id: string) => who.send('delete', `/api/v1/api-tokens/${id}`);
    expect((await end(acme.agent, adas.id)).status).toBe(404);
    expect((await end(other.owner, adas.id)).status).toBe(404);
    expect(codeOf(await end(ada, owners.id))).toBe('member.outranks-you');
    expect((await program(adas.token).get('/api/v1/conversations')).status).toBe(200);
    expect((await end(acme.owner, adas.id)).status).toBe(204);
    expect((await program(adas.token).get('/api/v1/conversations')).status).toBe(401);
    expect((await end(acme.owner, adas.id)).status).toBe(404);
    expect((await end(acme.owner, owners.id)).status).toBe(204);
    expect((await acts('token.revoked')).slice(0, 2)).toMatchObject([
      { actor: { id: acme.owner.id }, target: { id: owners.id }, data: { member: acme.owner.id } },
      { actor: { id: acme.owner.id }, target: { id: adas.id }, data: { member: ada.id } },
    ]);
  });
});

describe('an Idempotency-Key of a program', () => {
  it('works, and meets neither its maker’s nor another program’s', async () => {
    const [one, two] = [await make(acme.owner, { scopes: ['inbox.manage'] }), await make(acme.owner, { scopes: ['inbox.manage'] })];
    const key = { 'idempotency-key': newClientId() };
    const creates = (who: Caller) => who.send('post', '/api/v1/inboxes', { name: 'Same' }, key);
    const answers = [
      await creates(program(one.token)),
      await creates(program(one.token)),
      await creates(program(two.token)),
      await creates(acme.owner),
    ].map(({ status, body }) => [status, (body as { id: string }).id] as const);
    expect(answers.map(([status]) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(([, id]) => id)).size).toBe(3);
    expect(answers[0]).toEqual(answers[1]);
  });
});

describe('the limit of calls', () => {
  it('is each token’s own', async () => {
    const small = await aDesk({ env: { SOTTO_TOKEN_CALLS_PER_MINUTE: '3' } });
    try {
      const [one, two] = [await make(small.owner), await make(small.owner)];
      const statuses = async (token: string) => {
        const caller = small.keep(new Caller(small.url, { authorization: `Bearer ${token}` }));
        const found: number[] = [];
        for (let call = 0; call < 4; call += 1) found.push((await caller.get('/api/v1/conversations')).status);
        return found;
      };
      expect(await statuses(one.token)).toEqual([200, 200, 200, 429]);
      expect(await statuses(two.token)).toEqual([200, 200, 200, 429]);
      expect((await small.owner.get('/api/v1/conversations')).status).toBe(200);
    } finally {
      await small.close();
    }
  });
});
