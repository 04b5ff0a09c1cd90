import type { ConversationEvent, ConversationStartAck, InboxView, Page } from '@sotto/protocol';
import { setUpDesk, WITHOUT_LIMITS } from '../faults/desk.js';
import { startSotto, type PrivatePostgres } from '../support/index.js';
import { Caller, newClientId, says, starts, type LiveClient } from '../support/people.js';

const CONVERSATIONS = 300;
const LESSONS = 60;
/** What screening may add to a first message's way to those it is shown to, p50. */
const GOAL_MS = 5;

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/**
 * What screening adds to a chat's first message: the time from its ack to its delivery, beside that of a second message, which
 * nobody screens once an agent has answered; and whether its ack waits, beside the same with a text that takes long to read.
 */
export async function measureArrivals(postgres: PrivatePostgres): Promise<void> {
  const env = { ...WITHOUT_LIMITS, SOTTO_LOG_LEVEL: 'warn' };
  const sotto = await startSotto({ database: await postgres.createDatabase(), redis: null, env });
  const desk = await setUpDesk(sotto, CONVERSATIONS);
  const owner = new Caller(`http://127.0.0.1:${sotto.port}`, { cookie: desk.cookie, origin: desk.origin });
  const clients: LiveClient[] = [];
  try {
    await school(owner);
    const agent = await owner.client('/agent').connected();
    const times = { shortAck: [] as number[], longAck: [] as number[], first: [] as number[], second: [] as number[] };
    for (const [at, token] of desk.tokens.entries()) {
      const visitor = await owner.client('/visitor', { token }).connected();
      clients.push(visitor);
      const long = at % 2 === 1;
      const start = performance.now();
      const { conversationId } = await starts(visitor, long ? longText(at) : `Where is my parcel number ${at}? It should be here.`);
      const acked = performance.now();
      (long ? times.longAck : times.shortAck).push(acked - start);
      const shown = await arrival(agent, conversationId, 1);
      if (!long) times.first.push(Math.max(0, shown - acked));
      await says(agent, conversationId, 'One moment, please.');
      const ack = await says(visitor, conversationId, 'Thank you, I am waiting.');
      const secondAcked = performance.now();
      times.second.push(Math.max(0, (await arrival(agent, conversationId, ack.seq)) - secondAcked));
      visitor.close();
    }
    const [first, second] = [median(times.first), median(times.second)];
    console.log(`\n${CONVERSATIONS} chats one after the other, filter taught ${2 * LESSONS} lessons, Postgres; medians in ms.`);
    console.log(`First message, ack to delivery: ${first.toFixed(2)}; a later message: ${second.toFixed(2)}.`);
    console.log(`Screening adds ${(first - second).toFixed(2)} ms (goal: at most ${GOAL_MS}).`);
    console.log(
      `Ack of a first message of 60 characters: ${median(times.shortAck).toFixed(2)}; of 9,000: ${median(times.longAck).toFixed(2)}.`,
    );
  } finally {
    for (const client of clients) client.close();
    owner.close();
    await sotto.stop();
  }
}

const longText = (at: number): string =>
  Array.from({ length: 1_500 }, (_, word) => `w${(word * 7 + at).toString(36)}`)
    .join(' ')
    .slice(0, 9_000);

const arrived = new WeakMap<LiveClient, Map<string, number>>();

/** When an event reached the agent. */
async function arrival(agent: LiveClient, conversationId: string, seq: number): Promise<number> {
  let known = arrived.get(agent);
  if (!known) {
    const moments = new Map<string, number>();
    arrived.set(agent, (known = moments));
    agent.socket.on('event', (event: ConversationEvent) => moments.set(`${event.conversationId} ${event.seq}`, performance.now()));
    for (const event of agent.events) moments.set(`${event.conversationId} ${event.seq}`, performance.now());
  }
  const key = `${conversationId} ${seq}`;
  await agent.until(({ events }) => events.some((event) => event.conversationId === conversationId && event.seq === seq), key);
  return known.get(key) ?? Number.NaN;
}

async function school(owner: Caller): Promise<void> {
  const inboxes = (await owner.get('/api/v1/inboxes')).body as Page<InboxView>;
  for (let at = 0; at < LESSONS; at++) {
    for (const [verdict, body] of [
      ['spam', `Buy cheap pills number ${at} now at http://pills${at}.example and save money`],
      ['ham', `My order ${at} has not arrived yet, where is it? I paid last week.`],
    ] as const) {
      const message = { clientMessageId: newClientId(), body };
      const made = await owner.post('/api/v1/conversations', { inboxId: inboxes.items[0]?.id, contact: { name: 'Somebody' }, message });
      await owner.post(`/api/v1/conversations/${(made.body as ConversationStartAck).conversationId}/screening`, { verdict });
    }
  }
}
