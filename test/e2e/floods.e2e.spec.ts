import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request, { type Response } from 'supertest';
import type { NewVisitorSession, VisitorSessionView, WidgetConfig, WidgetTicket } from '@sotto/protocol';
import { databaseKind } from '../support/database.js';
import { aDesk, type Desk, type DeskOptions } from '../support/desk.js';

const USUAL = 4;
const MINUTE = 60_000;
/** Longer than a person needs to read the notice. */
const READING = 2_000;

const desks: Desk[] = [];
const opened = async (options: DeskOptions): Promise<Desk> => {
  const desk = await aDesk(options);
  desks.push(desk);
  return desk;
};
afterAll(async () => {
  for (const desk of desks.reverse()) await desk.close();
});

type Extra = Partial<Pick<NewVisitorSession, 'ticket' | 'nonce' | 'website'>>;

let place = 0;
/** An address that no other test comes from. */
const somewhere = () => `198.51.${100 + Math.floor(++place / 250)}.${(place % 250) + 1}`;

const configOf = async (desk: Desk, key = desk.inbox.key) =>
  (await request(desk.url).get(`/widget/v1/inboxes/${key}`)).body as WidgetConfig;

/** The inbox as it is told to somebody at this address. */
const configAt = async (desk: Desk, address: string) =>
  (await request(desk.url).get(`/widget/v1/inboxes/${desk.inbox.key}`).set('x-forwarded-for', address)).body as WidgetConfig;

async function opens(desk: Desk, extra: Extra = {}, address = somewhere(), token?: string): Promise<Response> {
  const { policy } = await configOf(desk);
  return request(desk.url)
    .post('/widget/v1/sessions')
    .set({ 'x-forwarded-for': address, ...(token ? { authorization: `Bearer ${token}` } : {}) })
    .send({
      inboxKey: desk.inbox.key,
      consent: { policyId: policy.id, policyVersion: policy.version, purposes: ['support'] },
      ...extra,
    });
}

const codeOf = (answer: Response) => [answer.status, (answer.body as { code?: string }).code];

/** What is held of the session an answer opened. */
async function suspicionOf(desk: Desk, answer: Response): Promise<string | null> {
  expect(codeOf(answer)).toEqual([201, undefined]);
  const { receipt } = answer.body as VisitorSessionView;
  const [row] = await desk.sql<{ suspicion: string | null }>('select suspicion from visitor_session where receipt_id = $1', [receipt.id]);
  return row!.suspicion;
}

/** The work as the documentation describes it, and nothing of the server's. */
function solve({ ticket, difficulty }: WidgetTicket): Extra {
  for (let nonce = 0; ; nonce++) {
    const digest = createHash('sha256').update(`${ticket}.${nonce}`).digest();
    if (digest.readUInt32BE() < 2 ** (32 - difficulty)) return { ticket, nonce: String(nonce) };
  }
}

describe('a session in peace', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await opened({ env: { SOTTO_TRUSTED_PROXIES: '1' } });
  });

  /** A ticket as old as this. */
  const aged = async (milliseconds: number): Promise<{ ticket: string }> => {
    const { ticket } = (await configOf(desk)).ticket;
    desk.clock.advance(milliseconds);
    return { ticket };
  };

  it('asks for no work, and nothing is odd about whoever reads first', async () => {
    expect((await configOf(desk)).ticket.difficulty).toBe(0);
    const { ticket } = await aged(READING);
    expect(await suspicionOf(desk, await opens(desk, { ticket }))).toBeNull();
  });

  it('is fast when it comes at once after the inbox', async () => {
    const { ticket } = await aged(0);
    expect(await suspicionOf(desk, await opens(desk, { ticket }))).toBe('fast');
  });

  it('is let in without a ticket, and counts as fast', async () => {
    expect(await suspicionOf(desk, await opens(desk))).toBe('fast');
  });

  it('has a ticket once only, also when two come at the same moment', async () => {
    const { ticket } = await aged(READING);
    const answers = await Promise.all([opens(desk, { ticket }), opens(desk, { ticket })]);
    const suspicions = await Promise.all(answers.map((answer) => suspicionOf(desk, answer)));
    expect(suspicions.filter((suspicion) => suspicion === null)).toHaveLength(1);
    expect(suspicions).toContain('fast');
  });

  it('has a ticket for ten minutes', async () => {
    const { ticket } = await aged(10 * MINUTE - 1_000);
    expect(await suspicionOf(desk, await opens(desk, { ticket }))).toBeNull();
    const { ticket: old } = await aged(10 * MINUTE + 1_000);
    expect(await suspicionOf(desk, await opens(desk, { ticket: old }))).toBe('fast');
  });

  it('takes no ticket of another inbox', async () => {
    const { inbox } = await desk.makeAccount('Other', 'owner@other.test');
    const { ticket } = (await configOf(desk, inbox.key)).ticket;
    desk.clock.advance(READING);
    expect(await suspicionOf(desk, await opens(desk, { ticket }))).toBe('fast');
  });

  it.each([
    ['a moment of its own', ([, difficulty, random, signature]: string[]) => ['l0000000', difficulty, random, signature]],
    ['a difficulty of its own', ([moment, , random, signature]: string[]) => [moment, '1', random, signature]],
    ['no signature', (parts: string[]) => parts.slice(0, 3)],
    ['nothing but dots', () => ['', '', '', '']],
    ['a name of an object', () => ['__proto__']],
  ])('takes no ticket with %s', async (_, forge) => {
    const { ticket } = await aged(READING);
    expect(await suspicionOf(desk, await opens(desk, { ticket: forge(ticket.split('.')).join('.') }))).toBe('fast');
  });

  it('is a program’s when the field no person sees is filled in, and nobody is told', async () => {
    const { ticket } = await aged(READING);
    const trapped = await opens(desk, { ticket, website: 'https://casino.example' });
    expect(await suspicionOf(desk, trapped)).toBe('trap');
    const honest = await opens(desk, await aged(READING));
    expect(Object.keys(trapped.body as object)).toEqual(Object.keys(honest.body as object));
    expect(trapped.text).not.toMatch(/trap|casino|suspicion/);
  });

  it('renewed at once is not fast, and remembers what was odd at first', async () => {
    const { ticket } = await aged(READING);
    const honest = (await opens(desk, { ticket })).body as VisitorSessionView;
    expect(await suspicionOf(desk, await opens(desk, {}, somewhere(), honest.token))).toBeNull();
    const trapped = (await opens(desk, { website: 'x' })).body as VisitorSessionView;
    expect(await suspicionOf(desk, await opens(desk, {}, somewhere(), trapped.token))).toBe('trap');
  });

  it('says and keeps nothing of whoever asks for the inbox', async () => {
    const rows = () => desk.sql('select id from visitor_session');
    const before = (await rows()).length;
    const answer = await request(desk.url).get(`/widget/v1/inboxes/${desk.inbox.key}`).set('x-forwarded-for', '198.51.99.1');
    const { ticket } = (answer.body as WidgetConfig).ticket;
    expect(ticket).toMatch(/^[0-9a-z]+\.0\.[\w-]{12}\.[\w-]{43}$/);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect((await rows()).length).toBe(before);
  });
});

