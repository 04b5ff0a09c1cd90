import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  BlockView,
  BulkAnswer,
  ConversationStartAck,
  ConversationView,
  LessonView,
  Page,
  Performance,
  ScreeningExplanation,
  ScreeningSettings,
  TeachAnswer,
  TeacherView,
  VisitorConversationView,
} from '@sotto/protocol';
import { aColleague } from '../support/colleagues.js';
import { aDesk, type Desk } from '../support/desk.js';
import { newClientId, says, starts, type Member } from '../support/people.js';
import { HAM, SPAM } from '../support/spam.js';

let desk: Desk;
let agent: Member;
beforeAll(async () => {
  desk = await aDesk({ env: { SOTTO_SETUP_GRACE_HOURS: '1000' } });
  agent = (await aColleague(desk, 'Ana')).member;
});
afterAll(() => desk.close());

const ticket = async (member: Member, body: string, contact: object = { name: 'Somebody' }): Promise<ConversationStartAck> => {
  const inboxes = await member.get('/api/v1/inboxes');
  const inboxId = (inboxes.body as Page<{ id: string }>).items[0]!.id;
  const answer = await member.post('/api/v1/conversations', { inboxId, contact, message: { clientMessageId: newClientId(), body } });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body as ConversationStartAck;
};
const view = async (member: Member, id: string) => (await member.get(`/api/v1/conversations/${id}`)).body as ConversationView;
const explain = async (member: Member, id: string) =>
  (await member.get(`/api/v1/conversations/${id}/screening`)).body as ScreeningExplanation;

/** The conversation once the filter has looked at it. */
async function screened(member: Member, id: string): Promise<ScreeningExplanation & { view: ConversationView }> {
  for (let tries = 0; tries < 200; tries++) {
    const explanation = await explain(member, id);
    if (explanation.first) return { ...explanation, view: await view(member, id) };
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('It was not screened');
}

const teach = async (member: Member, id: string, verdict: 'spam' | 'ham') => {
  const answer = await member.post(`/api/v1/conversations/${id}/screening`, { verdict });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body as TeachAnswer;
};

async function school(member: Member, rounds = 4): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const [bodies, verdict] of [
      [SPAM, 'spam'],
      [HAM, 'ham'],
    ] as const) {
      for (const body of bodies) await teach(member, (await ticket(member, `${body} ${round}`)).conversationId, verdict);
    }
  }
}

