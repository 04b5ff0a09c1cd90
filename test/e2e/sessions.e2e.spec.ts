import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request, { type Response } from 'supertest';
import type { SessionView, SignInView } from '@sotto/protocol';
import { PASSWORD, aDesk, type Desk } from '../support/desk.js';
import { mailTo } from '../support/mail.js';
import { Member, newClientId, sessionCookieOf } from '../support/people.js';
import { UNLIMITED, addMember } from '../support/scene.js';

const DAY = 24 * 60 * 60_000;
const HOUR = 60 * 60_000;
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const FIREFOX_NEXT = FIREFOX.replaceAll('140', '141');
const SAFARI = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15';
const HOME = '203.0.113.7';

let desk: Desk;
let ana: Member;
let email: string;
let turn = 0;
beforeAll(async () => {
  desk = await aDesk({ env: { ...UNLIMITED, SOTTO_TRUSTED_PROXIES: '1' } });
});
afterAll(() => desk.close());
beforeEach(async () => {
  turn += 1;
  email = `ana${turn}@acme.test`;
  ana = await addMember(desk, desk.owner.accountId, 'Ana', email, 'agent');
});

const cookiesOf = (answer: Response) => ([] as string[]).concat((answer.headers['set-cookie'] as unknown as string[] | undefined) ?? []);
const deviceOf = (answer: Response) =>
  cookiesOf(answer)
    .map((cookie) => cookie.split(';')[0] ?? '')
    .find((pair) => pair.startsWith('sotto_device='));
const logsIn = (browser: string, address: string, more: object = {}, cookie?: string) =>
  request(desk.url)
    .post('/api/v1/auth/login')
    .set({ 'user-agent': browser, 'x-forwarded-for': address, ...(cookie === undefined ? {} : { cookie }) })
    .send({ email, password: PASSWORD, ...more });
const memberOf = (answer: Response) => desk.keep(new Member(desk.url, sessionCookieOf(answer) ?? '', ana.id, ana.accountId));
const listOf = async (member: Member) => ((await member.get('/api/v1/sessions')).body as { items: SessionView[] }).items;
const isIn = async (member: Member) => (await member.get('/api/v1/me')).status === 200;
const audited = (action: string) =>
  desk.sql<{ data: string }>('select data from audit_entry where action = $1 and (actor_id = $2 or target_id = $2)', [action, ana.id]);

describe('a browser not seen before', () => {
  it('is no news at the very first sign-in', async () => {
    expect(await audited('auth.new-device')).toEqual([]);
    expect((await audited('auth.logged-in')).length).toBe(1);
  });

  it('is mailed about, and so is a network, and nothing else', async () => {
    const notices = async () => (await audited('auth.new-device')).length;
    const device = deviceOf(await logsIn(FIREFOX, HOME)) ?? '';
    expect(await notices()).toBe(1);
    const mail = await mailTo(desk, email);
    expect(mail.text).toContain('Firefox on Linux');
    expect(mail.text).toContain(HOME);
    // The next version, and a neighbour's address.
    await logsIn(FIREFOX_NEXT, '203.0.113.99');
    // The same browser, elsewhere.
    await logsIn(FIREFOX, '198.51.100.1', {}, device);
    expect(await notices()).toBe(1);
    await logsIn(FIREFOX, '198.51.101.1');
    await logsIn(SAFARI, HOME);
    await logsIn(FIREFOX, '2001:db8:1::1');
    await logsIn(FIREFOX, '2001:db8:1:9::1');
    expect(await notices()).toBe(4);
    desk.clock.advance(91 * DAY);
    await logsIn(FIREFOX, HOME);
    expect(await notices()).toBe(5);
    desk.clock.advance(-91 * DAY);
  });
});

describe('the list', () => {
  it('shows where a member is signed in, and nobody else’s', async () => {
    const elsewhere = memberOf(await logsIn(SAFARI, HOME));
    const here = memberOf(await logsIn(FIREFOX, '2001:db8::7', { remember: true }));
    const items = await listOf(here);
    expect(items.map(({ current, device, address, remembered }) => [current, device, address, remembered])).toEqual([
      [true, 'Firefox on Linux', '2001:db8::7', true],
      [false, 'Safari on macOS', HOME, false],
      [false, 'Unknown browser', '127.0.0.1', false],
    ]);
    expect((await listOf(elsewhere)).map(({ id }) => id).sort()).toEqual(items.map(({ id }) => id).sort());
    expect((await listOf(desk.owner)).filter(({ id }) => items.some((item) => item.id === id))).toEqual([]);
  });
});

