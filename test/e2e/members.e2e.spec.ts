import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import { KeyDestroyed, KeyRing } from '@sotto/platform';
import { ROLE_PERMISSIONS, type ConversationView, type Me, type MemberView, type Permission, type TeamView } from '@sotto/protocol';
import { aColleague, aRole, type Colleague } from '../support/colleagues.js';
import { PASSWORD, aDesk, type Desk } from '../support/desk.js';
import { mailTo } from '../support/mail.js';
import { newClientId, says, starts, type Member } from '../support/people.js';
import { isRefused as refused, outcome } from '../support/refusals.js';
import { UNLIMITED, addMember } from '../support/scene.js';
import { stepsUp } from '../support/second-factor.js';

const MINUTE = 60_000;
const wrongPath = (answer: Response) => (answer.body as { errors?: { path: string }[] }).errors?.[0]?.path;

let desk: Desk;
let owner: Member;
let other: Member;
const of = (id: string) => `/api/v1/members/${id}`;
const viewOf = async (id: string) =>
  ((await owner.get('/api/v1/members')).body as { items: MemberView[] }).items.find((member) => member.id === id);
const acts = async (target: string) =>
  (
    await desk.sql<{ action: string; actor: string; data: string }>(
      'select action, actor_id as actor, data from audit_entry where target_id = $1 order by seq',
      [target],
    )
  ).map(({ action, actor, data }) => [action, actor, JSON.parse(data) as object]);

const isRefused = (call: () => Promise<Response>, expected: string) => refused(desk, call, expected);

beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
  ({ owner } = desk);
  ({ owner: other } = await desk.makeAccount('Other', 'owner@other.test'));
});
afterAll(() => desk.close());

describe('another role', () => {
  it('ends the member’s sessions, sockets and, when it is less, tokens; they are told and it is written down', async () => {
    const { member, email, secret } = await aColleague(desk, 'Ada', { role: 'admin' });
    const socket = await member.connects();
    await desk.sql(
      `insert into api_token (id, account_id, member_id, name_sealed, token_hash, hint, scopes, created_at, expires_at)
       values ($1, $2, $3, ''::bytea, $4, 'abcd', '[]'::jsonb, now(), now() + interval '1 day')`,
      [newClientId(), member.accountId, member.id, newClientId()],
    );
    const answer = await owner.patch(of(member.id), { role: 'agent' });
    expect([answer.status, (answer.body as MemberView).role]).toEqual([200, 'agent']);
    await socket.until((client) => client.of('disconnect').length > 0, 'the end of the socket');
    expect(socket.of('session.closed')).toEqual([{ reason: 'access-changed' }]);
    expect(outcome(await member.get('/api/v1/me'))).toBe('401 auth.required');
    expect(await desk.sql('select 1 from api_token where member_id = $1', [member.id])).toEqual([]);
    const again = await desk.logsIn(email, PASSWORD, { ...(secret ? { secret } : {}) });
    expect(((await again.get('/api/v1/me')).body as Me).permissions.sort()).toEqual([...ROLE_PERMISSIONS.agent].sort());
    expect(await acts(member.id)).toContainEqual([
      'member.role-changed',
      owner.id,
      { from: 'admin', fromCustomRole: null, to: 'agent', toCustomRole: null },
    ]);
    await mailTo(desk, email, /role/i);
  });

  it('that is more leaves tokens, and the new permissions hold at the next sign-in', async () => {
    const { member, email } = await aColleague(desk, 'Ben');
    await desk.sql(
      `insert into api_token (id, account_id, member_id, name_sealed, token_hash, hint, scopes, created_at, expires_at)
       values ($1, $2, $3, ''::bytea, $4, 'abcd', '[]'::jsonb, now(), now() + interval '1 day')`,
      [newClientId(), member.accountId, member.id, newClientId()],
    );
    expect((await owner.patch(of(member.id), { role: 'admin' })).status).toBe(200);
    expect(outcome(await member.get('/api/v1/members'))).toBe('401 auth.required');
    expect(await desk.sql('select 1 from api_token where member_id = $1', [member.id])).toHaveLength(1);
    // Whoever may more than agents sets up a second factor first.
    const again = await desk.logsIn(email);
    expect(outcome(await again.get('/api/v1/members'))).toBe('403 auth.enrolment-required');
  });

  it('of one’s own making is given and taken', async () => {
    const { member } = await aColleague(desk, 'Cleo');
    const role = await aRole(desk, owner, ['conversation.read', 'member.read']);
    const given = await owner.patch(of(member.id), { customRoleId: role.id });
    expect(given.body).toMatchObject({ role: 'agent', customRole: { id: role.id, name: role.name } });
    const lifted = await owner.patch(of(member.id), { role: 'admin' });
    expect(lifted.body).toMatchObject({ role: 'admin', customRole: null });
    const both = await owner.patch(of(member.id), { role: 'admin', customRoleId: role.id });
    expect([outcome(both), wrongPath(both)]).toEqual(['400 input.invalid', 'customRoleId']);
    expect((await owner.patch(of(member.id), { role: 'agent', customRoleId: role.id })).body).toMatchObject({
      customRole: { id: role.id },
    });
    expect((await owner.patch(of(member.id), { role: 'agent', customRoleId: null })).body).toMatchObject({
      role: 'agent',
      customRole: null,
    });
  });

  it('and the status ask who is there; teams do not', async () => {
    const { member } = await aColleague(desk, 'Dora');
    const team = (await owner.post('/api/v1/teams', { name: 'Fresh', memberIds: [] })).body as TeamView;
    desk.clock.advance(11 * MINUTE);
    try {
      for (const patch of [{ role: 'admin' }, { status: 'disabled' }, { customRoleId: null, role: 'admin' }])
        await isRefused(() => owner.patch(of(member.id), patch), '403 step-up.required');
      await isRefused(() => owner.delete(of(member.id)), '403 step-up.required');
      const answer = await owner.patch(of(member.id), { role: 'agent', status: 'active', teamIds: [team.id] });
      expect([answer.status, (answer.body as MemberView).teamIds]).toEqual([200, [team.id]]);
      await stepsUp(owner, desk.clock);
      expect((await owner.patch(of(member.id), { role: 'admin' })).status).toBe(200);
    } finally {
      desk.clock.advance(-11 * MINUTE);
    }
  });
});