describe('what comes in', () => {
  it('is delivered while nothing was taught, without doubts', async () => {
    const { conversationId } = await ticket(desk.owner, HAM[0]!);
    const { view: seen, first } = await screened(desk.owner, conversationId);
    expect(seen).toMatchObject({ status: 'open', screening: null, channel: 'api' });
    expect(first).toMatchObject({ verdict: 'ham', by: 'filter' });
  });

  it('is quarantined once its kind was taught, by chat and through the API, with reasons in its own words', async () => {
    await school(desk.owner);
    const viaApi = await screened(
      desk.owner,
      (await ticket(desk.owner, 'You won a free prize, claim it at http://win.example/claim now')).conversationId,
    );
    expect(viaApi.view).toMatchObject({ status: 'spam', screening: { verdict: 'spam', by: 'filter' }, waitingSince: null });
    const watching = await desk.owner.connects();
    const visitor = await (await desk.visitor()).connects();
    const { conversationId } = await starts(visitor, 'Congratulations! You won a FREE prize worth 700 dollars: http://win.example/claim');
    const viaChat = await screened(desk.owner, conversationId);
    expect(viaChat.view.status).toBe('spam');
    const words = viaChat.reasons.filter(({ weight }) => weight > 0).map(({ text }) => text);
    expect(words.join(' ')).toMatch(/prize|win\.example|free|won/);
    const span = viaChat.reasons.find(({ spans }) => spans.length > 0)!;
    const [from, to] = span.spans[0]!;
    expect('Congratulations! You won a FREE prize worth 700 dollars: http://win.example/claim'.slice(from, to).toLowerCase()).toContain(
      span.text.split(' ')[0],
    );
    await watching.until((client) => client.events.some((event) => event.type === 'screened' && event.conversationId === conversationId));
    const told = watching.events.filter((event) => event.conversationId === conversationId);
    // Nobody sees it among the open ones for a moment: it is told with what it has become.
    expect(told[0]).toMatchObject({ conversation: { status: 'spam' } });
    expect(told.map(({ type, seq }) => [type, seq])).toEqual([
      ['message.created', 1],
      ['screened', 2],
    ]);
  });

  it('needs no receipt of consent where a program answers for it, and shows that there is none', async () => {
    const { conversationId } = await ticket(desk.owner, 'A question by telephone.', { name: 'Caller' });
    const { contact } = await view(desk.owner, conversationId);
    const receipts = await desk.owner.get(`/api/v1/contacts/${contact.id}/receipts`);
    expect([receipts.status, (receipts.body as Page<object>).items]).toEqual([200, []]);
    const own = await (await desk.visitor()).connects();
    const refused = await own.call('message.send', { conversationId, clientMessageId: newClientId(), body: 'Not mine' });
    expect(refused).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });

  it('tells its visitor nothing of the quarantine', async () => {
    const visitor = await desk.visitor();
    const socket = await visitor.connects();
    const { conversationId } = await starts(socket, 'Claim your free prize now at http://win.example/claim, you won 500 dollars');
    expect((await screened(desk.owner, conversationId)).view.status).toBe('spam');
    const own = await visitor.get(`/api/v1/conversations/${conversationId}`);
    expect(own.body as VisitorConversationView).toMatchObject({ status: 'open', head: 1 });
    expect(JSON.stringify([own.body, socket.received])).not.toMatch(/spam|screen/);
  });

  it('stands in no list but the quarantine, which counts it', async () => {
    const list = async (query: string) => ((await desk.owner.get(`/api/v1/conversations${query}`)).body as Page<ConversationView>).items;
    expect((await list('')).filter(({ status }) => status === 'spam')).toEqual([]);
    const spam = await list('?status=spam');
    expect(spam.length).toBeGreaterThan(0);
    expect(spam.every(({ status }) => status === 'spam')).toBe(true);
    const counts = await desk.owner.get('/api/v1/conversations/counts');
    expect((counts.body as { spam: { count: number } }).spam.count).toBe((await list('?status=spam&limit=100')).length);
  });

  it('never quarantines a contact whom a member has answered', async () => {
    const first = await ticket(desk.owner, HAM[1]!, { email: 'known@customer.test' });
    await desk.owner.post(`/api/v1/conversations/${first.conversationId}/messages`, { clientMessageId: newClientId(), body: 'Gladly.' });
    const next = await ticket(desk.owner, SPAM[0]!, { email: 'known@customer.test' });
    const { first: verdict, view: seen } = await screened(desk.owner, next.conversationId);
    expect(verdict).toMatchObject({ verdict: 'ham', by: 'trusted', score: null });
    expect(seen.status).toBe('open');
    const stranger = await ticket(desk.owner, SPAM[0]!, { email: 'unknown@customer.test' });
    expect((await screened(desk.owner, stranger.conversationId)).view.status).toBe('spam');
  });

  it('is read on until somebody answers: a harmless beginning hides nothing', async () => {
    const socket = await (await desk.visitor()).connects();
    const { conversationId } = await starts(socket, 'hi there');
    await screened(desk.owner, conversationId);
    await says(socket, conversationId, `${SPAM[0]} ${SPAM[3]}`);
    const watching = await desk.owner.connects();
    for (let tries = 0; (await view(desk.owner, conversationId)).status !== 'spam'; tries++) {
      if (tries > 100) throw new Error('It was not read on');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    watching.close();
  });
});

describe('a verdict', () => {
  it('takes a conversation out of quarantine, and the next of its kind comes through', async () => {
    const newsletter = 'You won our monthly reader prize draw: your free ticket is at the box office, claim it by Friday';
    const { conversationId } = await ticket(desk.owner, newsletter);
    const before = await screened(desk.owner, conversationId);
    await teach(desk.owner, conversationId, 'ham');
    for (let copy = 0; copy < 3; copy++) {
      const one = await ticket(desk.owner, `${newsletter} ${copy}`);
      if ((await screened(desk.owner, one.conversationId)).view.status === 'spam') await teach(desk.owner, one.conversationId, 'ham');
    }
    const next = await screened(desk.owner, (await ticket(desk.owner, `${newsletter} again`)).conversationId);
    expect(next.view.status).toBe('open');
    expect(next.now!.score).toBeLessThan(before.now!.score);
  });

  it('is taken back exactly: the conversation as it was, the filter as it was', async () => {
    const probe = (await ticket(desk.owner, 'Order cheap pills today at http://pills.example')).conversationId;
    await screened(desk.owner, probe);
    const { conversationId } = await ticket(agent, 'pills pills pills order order http://pills.example');
    const was = await screened(agent, conversationId);
    const before = (await explain(desk.owner, probe)).now!.score;
    await teach(agent, conversationId, was.view.status === 'spam' ? 'ham' : 'spam');
    expect((await explain(desk.owner, probe)).now!.score).not.toBe(before);
    const undone = await agent.delete(`/api/v1/conversations/${conversationId}/screening`);
    expect(undone.body as TeachAnswer).toMatchObject({ status: was.view.status, lesson: null });
    expect((await explain(desk.owner, probe)).now!.score).toBe(before);
    const again = await agent.delete(`/api/v1/conversations/${conversationId}/screening`);
    expect([again.status, (again.body as { code: string }).code]).toEqual([409, 'screening.nothing-to-undo']);
  });

  it('given twice counts once; the opposite replaces it', async () => {
    const { conversationId } = await ticket(agent, 'A question about my order, please.');
    await screened(agent, conversationId);
    const one = await teach(agent, conversationId, 'ham');
    expect(await teach(agent, conversationId, 'ham')).toEqual(one);
    expect((await explain(agent, conversationId)).lessons).toHaveLength(1);
    await teach(agent, conversationId, 'spam');
    const { lessons, view: seen } = { ...(await explain(agent, conversationId)), view: await view(agent, conversationId) };
    expect(lessons.map(({ verdict }) => verdict)).toEqual(['spam']);
    expect(seen).toMatchObject({ status: 'spam', screening: { verdict: 'spam', by: 'member' } });
    await teach(agent, conversationId, 'ham');
  });

  it('of somebody else to the contrary overrules the first', async () => {
    const { conversationId } = await ticket(agent, 'Is the shop open on Sunday afternoon?');
    await screened(agent, conversationId);
    await teach(agent, conversationId, 'spam');
    await teach(desk.owner, conversationId, 'ham');
    const { lessons } = await explain(desk.owner, conversationId);
    expect(lessons.map(({ verdict, state }) => [verdict, state])).toEqual([
      ['ham', 'learned'],
      ['spam', 'overruled'],
    ]);
  });

  it('of one agent alone does not turn what an owner stands behind', async () => {
    const { conversationId } = await ticket(agent, 'Can I pay by invoice, and until when?');
    await screened(agent, conversationId);
    await teach(desk.owner, conversationId, 'ham');
    expect((await teach(agent, conversationId, 'spam')).lesson).toEqual({ state: 'held', reason: 'contradicts' });
    const { lessons } = await explain(desk.owner, conversationId);
    expect(lessons.map(({ verdict, state }) => [verdict, state])).toEqual([
      ['spam', 'held'],
      ['ham', 'learned'],
    ]);
    await agent.delete(`/api/v1/conversations/${conversationId}/screening`);
  });

  it('on many at once says which failed', async () => {
    const ids = [];
    for (const body of HAM.slice(0, 3)) ids.push((await ticket(agent, `${body} (bulk)`)).conversationId);
    const nobody = newClientId();
    const answer = await agent.post('/api/v1/screening/verdicts', { conversationIds: [...ids, nobody], verdict: 'spam' });
    expect(answer.body as BulkAnswer).toEqual({ done: ids, failed: [{ id: nobody, code: 'not-found' }] });
    expect((await view(agent, ids[0]!)).status).toBe('spam');
    const undone = await agent.post('/api/v1/screening/verdicts/undo', { conversationIds: ids });
    expect((undone.body as BulkAnswer).done).toEqual(ids);
    expect((await view(agent, ids[0]!)).status).toBe('open');
  });
});

describe('owners', () => {
  it('see how well it does, day by day', async () => {
    const answer = await desk.owner.get('/api/v1/screening/performance?days=7');
    const { days, lessons } = answer.body as Performance;
    expect(days).toHaveLength(7);
    const today = days.at(-1)!;
    expect(today.caught).toBeGreaterThan(0);
    expect(today.screened).toBeGreaterThanOrEqual(today.caught + today.missed + today.wronglyQuarantined);
    expect(lessons.spam).toBeGreaterThan(20);
  });

  it('move the threshold, and see what it would have done', async () => {
    const before = (await desk.owner.get('/api/v1/screening/settings')).body as ScreeningSettings;
    expect(before.threshold).toBeNull();
    const caught = before.curve.points.map((point) => point.caught);
    expect(caught).toEqual(caught.toSorted((a, b) => b - a));
    const { conversationId } = await ticket(desk.owner, 'Claim the free prize you won at http://win.example');
    expect((await screened(desk.owner, conversationId)).view.status).toBe('spam');
    await desk.owner.put('/api/v1/screening/settings', { threshold: 12 });
    const high = await screened(
      desk.owner,
      (await ticket(desk.owner, 'Claim the free prize you won at http://win.example')).conversationId,
    );
    expect(high.view).toMatchObject({ status: 'open', screening: { verdict: 'unsure', by: 'filter' } });
    const back = await desk.owner.put('/api/v1/screening/settings', { threshold: null });
    expect((back.body as ScreeningSettings).effective).toBe((back.body as ScreeningSettings).automatic);
    for (const threshold of [0, 13, 'high']) expect((await desk.owner.put('/api/v1/screening/settings', { threshold })).status).toBe(400);
  });

  it('see who taught what, and roll a teacher back exactly', async () => {
    const probe = (await ticket(desk.owner, 'Where is my parcel?')).conversationId;
    await screened(desk.owner, probe);
    const { member: eve } = await aColleague(desk, 'Eve');
    const before = (await explain(desk.owner, probe)).now!.score;
    for (const body of HAM) await teach(eve, (await ticket(eve, `${body} parcel`)).conversationId, 'spam');
    const teachers = ((await desk.owner.get('/api/v1/screening/teachers')).body as { items: TeacherView[] }).items;
    expect(teachers.find(({ member }) => member.id === eve.id)).toMatchObject({ spam: 6, ham: 0 });
    expect((await explain(desk.owner, probe)).now!.score).not.toBe(before);
    const answer = await desk.owner.post(`/api/v1/screening/teachers/${eve.id}/roll-back`);
    expect(answer.body).toEqual({ removed: 6 });
    expect((await explain(desk.owner, probe)).now!.score).toBe(before);
  });

  it('look at lessons that wait, and accept them', async () => {
    const { member: eve } = await aColleague(desk, 'Eve');
    await school(desk.owner, 8);
    const held: string[] = [];
    for (let turn = 0; turn < 12; turn++) {
      const { conversationId } = await ticket(eve, `${HAM[turn % HAM.length]} number ${turn}`);
      await screened(eve, conversationId);
      const { lesson } = await teach(eve, conversationId, 'spam');
      if (lesson?.state === 'held') held.push(conversationId);
    }
    expect(held.length).toBeGreaterThan(0);
    const waiting = ((await desk.owner.get('/api/v1/screening/lessons?state=held')).body as Page<LessonView>).items;
    const one = waiting.find(({ conversation }) => conversation?.id === held[0])!;
    expect(one).toMatchObject({ verdict: 'spam', reason: 'contradicts', contradicted: true });
    const accepted = await desk.owner.post(`/api/v1/screening/lessons/${one.id}/accept`);
    expect(accepted.body as LessonView).toMatchObject({ state: 'learned', reason: null });
    expect((await desk.owner.delete(`/api/v1/screening/lessons/${one.id}`)).status).toBe(204);
    await desk.owner.post(`/api/v1/screening/teachers/${eve.id}/roll-back`);
  });

  it('lose nothing to a member whose twenty lessons make the filter worse: those are taken back, exactly', async () => {
    const { member: eve } = await aColleague(desk, 'Eve');
    const probe = (await ticket(desk.owner, HAM[0]!)).conversationId;
    await screened(desk.owner, probe);
    const before = (await explain(desk.owner, probe)).now!.score;
    const honest = async (at: number) => {
      const [bodies, verdict] = at % 2 ? ([SPAM, 'spam'] as const) : ([HAM, 'ham'] as const);
      return (await teach(eve, (await ticket(eve, `${bodies[at % 6]} ${at}`)).conversationId, verdict)).lesson?.state;
    };
    for (let at = 0; at < 19; at++) expect(await honest(at)).toBe('learned');
    // Lies that came past the guard one by one.
    await desk.sql(`update screening_lesson set verdict = case verdict when 'spam' then 'ham' else 'spam' end where member_id = $1`, [
      eve.id,
    ]);
    await desk.sql('update screening_head set epoch = epoch + 1 where account_id = $1', [eve.accountId]);
    await honest(19);
    const lessons = ((await desk.owner.get(`/api/v1/screening/lessons?member=${eve.id}`)).body as Page<LessonView>).items;
    expect(lessons.map(({ state, reason }) => [state, reason])).toEqual(lessons.map(() => ['refused', 'harmful']));
    expect(lessons).toHaveLength(20);
    expect((await explain(desk.owner, probe)).now!.score).toBe(before);
    // Twenty honest ones stay.
    await desk.owner.post(`/api/v1/screening/teachers/${eve.id}/roll-back`);
    for (let at = 0; at < 21; at++) expect(await honest(at)).toBe('learned');
    const kept = ((await desk.owner.get(`/api/v1/screening/lessons?member=${eve.id}&state=refused`)).body as Page<LessonView>).items;
    expect(kept).toEqual([]);
  });

  it('have a second look at more lessons than one person reads in an hour', async () => {
    const { member: eve } = await aColleague(desk, 'Eve');
    await desk.sql(
      `insert into screening_lesson (id, account_id, conversation_id, contact_id, member_id, verdict, state, contradicted, confirmed, judged, score,
                                     feature_version, features_sealed, created_at)
       select gen_random_uuid(), $1, gen_random_uuid(), gen_random_uuid(), $2, 'ham', 'overruled', false, false, false, 0, 0, '', $3
         from generate_series(1, 200)`,
      [eve.accountId, eve.id, desk.clock.now()],
    );
    const { conversationId } = await ticket(eve, HAM[2]!);
    expect(await teach(eve, conversationId, 'spam')).toMatchObject({ status: 'spam', lesson: { state: 'held', reason: 'too-many' } });
    await desk.owner.post(`/api/v1/screening/teachers/${eve.id}/roll-back`);
  });

  it('block an address, a domain and an IP address, which nobody can read out of the list', async () => {
    const { email } = { email: 'pest@nuisance.test' };
    const first = await ticket(desk.owner, 'A harmless question about shoes.', { email });
    await screened(desk.owner, first.conversationId);
    const block = await desk.owner.post('/api/v1/screening/blocks/of-conversation', {
      conversationId: first.conversationId,
      reason: 'Insults us',
      days: 1,
    });
    expect(block.status).toBe(201);
    const next = await screened(desk.owner, (await ticket(desk.owner, 'Another harmless question.', { email })).conversationId);
    expect(next.view).toMatchObject({ status: 'spam', screening: { verdict: 'spam', by: 'block' } });
    expect(next.block).toEqual({ id: (block.body as { id: string }).id, reason: 'Insults us' });
    const rows = await desk.sql<{ row: string }>('select to_jsonb(b)::text as row from screening_block b');
    expect(JSON.stringify(rows)).not.toMatch(/nuisance|pest|Insults/);
    desk.clock.advance(25 * 3_600_000);
    desk.owner = await desk.logsIn();
    const later = await screened(desk.owner, (await ticket(desk.owner, 'A third harmless question.', { email })).conversationId);
    expect(later.view.screening?.by).not.toBe('block');
    await desk.owner.post('/api/v1/screening/blocks', { kind: 'domain', value: '@Nuisance.test', reason: 'All of them' });
    const sub = await ticket(desk.owner, 'Hello from below.', { email: 'x@mail.nuisance.test' });
    expect((await screened(desk.owner, sub.conversationId)).view.screening).toEqual({ verdict: 'spam', by: 'block' });
    const checked = await desk.owner.post('/api/v1/screening/blocks/check', { value: 'deep.nuisance.test' });
    expect((checked.body as { block: { reason: string } }).block.reason).toBe('All of them');
    await desk.owner.post('/api/v1/screening/blocks', { kind: 'ip', value: '2001:DB8::1', reason: 'Noise' });
    const net = await desk.owner.post('/api/v1/screening/blocks/check', { value: '2001:db8:0:0:9::7' });
    expect((net.body as { block: { kind: string } | null }).block?.kind).toBe('ip');
    // Somebody who opens a chat from there is let in, told nothing, and held back.
    await desk.owner.post('/api/v1/screening/blocks', { kind: 'ip', value: '127.0.0.1', reason: 'Noise' });
    const pest = await (await desk.visitor()).connects();
    const chat = await starts(pest, 'A harmless question from a blocked place.');
    expect((await screened(desk.owner, chat.conversationId)).view).toMatchObject({ status: 'spam', screening: { by: 'block' } });
    const { items } = (await desk.owner.get('/api/v1/screening/blocks')).body as Page<BlockView>;
    const off = items.filter(({ kind }) => kind === 'ip').map(({ id }) => desk.owner.delete(`/api/v1/screening/blocks/${id}`));
    expect((await Promise.all(off)).map(({ status }) => status)).toEqual([204, 204]);
    const wrong = await desk.owner.post('/api/v1/screening/blocks', { kind: 'ip', value: '10.1', reason: 'Noise' });
    expect([wrong.status, (wrong.body as { errors: { path: string }[] }).errors[0]?.path]).toEqual([400, 'value']);
  });
});

it('two accounts taught opposite things do not touch each other', async () => {
  const other = await desk.makeAccount('Opposite', 'owner@opposite.test');
  const text = 'Fresh concert tickets for members, order yours today';
  for (let round = 0; round < 8; round++) {
    for (const [owner, verdict] of [
      [desk.owner, 'spam'],
      [other.owner, 'ham'],
    ] as const) {
      await teach(owner, (await ticket(owner, `${text} ${round}`)).conversationId, verdict);
      const opposite = verdict === 'spam' ? 'ham' : 'spam';
      await teach(owner, (await ticket(owner, `A quite different matter about gardens ${round}`)).conversationId, opposite);
    }
  }
  const scores = [];
  for (const owner of [desk.owner, other.owner])
    scores.push((await screened(owner, (await ticket(owner, text)).conversationId)).now!.score);
  expect(scores[0]).toBeGreaterThan(1);
  expect(scores[1]).toBeLessThan(-1);
});

it('takes whatever text comes, in bounded time and without a crash', async () => {
  const hostile = [
    'a'.repeat(10_000),
    '\u202e'.repeat(4_000) + 'x',
    '__proto__ constructor toString',
    '\ud800'.repeat(9_000),
    'x '.repeat(5_000),
  ];
  for (const body of hostile) {
    const { conversationId } = await ticket(desk.owner, body);
    const { first } = await screened(desk.owner, conversationId);
    expect(first).not.toBeNull();
    expect((await teach(desk.owner, conversationId, 'spam')).lesson).not.toBeNull();
  }
  const { conversationId } = await ticket(desk.owner, 'A question.');
  for (const verdict of ['__proto__', 'constructor', 'unsure', ['spam'], null])
    expect((await desk.owner.post(`/api/v1/conversations/${conversationId}/screening`, { verdict })).status).toBe(400);
  const inboxes = await desk.owner.get('/api/v1/inboxes');
  for (const contact of [{ id: newClientId() }, {}, { name: 'A', accountId: 'x' }]) {
    const input = { inboxId: (inboxes.body as Page<{ id: string }>).items[0]!.id, contact };
    const answer = await desk.owner.post('/api/v1/conversations', { ...input, message: { clientMessageId: newClientId(), body: 'Hi' } });
    expect(answer.status).toBe(400);
  }
});