describe('ending', () => {
  it('one closes its socket and leaves the others', async () => {
    const elsewhere = memberOf(await logsIn(SAFARI, HOME));
    const client = await elsewhere.connects();
    const id = (await listOf(elsewhere))[0]?.id ?? '';
    expect((await ana.delete(`/api/v1/sessions/${id}`)).status).toBe(204);
    await client.until(() => client.of('disconnect').length > 0, 'the end of the socket');
    expect(client.of('session.closed')).toEqual([{ reason: 'logged-out' }]);
    expect([await isIn(elsewhere), await isIn(ana)]).toEqual([false, true]);
    expect(await audited('auth.sessions-ended')).toEqual([{ data: '{"count":1}' }]);
  });

  it('another member’s is not possible, and neither is one that is gone', async () => {
    const [foreign] = await listOf(desk.owner);
    expect((await ana.delete(`/api/v1/sessions/${foreign?.id}`)).status).toBe(404);
    expect((await ana.delete(`/api/v1/sessions/${newClientId()}`)).status).toBe(404);
    expect((await ana.delete('/api/v1/sessions/none')).status).toBe(400);
    expect(await isIn(desk.owner)).toBe(true);
  });

  it('all others leaves this one; all leaves none', async () => {
    const others = [memberOf(await logsIn(SAFARI, HOME)), memberOf(await logsIn(SAFARI, HOME))];
    const client = await others[0]?.connects();
    expect((await ana.delete('/api/v1/sessions')).status).toBe(204);
    await client?.until(() => client.of('disconnect').length > 0, 'the end of the socket');
    expect(await Promise.all([...others, ana, desk.owner].map(isIn))).toEqual([false, false, true, true]);
    const all = await ana.delete('/api/v1/sessions?all=true');
    expect([all.status, cookiesOf(all)[0]]).toEqual([204, expect.stringMatching(/^sotto_session=;.*1970/)]);
    expect(await isIn(ana)).toBe(false);
    expect((await desk.owner.delete('/api/v1/sessions?all=perhaps')).status).toBe(400);
  });
});

describe('staying signed in', () => {
  it('is a choice: otherwise the browser forgets when it closes', async () => {
    const plain = cookiesOf(await logsIn(FIREFOX, HOME))[0] ?? '';
    const kept = cookiesOf(await logsIn(FIREFOX, HOME, { remember: true }))[0] ?? '';
    expect(plain).not.toMatch(/Max-Age|Expires/);
    const seconds = Number(/Max-Age=(\d+)/.exec(kept)?.[1]);
    expect(Math.round(seconds / (24 * 60 * 60))).toBe(30);
  });

  it('lasts 30 days, and 7 without use', async () => {
    const [plain, kept] = [memberOf(await logsIn(FIREFOX, HOME)), memberOf(await logsIn(FIREFOX, HOME, { remember: true }))];
    desk.clock.advance(9 * HOUR);
    expect([await isIn(plain), await isIn(kept)]).toEqual([false, true]);
    for (let days = 0; days < 24; days += 6) {
      desk.clock.advance(6 * DAY);
      expect([days, await isIn(kept)]).toEqual([days, true]);
    }
    desk.clock.advance(6 * DAY);
    expect(await isIn(kept)).toBe(false);
    const unused = memberOf(await logsIn(FIREFOX, HOME, { remember: true }));
    desk.clock.advance(7 * DAY + 1_000);
    expect(await isIn(unused)).toBe(false);
    desk.clock.advance(-37 * DAY - 9 * HOUR - 1_000);
  });
});

describe('what is kept of sign-ins', () => {
  const listed = async (member: Member) => ((await member.get('/api/v1/me/sign-ins')).body as { items: SignInView[] }).items;

  it('tells the member who signed in as them or tried to, sealed where it is stored', async () => {
    await logsIn(FIREFOX, HOME, { password: 'wrong' });
    await logsIn(FIREFOX, HOME);
    const items = await listed(ana);
    expect(items.map(({ outcome, device, address }) => [outcome, device, address])).toEqual([
      ['signed-in', 'Firefox on Linux', HOME],
      ['password-wrong', 'Firefox on Linux', HOME],
      ['signed-in', 'Unknown browser', '127.0.0.1'],
    ]);
    expect((await audited('auth.failed')).length).toBe(1);
    const rows = await desk.sql<{ row: string }>(
      "select to_jsonb(s)::text || convert_from(decode(translate(encode(s.footprint_sealed, 'escape'), '\\', ''), 'escape'), 'latin1') as row from sign_in s where member_id = $1",
      [ana.id],
    );
    expect(rows).toHaveLength(3);
    expect(rows.filter(({ row }) => /203\.0|Firefox/.test(row))).toEqual([]);
    desk.clock.advance(90 * DAY + 1_000);
    expect(await listed(memberOf(await logsIn(FIREFOX, HOME)))).toHaveLength(1);
    desk.clock.advance(-90 * DAY - 1_000);
  });
});