describe('an inbox under attack', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await opened({ env: { SOTTO_TRUSTED_PROXIES: '1', SOTTO_ATTACK_SESSIONS_PER_MINUTE: String(USUAL) } });
  });

  /** Ten calm minutes, whatever was before, up to the beginning of one: what follows is counted together. */
  beforeEach(() => {
    desk.clock.advance(10 * MINUTE);
    desk.clock.advance(MINUTE - (desk.clock.now().getTime() % MINUTE));
  });

  /** More sessions in a minute than are usual. */
  async function flood(sessions = USUAL + 2): Promise<Response[]> {
    const answers: Response[] = [];
    for (let one = 0; one < sessions; one++) answers.push(await opens(desk));
    return answers;
  }

  it('lets so many in, then demands work', async () => {
    const answers = await flood();
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(USUAL).fill(201), 403, 403]);
    expect(codeOf(answers.at(-1)!)).toEqual([403, 'proof.required']);
    expect((answers.at(-1)!.body as { detail: string }).detail).toMatch(/fetch the inbox again/i);
  });

  it('writes nothing for those it refuses', async () => {
    await flood();
    const sessions = () => desk.sql('select id from visitor_session');
    const before = (await sessions()).length;
    expect(codeOf(await opens(desk, { website: 'x' }))).toEqual([403, 'proof.required']);
    expect((await sessions()).length).toBe(before);
  });

  it('lets whoever does the work in, once for each ticket', async () => {
    await flood();
    const { ticket } = await configOf(desk);
    expect(ticket.difficulty).toBe(16);
    const solved = solve(ticket);
    desk.clock.advance(READING);
    expect(codeOf(await opens(desk, { ticket: ticket.ticket }))).toEqual([403, 'proof.required']);
    expect(codeOf(await opens(desk, { ...solved, nonce: `${solved.nonce}0` }))).toEqual([403, 'proof.required']);
    expect(await suspicionOf(desk, await opens(desk, solved))).toBeNull();
    expect(codeOf(await opens(desk, solved))).toEqual([403, 'proof.required']);
  });

  it('takes no ticket from before the attack, and none of another inbox', async () => {
    const { ticket: before } = await configOf(desk);
    const { inbox } = await desk.makeAccount('Other', 'owner@other.test');
    const answers = await flood();
    expect(answers.at(-1)!.status).toBe(403);
    expect(codeOf(await opens(desk, solve(before)))).toEqual([403, 'proof.required']);
    const { ticket: foreign } = await configOf(desk, inbox.key);
    // Another inbox is at peace.
    expect(foreign.difficulty).toBe(0);
    expect(codeOf(await opens(desk, solve(foreign)))).toEqual([403, 'proof.required']);
  });

  it('asks for more the more come, those it refuses among them', async () => {
    await flood(USUAL * 4);
    expect((await configOf(desk)).ticket.difficulty).toBe(18);
  });

  it('takes work that was a little less when it was asked for', async () => {
    await flood();
    const solved = solve((await configOf(desk)).ticket);
    for (let more = 0; more < USUAL; more++) await opens(desk);
    const { ticket } = await configOf(desk);
    expect(ticket.difficulty).toBe(17);
    expect((await opens(desk, solved)).status).toBe(201);
  });

  it('does not put those who were here before to work', async () => {
    const [first] = await flood();
    const { token, contactId } = first!.body as VisitorSessionView;
    const renewed = await opens(desk, {}, somewhere(), token);
    expect(codeOf(renewed)).toEqual([201, undefined]);
    expect((renewed.body as VisitorSessionView).contactId).toBe(contactId);
  });

  it('is at peace again after calm minutes, and not between two waves', async () => {
    await flood();
    for (let minute = 0; minute < 5; minute++) {
      desk.clock.advance(MINUTE);
      expect((await configOf(desk)).ticket.difficulty).toBe(16);
    }
    desk.clock.advance(MINUTE);
    expect((await configOf(desk)).ticket.difficulty).toBe(0);
    expect((await opens(desk)).status).toBe(201);
  });
});

