import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConversationView, ScreeningExplanation } from '@sotto/protocol';
import { aDesk, type Desk } from '../support/desk.js';
import { newClientId, says, starts } from '../support/people.js';

let desk: Desk;
beforeAll(async () => {
  desk = await aDesk({ env: { SOTTO_OVERDUE_SECONDS: '1' } });
});
afterAll(() => desk.close());

describe('a conversation whose first message is being screened', () => {
  it('is told in order, whatever is written meanwhile', async () => {
    const agent = await desk.owner.connects();
    const visitor = await (await desk.visitor()).connects();
    // The first message of a new server waits until the filter's thread runs.
    const { conversationId } = await starts(visitor, 'Hello?');
    await Promise.all([says(visitor, conversationId, 'Is anybody there?'), says(agent, conversationId, 'Yes!')]);
    for (const client of [agent, visitor]) {
      await client.until(({ events }) => events.length === 3, 'three messages');
      expect(client.events.map(({ seq, prev }) => [seq, prev])).toEqual([
        [1, 0],
        [2, 1],
        [3, 2],
      ]);
    }
  });
});

describe('what a visitor adds before anybody answered', () => {
  it('is held back once the address they turn out to have is blocked, however harmless it reads', async () => {
    const visitor = await (await desk.visitor()).connects();
    const { conversationId } = await starts(visitor, 'Good morning');
    const path = `/api/v1/conversations/${conversationId}`;
    const view = async () => (await desk.owner.get(path)).body as ConversationView;
    const first = async () => ((await desk.owner.get(`${path}/screening`)).body as ScreeningExplanation).first;
    while (!(await first())) await new Promise((resolve) => setTimeout(resolve, 50));
    const email = 'pest@mail.example';
    const block = { kind: 'address', value: email, reason: 'Rude', days: null };
    expect((await desk.owner.post('/api/v1/screening/blocks', block)).status).toBe(201);
    expect((await desk.owner.patch(`/api/v1/contacts/${(await view()).contact.id}`, { email })).status).toBe(200);
    await says(visitor, conversationId, 'Are you there?');
    while ((await view()).status !== 'spam') await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await view()).screening).toEqual({ verdict: 'spam', by: 'block' });
  });
});

describe('a conversation that comes out of quarantine', () => {
  it('waits anew, and is overdue once that takes too long', async () => {
    const visitor = await (await desk.visitor()).connects();
    const { conversationId } = await starts(visitor, 'Where is my parcel?');
    const path = `/api/v1/conversations/${conversationId}`;
    const view = async () => (await desk.owner.get(path)).body as ConversationView;
    const isOverdue = async () => {
      while (!(await view()).overdue) await new Promise((resolve) => setTimeout(resolve, 100));
    };
    await isOverdue();
    expect((await desk.owner.post(`${path}/screening`, { verdict: 'spam' })).status).toBe(200);
    expect(await view()).toMatchObject({ status: 'spam', overdue: false, waitingSince: null });
    expect((await desk.owner.post(`${path}/screening`, { verdict: 'ham' })).status).toBe(200);
    expect(await view()).toMatchObject({ status: 'open', overdue: false, waitingSince: expect.any(String) });
    await isOverdue();
  });

  it('is not overdue when somebody has answered', async () => {
    const visitor = await (await desk.visitor()).connects();
    const { conversationId } = await starts(visitor, 'Do you deliver to Austria?');
    const path = `/api/v1/conversations/${conversationId}`;
    await desk.owner.post(`${path}/screening`, { verdict: 'spam' });
    await desk.owner.post(`${path}/screening`, { verdict: 'ham' });
    await desk.owner.post(`${path}/messages`, { clientMessageId: newClientId(), body: 'We do.' });
    const jobs = () => desk.sql("select 1 from pgboss.job where name = 'conversation.overdue' and state <> 'completed'");
    while ((await jobs()).length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await desk.owner.get(path)).body).toMatchObject({ overdue: false, waitingSince: null });
  });
});
