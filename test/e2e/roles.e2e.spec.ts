import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import { GRANTABLE, ROLE_PERMISSIONS, type Permission, type RoleView, type TeamView } from '@sotto/protocol';
import { aColleague, aRole } from '../support/colleagues.js';
import { aDesk, type Desk } from '../support/desk.js';
import { newClientId, starts, type Member } from '../support/people.js';
import { isRefused as refused, outcome } from '../support/refusals.js';
import { UNLIMITED } from '../support/scene.js';
import { stepsUp } from '../support/second-factor.js';

const MINUTE = 60_000;

let desk: Desk;
let owner: Member;
let other: Member;
beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
  ({ owner } = desk);
  ({ owner: other } = await desk.makeAccount('Other', 'owner@other.test'));
});
afterAll(() => desk.close());

const isRefused = (call: () => Promise<Response>, expected: string) => refused(desk, call, expected);

const acts = async (target: string) =>
  (
    await desk.sql<{ action: string; data: string }>('select action, data from audit_entry where target_id = $1 order by seq', [target])
  ).map(({ action, data }) => [action, JSON.parse(data) as object]);

describe('a role', () => {
  it('is made, renamed, changed and removed, each written down', async () => {
    const made = await owner.post('/api/v1/roles', { name: 'Readers', permissions: ['member.read', 'conversation.read', 'member.read'] });
    const { id } = made.body as RoleView;
    expect([made.status, made.body]).toEqual([201, { id, name: 'Readers', permissions: ['conversation.read', 'member.read'], members: 0 }]);
    const changed = await owner.patch(`/api/v1/roles/${id}`, { name: 'Reading', permissions: ['conversation.read'] });
    expect(changed.body).toEqual({ id, name: 'Reading', permissions: ['conversation.read'], members: 0 });
    expect(((await owner.get('/api/v1/roles')).body as { items: RoleView[] }).items).toEqual([changed.body]);
    expect((await owner.delete(`/api/v1/roles/${id}`)).status).toBe(204);
    expect(((await owner.get('/api/v1/roles')).body as { items: RoleView[] }).items).toEqual([]);
    expect(await acts(id)).toEqual([
      ['role.created', { permissions: ['conversation.read', 'member.read'] }],
      ['role.changed', { permissions: ['conversation.read'] }],
      ['role.removed', {}],
    ]);
  });

  it('lets its holders do what it holds and nothing else', async () => {
    const { member } = await aColleague(desk, 'Ada', { permissions: ['member.read', 'audit.read'] });
    expect((await member.get('/api/v1/members')).status).toBe(200);
    for (const path of ['/api/v1/conversations', '/api/v1/inboxes', '/api/v1/roles', '/api/v1/policies'])
      expect([path, outcome(await member.get(path))]).toEqual([path, '403 permission.denied']);
    expect(outcome(await member.post('/api/v1/members/invitations', { email: 'a@b.test', name: 'A' }))).toBe('403 permission.denied');
  });

  it('that may more than agents asks its holders for a second factor', async () => {
    const { secret } = await aColleague(desk, 'Ben', { permissions: [...ROLE_PERMISSIONS.agent, 'inbox.manage'] });
    expect(secret).toBeDefined();
    const { secret: none } = await aColleague(desk, 'Cleo', { permissions: ['conversation.read'] });
    expect(none).toBeUndefined();
  });

  it('ends its holders’ sessions and sockets when it changes, not when it is renamed', async () => {
    const { member, customRoleId } = await aColleague(desk, 'Dora', { permissions: [...ROLE_PERMISSIONS.agent] });
    const socket = await member.connects();
    const path = `/api/v1/roles/${customRoleId ?? ''}`;
    expect((await owner.patch(path, { name: 'Of Dora' })).body).toMatchObject({ members: 1 });
    expect((await owner.patch(path, { permissions: [...ROLE_PERMISSIONS.agent].reverse() })).status).toBe(200);
    expect((await member.get('/api/v1/me')).status).toBe(200);
    expect((await owner.patch(path, { permissions: ['conversation.read'] })).status).toBe(200);
    await socket.until((client) => client.of('disconnect').length > 0, 'the end of the socket');
    expect(outcome(await member.get('/api/v1/me'))).toBe('401 auth.required');
  });

  it('stays while somebody has it', async () => {
    const { member, customRoleId } = await aColleague(desk, 'Emil', { permissions: ['conversation.read'] });
    const path = `/api/v1/roles/${customRoleId ?? ''}`;
    await isRefused(() => owner.delete(path), '409 role.in-use');
    await owner.patch(`/api/v1/members/${member.id}`, { customRoleId: null });
    expect((await owner.delete(path)).status).toBe(204);
  });

  it('allows nothing where it should be gone all the same', async () => {
    const { member, customRoleId } = await aColleague(desk, 'Finn', { permissions: ['member.read'] });
    await desk.sql('delete from custom_role where id = $1', [customRoleId]);
    expect((await member.get('/api/v1/me')).body).toMatchObject({ permissions: [] });
    expect(outcome(await member.get('/api/v1/members'))).toBe('403 permission.denied');
  });

  it('has a name of its own in its account', async () => {
    await aRole(desk, owner, [], 'Twice');
    const second = await aRole(desk, owner, []);
    await isRefused(() => owner.post('/api/v1/roles', { name: 'Twice', permissions: [] }), '409 name.taken');
    await isRefused(() => owner.patch(`/api/v1/roles/${second.id}`, { name: 'Twice' }), '409 name.taken');
    await stepsUp(other, desk.clock);
    expect((await other.post('/api/v1/roles', { name: 'Twice', permissions: [] })).status).toBe(201);
  });

  it.each([
    { permissions: ['ownership.transfer'] },
    { permissions: ['consent.withdraw'] },
    { permissions: ['everything'] },
    { permissions: 'member.read' },
    { permissions: [{}] },
    { name: '' },
    { name: ['x'] },
    { accountId: newClientId() },
    { id: newClientId() },
  ])('is not made or changed by %j', async (body) => {
    const role = await aRole(desk, owner, []);
    await isRefused(() => owner.post('/api/v1/roles', { name: 'Bad', permissions: [], ...body }), '400 input.invalid');
    await isRefused(() => owner.patch(`/api/v1/roles/${role.id}`, body), '400 input.invalid');
  });

  it('is nobody’s of another account', async () => {
    const role = await aRole(desk, owner, ['member.read']);
    await stepsUp(other, desk.clock);
    await isRefused(() => other.patch(`/api/v1/roles/${role.id}`, { name: 'Mine' }), '404 not-found');
    await isRefused(() => other.delete(`/api/v1/roles/${role.id}`), '404 not-found');
    expect((await other.get('/api/v1/roles')).text).not.toContain(role.id);
  });

  it('is made and changed only by whoever lately proved who they are', async () => {
    const role = await aRole(desk, owner, []);
    desk.clock.advance(11 * MINUTE);
    try {
      await isRefused(() => owner.post('/api/v1/roles', { name: 'Late', permissions: [] }), '403 step-up.required');
      await isRefused(() => owner.patch(`/api/v1/roles/${role.id}`, { name: 'Late' }), '403 step-up.required');
      await isRefused(() => owner.delete(`/api/v1/roles/${role.id}`), '403 step-up.required');
    } finally {
      desk.clock.advance(-11 * MINUTE);
    }
  });

  it('holds no more than whoever makes it, and is not one’s own', async () => {
    const own: Permission[] = [...ROLE_PERMISSIONS.agent, 'role.manage'];
    const { member, customRoleId } = await aColleague(desk, 'Greta', { permissions: own });
    const strong = await aRole(desk, owner, ['audit.read']);
    const weak = await aRole(desk, owner, ['member.read']);
    await isRefused(() => member.post('/api/v1/roles', { name: 'More', permissions: ['audit.read'] }), '403 permission.not-yours');
    await isRefused(() => member.patch(`/api/v1/roles/${weak.id}`, { permissions: [...GRANTABLE] }), '403 permission.not-yours');
    for (const change of [{ name: 'Taken over' }, { permissions: [] }])
      await isRefused(() => member.patch(`/api/v1/roles/${strong.id}`, change), '403 permission.not-yours');
    await isRefused(() => member.delete(`/api/v1/roles/${strong.id}`), '403 permission.not-yours');
    await isRefused(() => member.patch(`/api/v1/roles/${customRoleId ?? ''}`, { permissions: [] }), '403 permission.denied');
    expect((await member.patch(`/api/v1/roles/${weak.id}`, { permissions: ['member.read', 'inbox.read'] })).status).toBe(200);
  });
});