describe('rank', () => {
  const managing: Permission[] = [...ROLE_PERMISSIONS.agent, 'member.manage'];
  const people: Record<string, Colleague> = {};
  beforeAll(async () => {
    await stepsUp(owner, desk.clock);
    people.admin = await aColleague(desk, 'Admin', { role: 'admin' });
    people.admin2 = await aColleague(desk, 'Admin', { role: 'admin' });
    people.lead = await aColleague(desk, 'Lead', { permissions: managing });
    people.lead2 = await aColleague(desk, 'Lead', { permissions: managing });
    people.narrow = await aColleague(desk, 'Narrow', { permissions: ['member.read', 'member.manage'] });
    people.auditor = await aColleague(desk, 'Auditor', { permissions: [...ROLE_PERMISSIONS.agent, 'audit.read'] });
    people.agent = await aColleague(desk, 'Agent');
  });
  const who = (name: string): Member => (name === 'owner' ? owner : (people[name] as Colleague).member);

  const OUTRANKED = '403 member.outranks-you';
  const DENIED = '403 permission.denied';
  it.each([
    ['owner', 'owner', '409 owner.last'],
    ['admin', 'owner', OUTRANKED],
    ['admin', 'admin', DENIED],
    ['lead', 'owner', OUTRANKED],
    ['lead', 'admin', OUTRANKED],
    ['lead', 'lead', DENIED],
    ['lead', 'auditor', OUTRANKED],
    ['narrow', 'agent', OUTRANKED],
    ['narrow', 'lead', OUTRANKED],
    ['auditor', 'agent', DENIED],
    ['agent', 'narrow', DENIED],
  ])('keeps %s from acting on %s', async (actor, target, refusal) => {
    const id = who(target).id;
    for (const patch of [{ role: 'agent' }, { status: 'disabled' }, { teamIds: [] }])
      await isRefused(() => who(actor).patch(of(id), patch), refusal);
    await isRefused(() => who(actor).delete(of(id)), refusal);
  });

  it.each([
    ['owner', 'admin'],
    ['owner', 'lead'],
    ['admin', 'admin2'],
    ['admin', 'lead'],
    ['admin', 'auditor'],
    ['lead', 'lead2'],
    ['lead', 'agent'],
    ['lead', 'narrow'],
  ])('lets %s act on %s', async (actor, target) => {
    expect((await who(actor).patch(of(who(target).id), { teamIds: [] })).status).toBe(200);
  });

  it('lets nobody give what they do not have', async () => {
    const strong = people.auditor?.customRoleId;
    for (const [actor, body] of [
      ['lead', { role: 'admin' }],
      ['lead', { customRoleId: strong }],
    ] as const)
      await isRefused(() => who(actor).patch(of(who('agent').id), body), '403 permission.not-yours');
    const email = 'invited@rank.test';
    for (const [actor, body] of [
      ['lead', { role: 'admin' }],
      ['lead', { customRoleId: strong }],
      ['narrow', {}],
    ] as const)
      await isRefused(() => who(actor).post('/api/v1/members/invitations', { email, name: 'Ina', ...body }), '403 permission.not-yours');
    for (const actor of ['owner', 'admin'])
      for (const body of [{ role: 'owner' }, { role: 'superuser' }]) {
        await isRefused(() => who(actor).patch(of(who('agent').id), body), '400 input.invalid');
        await isRefused(() => who(actor).post('/api/v1/members/invitations', { email, name: 'Ina', ...body }), '400 input.invalid');
      }
  });

  it('lets nobody choose teams whose role does not let them', async () => {
    const team = (await owner.post('/api/v1/teams', { name: 'Closed', memberIds: [] })).body as TeamView;
    await isRefused(() => who('lead').patch(of(who('agent').id), { teamIds: [team.id] }), '403 permission.not-yours');
    const invitation = { email: 'teams@rank.test', name: 'Tea', teamIds: [team.id] };
    await isRefused(() => who('lead').post('/api/v1/members/invitations', invitation), '403 permission.not-yours');
    expect((await who('admin').patch(of(who('agent').id), { teamIds: [team.id] })).body).toMatchObject({ teamIds: [team.id] });
  });

  it('counts as it is when the change is made, not as it was when the session began', async () => {
    const { member: acting } = people.admin2 as Colleague;
    await desk.sql("update member set role = 'agent' where id = $1", [acting.id]);
    await isRefused(() => acting.patch(of(who('agent').id), { status: 'disabled' }), DENIED);
    await desk.sql("update member set role = 'admin' where id = $1", [acting.id]);
  });
});

