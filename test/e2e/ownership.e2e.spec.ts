import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import type { Me, OwnershipOfferView } from '@sotto/protocol';
import { aColleague, type Colleague } from '../support/colleagues.js';
import { PASSWORD, aDesk, type Desk } from '../support/desk.js';
import { mailTo } from '../support/mail.js';
import { newClientId, type Member } from '../support/people.js';
import { isRefused as refused, outcome } from '../support/refusals.js';
import { UNLIMITED } from '../support/scene.js';
import { codeFor, enrol, stepsUp } from '../support/second-factor.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let desk: Desk;
let owner: Member;
let ownersSecret: string;
let heir: Colleague;
beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
  ({ owner } = desk);
  ownersSecret = await enrol(owner, desk.clock);
  heir = await aColleague(desk, 'Heir', { secondFactor: true });
});
afterEach(async () => {
  await desk.sql('delete from ownership_offer');
});
afterAll(() => desk.close());

const isRefused = (call: () => Promise<Response>, expected: string) => refused(desk, call, expected);
const offer = async (memberId: string, stay = false) => {
  await stepsUp(owner, desk.clock, ownersSecret);
  return owner.post('/api/v1/ownership/offer', { memberId, stay });
};
const accepts = ({ member, secret }: Colleague, code = codeFor(secret ?? '', desk.clock)) =>
  member.post('/api/v1/ownership/accept', { code });
const rolesOf = async (...ids: string[]) => {
  const rows = await desk.sql<{ id: string; role: string }>('select id, role from member where id = any($1)', [ids]);
  return ids.map((id) => rows.find((row) => row.id === id)?.role);
};
const acts = async (like: string) =>
  (
    await desk.sql<{ action: string; actor: string; target: string; data: string }>(
      'select action, actor_id as actor, target_id as target, data from audit_entry where action like $1 order by seq desc',
      [like],
    )
  ).map(({ action, actor, target, data }) => [action, actor, target, JSON.parse(data) as object]);

describe('an offer', () => {
  it('is seen by owners and by whom it is for, and by nobody else', async () => {
    const { member: bystander } = await aColleague(desk, 'Bo', { role: 'admin' });
    const made = await offer(heir.member.id);
    expect(made.status).toBe(201);
    const view = made.body as OwnershipOfferView;
    expect(view).toMatchObject({ from: { id: owner.id }, to: { id: heir.member.id, name: 'Heir' }, stay: false });
    for (const member of [owner, heir.member]) expect((await member.get('/api/v1/ownership/offer')).body).toEqual(view);
    expect((await heir.member.get('/api/v1/me')).body).toMatchObject({
      ownershipOffer: { from: 'Owner of Acme', expiresAt: view.expiresAt },
    });
    await mailTo(desk, heir.email, /offered/i);
    for (const call of [
      () => bystander.get('/api/v1/ownership/offer'),
      () => bystander.delete('/api/v1/ownership/offer'),
      () => bystander.post('/api/v1/ownership/accept', { code: '123456' }),
    ])
      await isRefused(call, '404 not-found');
    expect(((await bystander.get('/api/v1/me')).body as Me).ownershipOffer).toBeNull();
    await isRefused(() => bystander.post('/api/v1/ownership/offer', { memberId: heir.member.id }), '403 permission.denied');
  });

  it('takes a fresh proof, and somebody who can sign in with a second factor', async () => {
    const { member: plain } = await aColleague(desk, 'Pia');
    const { member: off } = await aColleague(desk, 'Otto', { secondFactor: true });
    await stepsUp(owner, desk.clock, ownersSecret);
    await owner.patch(`/api/v1/members/${off.id}`, { status: 'disabled' });
    const { owner: foreign } = await desk.makeAccount('Other', 'owner@other.test');
    await isRefused(() => offerNow(plain.id), '409 second-factor.needed');
    for (const id of [off.id, owner.id, foreign.id, newClientId()]) await isRefused(() => offerNow(id), '400 input.invalid');
    for (const body of [{}, { memberId: heir.member.id, accountId: foreign.accountId }, { memberId: [heir.member.id] }])
      await isRefused(() => owner.post('/api/v1/ownership/offer', body), '400 input.invalid');
    desk.clock.advance(11 * MINUTE);
    await isRefused(() => offerNow(heir.member.id), '403 step-up.required');
  });
  const offerNow = (memberId: string) => owner.post('/api/v1/ownership/offer', { memberId });

  it('is withdrawn or declined, and then worth nothing', async () => {
    for (const [who, declined] of [
      [owner, false],
      [heir.member, true],
    ] as const) {
      await offer(heir.member.id);
      expect((await who.delete('/api/v1/ownership/offer')).status).toBe(204);
      expect((await acts('ownership.%'))[0]).toEqual(['ownership.withdrawn', who.id, heir.member.id, { declined }]);
      await isRefused(() => accepts(heir), '404 not-found');
      await isRefused(() => who.delete('/api/v1/ownership/offer'), '404 not-found');
    }
  });

  it('runs out after seven days', async () => {
    await offer(heir.member.id);
    await desk.sql(`update ownership_offer set expires_at = $1`, [new Date(desk.clock.now().getTime() - 1)]);
    await isRefused(() => accepts(heir), '404 not-found');
    await isRefused(() => owner.get('/api/v1/ownership/offer'), '404 not-found');
    await offer(heir.member.id);
    const [row] = await desk.sql<{ left: number }>(
      'select extract(epoch from expires_at - created_at)::int * 1000 as left from ownership_offer',
    );
    expect(row?.left).toBe(7 * DAY);
  });

  it('ends with the place of whoever made it, and of whom it is for', async () => {
    const second = await aColleague(desk, 'Zoe', { role: 'owner' });
    await second.member.post('/api/v1/ownership/offer', { memberId: heir.member.id });
    await stepsUp(owner, desk.clock, ownersSecret);
    expect((await owner.patch(`/api/v1/members/${second.member.id}`, { role: 'admin' })).status).toBe(200);
    await isRefused(() => accepts(heir), '404 not-found');
  });
});