describe('a team', () => {
  const made = async (name: string, memberIds: string[] = []) => {
    const answer = await owner.post('/api/v1/teams', { name, memberIds });
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.body as TeamView;
  };

  it('is made, changed and removed, each written down', async () => {
    const [one, two] = [(await aColleague(desk, 'Hana')).member, (await aColleague(desk, 'Ina')).member];
    const team = await made('Support', [one.id, one.id]);
    expect(team).toEqual({ id: team.id, name: 'Support', memberIds: [one.id] });
    const path = `/api/v1/teams/${team.id}`;
    const changed = (await owner.patch(path, { name: 'Help', memberIds: [two.id] })).body as TeamView;
    expect(changed).toEqual({ id: team.id, name: 'Help', memberIds: [two.id] });
    expect((await owner.patch(path, { name: 'Helpers' })).body).toMatchObject({ memberIds: [two.id] });
    // Everybody may see who is where.
    expect((await one.get('/api/v1/teams')).body).toMatchObject({ items: [{ id: team.id, name: 'Helpers', memberIds: [two.id] }] });
    expect((await owner.delete(path)).status).toBe(204);
    expect((await owner.get('/api/v1/teams')).body).toMatchObject({ items: [] });
    expect(await desk.sql('select 1 from team_member where team_id = $1', [team.id])).toEqual([]);
    expect(await acts(team.id)).toEqual([
      ['team.created', { added: [one.id] }],
      ['team.changed', { added: [two.id], removed: [one.id] }],
      ['team.changed', { added: [], removed: [] }],
      ['team.removed', { movedTo: null }],
    ]);
  });

  it('is managed only by whoever may', async () => {
    const { member } = await aColleague(desk, 'Jo');
    const team = await made('Closed');
    await isRefused(() => member.post('/api/v1/teams', { name: 'Mine', memberIds: [member.id] }), '403 permission.denied');
    await isRefused(() => member.patch(`/api/v1/teams/${team.id}`, { memberIds: [member.id] }), '403 permission.denied');
    await isRefused(() => member.delete(`/api/v1/teams/${team.id}`), '403 permission.denied');
  });

  it('takes nobody of another account, and is not theirs', async () => {
    const team = await made('Ours');
    const theirs = (await other.post('/api/v1/teams', { name: 'Ours', memberIds: [] })).body as TeamView;
    for (const memberIds of [[other.id], [owner.id, other.id], [team.id], [newClientId()]]) {
      await isRefused(() => owner.post('/api/v1/teams', { name: 'Mixed', memberIds }), '400 input.invalid');
      await isRefused(() => owner.patch(`/api/v1/teams/${team.id}`, { memberIds }), '400 input.invalid');
    }
    await isRefused(() => owner.post('/api/v1/teams', { name: 'X', memberIds: [], accountId: other.accountId }), '400 input.invalid');
    await isRefused(() => other.patch(`/api/v1/teams/${team.id}`, { name: 'Mine' }), '404 not-found');
    await isRefused(() => other.delete(`/api/v1/teams/${team.id}`), '404 not-found');
    await isRefused(() => owner.delete(`/api/v1/teams/${team.id}?moveTo=${theirs.id}`), '400 input.invalid');
    await isRefused(() => owner.delete(`/api/v1/teams/${team.id}?moveTo=${team.id}`), '400 input.invalid');
    await isRefused(() => owner.delete(`/api/v1/teams/${team.id}?moveTo=everybody`), '400 input.invalid');
    await isRefused(() => owner.post('/api/v1/teams', { name: 'Ours', memberIds: [] }), '409 name.taken');
  });

  it('with conversations goes only once somebody else gets them', async () => {
    const team = await made('Leaving');
    const { conversationId } = await starts(await (await desk.visitor()).connects());
    await owner.patch(`/api/v1/conversations/${conversationId}`, { teamId: team.id });
    await isRefused(() => owner.delete(`/api/v1/teams/${team.id}`), '409 team.in-use');
    const heir = await made('Heir');
    expect((await owner.delete(`/api/v1/teams/${team.id}?moveTo=${heir.id}`)).status).toBe(204);
    expect((await owner.get(`/api/v1/conversations/${conversationId}`)).body).toMatchObject({ team: { id: heir.id } });
    expect((await owner.delete(`/api/v1/teams/${heir.id}?moveTo=none`)).status).toBe(204);
    expect((await owner.get(`/api/v1/conversations/${conversationId}`)).body).toMatchObject({ team: null });
  });
});
