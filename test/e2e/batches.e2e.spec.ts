import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { query } from '@sotto/platform';
import type { EventsAnswer, MessageAck } from '@sotto/protocol';
import { setTimeout as wait } from 'node:timers/promises';
import { aDesk, type Desk } from '../support/desk.js';
import { must, newClientId, says, starts, type Caller, type LiveClient } from '../support/people.js';
import { UNLIMITED } from '../support/scene.js';

/** Enough at once that the writer commits many together. */
const CROWD = 60;

let desk: Desk;
beforeAll(async () => {
  desk = await aDesk({ env: UNLIMITED });
});
afterAll(() => desk.close());

const bodiesOf = async (caller: Caller, id: string): Promise<string[]> => {
  const answer = (await caller.get(`/api/v1/conversations/${id}/events?limit=100`)).body as EventsAnswer;
  return answer.events.flatMap((event) => (event.type === 'message.created' ? [event.message.body] : []));
};

const many = <T>(make: (place: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: CROWD }, (_, place) => make(place)));
const words = (who: string) => Array.from({ length: CROWD }, (_, place) => `${who} ${place}`);

async function aChat(inbox = desk.inbox): Promise<{ client: LiveClient; id: string }> {
  const client = await (await desk.visitor(undefined, inbox)).connects();
  return { client, id: (await starts(client, 'Hello')).conversationId };
}

/** Holds a conversation's row while `send` sends, so that everything for it gathers and is committed together. */
async function together<T>(conversationId: string, send: () => Promise<T>): Promise<T> {
  let sent: Promise<T> | undefined;
  await desk.database.in(desk.owner.accountId, async (tx) => {
    await query(tx, 'select 1 from conversation where id = $1 for update', [conversationId]);
    sent = send();
    await wait(300);
  });
  return sent as Promise<T>;
}

describe('messages committed together', () => {
  it('keep to their own account, whatever conversation they name', async () => {
    const other = await desk.makeAccount('Other', 'owner@other.test');
    const [ours, theirs] = [await aChat(), await aChat(other.inbox)];
    const intrude = (place: number) =>
      theirs.client.call('message.send', { conversationId: ours.id, clientMessageId: newClientId(), body: `intruder ${place}` });
    const [, , intruding] = await together(ours.id, () =>
      Promise.all([
        many((place) => says(ours.client, ours.id, `ours ${place}`)),
        many((place) => says(theirs.client, theirs.id, `theirs ${place}`)),
        many(intrude),
      ]),
    );
    for (const answer of intruding) expect(answer).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(await bodiesOf(desk.owner, ours.id)).toEqual(['Hello', ...words('ours')]);
    expect(await bodiesOf(other.owner, theirs.id)).toEqual(['Hello', ...words('theirs')]);
  });

  it('answer a message sent many times at once with one place', async () => {
    const [ours, others] = [await aChat(), await aChat()];
    const message = { conversationId: ours.id, clientMessageId: newClientId(), body: 'Once' };
    const [acks] = await together(ours.id, () =>
      Promise.all([
        many(async () => must(await ours.client.call<MessageAck>('message.send', message))),
        many((place) => says(others.client, others.id, `others ${place}`)),
      ]),
    );
    expect(new Set(acks.map((ack) => `${ack.id} ${ack.seq}`)).size).toBe(1);
    expect(await bodiesOf(desk.owner, ours.id)).toEqual(['Hello', 'Once']);
    expect(await bodiesOf(desk.owner, others.id)).toEqual(['Hello', ...words('others')]);
  });

  it('are refused one by one when one of them is wrong', async () => {
    const [ours, others] = [await aChat(), await aChat()];
    const used = newClientId();
    must(await ours.client.call('message.send', { conversationId: ours.id, clientMessageId: used, body: 'First' }));
    const [refused] = await together(ours.id, () =>
      Promise.all([
        ours.client.call('message.send', { conversationId: ours.id, clientMessageId: used, body: 'Another text' }),
        many((place) => says(others.client, others.id, `others ${place}`)),
        many((place) => says(ours.client, ours.id, `ours ${place}`)),
      ]),
    );
    expect(refused).toMatchObject({ ok: false, error: { code: 'message.id-reused' } });
    expect(await bodiesOf(desk.owner, ours.id)).toEqual(['Hello', 'First', ...words('ours')]);
    expect(await bodiesOf(desk.owner, others.id)).toEqual(['Hello', ...words('others')]);
  });
});