describe('somebody disabled', () => {
  it('is out at once, on every way, and in again once enabled', async () => {
    const { member, email } = await aColleague(desk, 'Emil');
    const socket = await member.connects();
    expect((await owner.patch(of(member.id), { status: 'disabled' })).body).toMatchObject({ status: 'disabled' });
    await socket.until((client) => client.of('disconnect').length > 0, 'the end of the socket');
    expect(outcome(await member.get('/api/v1/me'))).toBe('401 auth.required');
    await expect(desk.logsIn(email)).rejects.toThrow('auth.failed');
    await expect(member.connects()).rejects.toThrow('auth.required');
    expect((await owner.patch(of(member.id), { status: 'active' })).status).toBe(200);
    expect((await (await desk.logsIn(email)).get('/api/v1/me')).status).toBe(200);
    expect((await acts(member.id)).map(([action]) => action)).toEqual(
      expect.arrayContaining(['member.disabled', 'member.enabled']) as unknown,
    );
  });
});

describe('somebody removed', () => {
  it('is gone from every store, and what they wrote stays without their name', async () => {
    const { member, email } = await aColleague(desk, 'Finn', { secondFactor: true });
    const chat = await (await desk.visitor({ name: 'Vida' })).connects();
    const { conversationId } = await starts(chat);
    const panel = await member.connects();
    await says(panel, conversationId, 'Good day');
    await member.patch(`/api/v1/conversations/${conversationId}`, { assigneeId: member.id });
    await owner.post('/api/v1/teams', { name: 'Of Finn', memberIds: [member.id] });

    expect((await owner.delete(of(member.id))).status).toBe(204);

    await panel.until((client) => client.of('disconnect').length > 0, 'the end of the socket');
    expect(await viewOf(member.id)).toBeUndefined();
    expect(outcome(await member.get('/api/v1/me'))).toBe('401 auth.required');
    await expect(desk.logsIn(email)).rejects.toThrow('auth.failed');
    for (const table of ['member', 'session', 'totp', 'recovery_code', 'team_member', 'sign_in', 'known_device', 'mail_outbox']) {
      const column = table === 'member' ? 'id' : 'member_id';
      expect([table, await desk.sql(`select 1 from ${table} where ${column} = $1`, [member.id])]).toEqual([table, []]);
    }
    await expect(desk.app.get(KeyRing).cipher(member.accountId, member.id)).rejects.toThrow(KeyDestroyed);
    const conversation = (await owner.get(`/api/v1/conversations/${conversationId}`)).body as ConversationView;
    expect(conversation.assignee).toBeNull();
    expect((await owner.get(`/api/v1/conversations/${conversationId}/events?after=0`)).text).not.toContain('Finn');
    expect(await acts(member.id)).toContainEqual(['member.removed', owner.id, {}]);
    // The address is free again.
    expect((await owner.post('/api/v1/members/invitations', { email, name: 'Finn' })).status).toBe(201);
  });
});