describe('accepting', () => {
  it('needs a code that is right, and was not used', async () => {
    await offer(heir.member.id);
    const wrong = await heir.member.post('/api/v1/ownership/accept', { code: '000000' });
    expect(outcome(wrong)).toBe('401 auth.code-wrong');
    for (const code of ['', '12345', 'password', 123456, null])
      expect(outcome(await heir.member.post('/api/v1/ownership/accept', { code }))).toBe('400 input.invalid');
    const used = codeFor(heir.secret ?? '', desk.clock);
    expect((await heir.member.post('/api/v1/auth/step-up', { code: used })).status).toBe(200);
    expect(outcome(await accepts(heir, used))).toBe('401 auth.code-wrong');
    expect(await rolesOf(owner.id, heir.member.id)).toEqual(['owner', 'agent']);
  });

  it('makes one an owner and the other an admin, under new sessions, and tells both', async () => {
    const elsewhere = await desk.logsIn(heir.email, PASSWORD, { secret: heir.secret ?? '' });
    const socket = await owner.connects();
    await offer(heir.member.id);
    const before = heir.member.headers.cookie;
    const answer = await accepts(heir);
    expect([answer.status, (answer.body as Me).member.role]).toEqual([200, 'owner']);
    expect((answer.body as Me).permissions).toContain('ownership.transfer');
    expect(await rolesOf(owner.id, heir.member.id)).toEqual(['admin', 'owner']);
    // The session from before, the new owner's others and those of whoever offered are worth nothing now.
    for (const member of [heir.member, elsewhere, owner]) expect(outcome(await member.get('/api/v1/me'))).toBe('401 auth.required');
    await socket.until((client) => client.of('disconnect').length > 0, 'the end of the socket');
    heir.member.take(answer);
    expect(heir.member.headers.cookie).not.toBe(before);
    expect((await heir.member.get('/api/v1/me')).body).toMatchObject({ ownershipOffer: null, member: { role: 'owner' } });
    await mailTo(desk, heir.email, /role/i);
    await mailTo(desk, 'owner@acme.test', /role/i);
    expect((await acts('ownership.%'))[0]).toEqual(['ownership.accepted', heir.member.id, owner.id, { stay: false }]);
    await isRefused(() => accepts(heir), '404 not-found');

    // Back again, this time with both as owners.
    owner = await desk.logsIn('owner@acme.test', PASSWORD, { secret: ownersSecret });
    await stepsUp(heir.member, desk.clock, heir.secret);
    expect((await heir.member.post('/api/v1/ownership/offer', { memberId: owner.id, stay: true })).status).toBe(201);
    const back = await accepts({ member: owner, email: '', secret: ownersSecret, customRoleId: null });
    expect(back.status).toBe(200);
    owner.take(back);
    expect(await rolesOf(owner.id, heir.member.id)).toEqual(['owner', 'owner']);
    expect((await heir.member.get('/api/v1/me')).status).toBe(200);
  });

  it('comes about once, however often it is sent', async () => {
    const next = await aColleague(desk, 'Next', { secondFactor: true });
    await offer(next.member.id, true);
    const codes = Array.from({ length: 4 }, () => codeFor(next.secret ?? '', desk.clock));
    const answers = await Promise.all(codes.map((code) => accepts(next, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const accepted = (await acts('ownership.accepted')).filter(([, actor]) => actor === next.member.id);
    expect(accepted).toHaveLength(1);
  });

  it('is for people, not for programs or for half a sign-in', async () => {
    await stepsUp(owner, desk.clock, ownersSecret);
    const { secret, email, member } = await aColleague(desk, 'Half', { secondFactor: true });
    await offer(member.id);
    const half = await desk.logsIn(email);
    await isRefused(
      () => half.post('/api/v1/ownership/accept', { code: codeFor(secret ?? '', desk.clock) }),
      '401 auth.second-factor-required',
    );
  });
});