describe('one place', () => {
  let desk: Desk;
  const PER_MINUTE = 3;
  beforeAll(async () => {
    desk = await opened({
      env: {
        SOTTO_TRUSTED_PROXIES: '1',
        SOTTO_VISITOR_SESSIONS_PER_MINUTE: String(PER_MINUTE),
        SOTTO_ATTACK_SESSIONS_PER_MINUTE: '1000',
      },
    });
  });

  it('opens so many sessions a minute, then is told when to come back', async () => {
    const address = somewhere();
    for (let one = 0; one < PER_MINUTE; one++) expect((await opens(desk, {}, address)).status).toBe(201);
    const refused = await opens(desk, {}, address);
    expect(codeOf(refused)).toEqual([429, 'rate.limited']);
    const { retryAfter } = refused.body as { retryAfter: number };
    expect(retryAfter).toBeGreaterThan(0);
    expect(refused.headers['retry-after']).toBe(String(retryAfter));
    expect((await opens(desk, {}, somewhere())).status).toBe(201);
  });

  it('is a whole /64 of IPv6', async () => {
    const answers: number[] = [];
    for (const host of ['::1', '::2', ':ffff:ffff:ffff:ffff', '::4']) answers.push((await opens(desk, {}, `2001:db8:5:1${host}`)).status);
    expect(answers).toEqual([201, 201, 201, 429]);
    expect((await opens(desk, {}, '2001:db8:5:2::1')).status).toBe(201);
  });

  it('that opens more in an hour than people do works for each, and nobody else does', async () => {
    const AN_HOUR = 3;
    const busy = await opened({ env: { SOTTO_TRUSTED_PROXIES: '1', SOTTO_VISITOR_SESSIONS_PER_HOUR: String(AN_HOUR) } });
    const office = somewhere();
    const before = await configAt(busy, office);
    for (let one = 0; one < AN_HOUR; one++) expect((await opens(busy, {}, office)).status).toBe(201);
    expect(codeOf(await opens(busy, { ticket: before.ticket.ticket }, office))).toEqual([403, 'proof.required']);
    const { ticket } = await configAt(busy, office);
    expect(ticket.difficulty).toBe(16);
    expect(codeOf(await opens(busy, solve(ticket), office))).toEqual([201, undefined]);
    const elsewhere = somewhere();
    expect((await configAt(busy, elsewhere)).ticket.difficulty).toBe(0);
    expect((await opens(busy, {}, elsewhere)).status).toBe(201);
  });

  it('that is refused puts nobody else to work', async () => {
    const strict = await opened({ env: { SOTTO_TRUSTED_PROXIES: '1', SOTTO_VISITOR_SESSIONS_PER_MINUTE: String(PER_MINUTE) } });
    const address = somewhere();
    for (let one = 0; one < PER_MINUTE * 5; one++) await opens(strict, {}, address);
    expect((await configOf(strict)).ticket.difficulty).toBe(0);
  });
});

// Nodes count together through Redis, which a run on Postgres has.
if (databaseKind === 'postgres') {
  describe('several nodes', () => {
    it('count together and know each other’s tickets', async () => {
      const env = { SOTTO_TRUSTED_PROXIES: '1', SOTTO_ATTACK_SESSIONS_PER_MINUTE: String(USUAL) };
      const first = await opened({ env });
      const second = await opened({ env, beside: first });
      second.inbox = first.inbox;
      const { ticket } = (await configOf(first)).ticket;
      first.clock.advance(READING);
      second.clock.advance(READING);
      expect(await suspicionOf(first, await opens(second, { ticket }))).toBeNull();
      expect(await suspicionOf(first, await opens(first, { ticket }))).toBe('fast');
      for (let one = 0; one < USUAL; one++) await opens(one % 2 === 0 ? first : second);
      const asked = await Promise.all([configOf(first), configOf(second)]);
      expect(asked.map((config) => config.ticket.difficulty)).toEqual([16, 16]);
    });
  });
}