describe('the last owner', () => {
  it('stays, whoever tries', async () => {
    for (const patch of [{ role: 'admin' }, { status: 'disabled' }])
      await isRefused(() => owner.patch(of(owner.id), patch), '409 owner.last');
    await isRefused(() => owner.delete(of(owner.id)), '409 owner.last');
  });

  it('is one of two: each may change the other, nobody themselves', async () => {
    const { member: second } = await aColleague(desk, 'Greta', { role: 'owner' });
    await isRefused(() => second.patch(of(second.id), { role: 'admin' }), '403 permission.denied');
    await isRefused(() => second.delete(of(second.id)), '403 permission.denied');
    expect((await owner.patch(of(second.id), { role: 'admin' })).body).toMatchObject({ role: 'admin' });
    expect(outcome(await second.get('/api/v1/members'))).toBe('401 auth.required');
  });
});

describe('a body', () => {
  it.each([
    { accountId: newClientId() },
    { id: newClientId() },
    { permissions: ['ownership.transfer'] },
    { ownerId: newClientId() },
    { passwordHash: 'x' },
    { twoFactorSince: null },
    { graceUntil: '2099-01-01T00:00:00.000Z' },
    { email: 'new@acme.test' },
    { status: 'invited' },
    { role: ['admin'] },
    { role: null },
    { teamIds: 'all' },
    { teamIds: [{}] },
    JSON.parse('{"__proto__": {"role": "admin"}}') as object,
    { constructor: {} },
  ])('with %j changes nobody', async (body) => {
    const { member } = await mallory();
    await isRefused(() => owner.patch(of(member.id), body), '400 input.invalid');
    const invitation = { name: 'Mass', ...body, email: 'email' in body ? [body.email] : 'mass@acme.test' };
    await isRefused(() => owner.post('/api/v1/members/invitations', invitation), '400 input.invalid');
    await isRefused(() => member.patch('/api/v1/me', body), '400 input.invalid');
  });

  let known: Colleague | undefined;
  const mallory = async () => (known ??= await aColleague(desk, 'Mallory'));

  it('with an id of another account finds nothing', async () => {
    const { member } = await mallory();
    await stepsUp(other, desk.clock);
    const foreignRole = await aRole(desk, other, ['member.read']);
    const foreignTeam = (await other.post('/api/v1/teams', { name: 'Theirs', memberIds: [other.id] })).body as TeamView;
    const foreign = await addMember(desk, other.accountId, 'Foreign', 'foreign@other.test', 'agent');
    for (const id of [foreignRole.id, foreignTeam.id, newClientId()]) {
      for (const body of [{ customRoleId: id }, { teamIds: [id] }]) {
        await isRefused(() => owner.patch(of(member.id), body), '400 input.invalid');
        await isRefused(() => owner.post('/api/v1/members/invitations', { email: 'x@acme.test', name: 'X', ...body }), '400 input.invalid');
      }
    }
    for (const id of [foreign.id, other.id, foreignRole.id, newClientId()]) {
      await isRefused(() => owner.patch(of(id), { status: 'disabled' }), '404 not-found');
      await isRefused(() => owner.delete(of(id)), '404 not-found');
      await isRefused(() => owner.post(`${of(id)}/invitation`), '404 not-found');
      await isRefused(() => owner.delete(`${of(id)}/invitation`), '404 not-found');
    }
  });
});

describe('a profile', () => {
  it('shows a new name at once, wherever the old one was', async () => {
    const { member } = await aColleague(desk, 'Hana');
    const chat = await (await desk.visitor({ name: 'Vera' })).connects();
    const { conversationId } = await starts(chat);
    await says(await member.connects(), conversationId, 'Good day');
    const events = () => owner.get(`/api/v1/conversations/${conversationId}/events?after=0`);
    expect((await events()).text).toContain('"Hana"');
    const answer = await member.patch('/api/v1/me', { name: 'Hanna', language: 'de' });
    expect([answer.status, (answer.body as MemberView).name]).toEqual([200, 'Hanna']);
    expect((await member.get('/api/v1/me')).body).toMatchObject({ language: 'de', member: { name: 'Hanna' } });
    expect((await events()).text).not.toContain('"Hana"');
    expect(await acts(member.id)).toContainEqual(['member.profile-changed', member.id, { fields: ['name', 'language'] }]);
  });
});
