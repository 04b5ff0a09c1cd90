import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Jobs, query } from '@sotto/platform';
import { aDesk, type Desk } from '../support/desk.js';
import { newClientId, says, starts } from '../support/people.js';

let desk: Desk;
beforeAll(async () => {
  desk = await aDesk({ env: { SOTTO_OVERDUE_SECONDS: '3600' } });
});
afterAll(() => desk.close());

const jobs = (conversationId: string) =>
  desk.sql<{ data: { seq: number } }>(
    "select data from pgboss.job where name = 'conversation.overdue' and data->>'conversationId' = $1 order by created_on",
    [conversationId],
  );

describe('a job', () => {
  it('commits with its cause, and vanishes with it', async () => {
    const queue = desk.app.get(Jobs);
    const { accountId } = desk.owner;
    const [kept, lost] = [newClientId(), newClientId()];
    const data = (conversationId: string) => ({ accountId, conversationId, seq: 1 });
    await desk.database.in(accountId, (tx) => queue.enqueue(tx, 'conversation.overdue', data(kept), { startAfterSeconds: 3600 }));
    await expect(
      desk.database.in(accountId, async (tx) => {
        await queue.enqueue(tx, 'conversation.overdue', data(lost), { startAfterSeconds: 3600 });
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    expect(await jobs(kept)).toHaveLength(1);
    expect(await jobs(lost)).toHaveLength(0);
  });

  it('without a handler is refused', async () => {
    const queue = desk.app.get(Jobs);
    await expect(desk.database.in(desk.owner.accountId, (tx) => queue.enqueue(tx, 'nobody.does-this', {}))).rejects.toThrow(
      'has no handler',
    );
  });

  it('is there for every wait of a visitor, once for each', async () => {
    const agent = await desk.owner.connects();
    const client = await (await desk.visitor()).connects();
    const { conversationId } = await starts(client);
    await says(client, conversationId, 'still waiting');
    expect((await jobs(conversationId)).map((job) => job.data.seq)).toEqual([1]);
    await says(agent, conversationId, 'a note is no answer', 'note');
    await says(client, conversationId, 'still waiting');
    expect(await jobs(conversationId)).toHaveLength(1);
    await says(agent, conversationId, 'an answer');
    await says(client, conversationId, 'another question');
    expect((await jobs(conversationId)).map((job) => job.data.seq)).toEqual([1, 6]);
  });

  it('carries ids and numbers only', async () => {
    const rows = await desk.sql<{ data: Record<string, unknown> }>("select data from pgboss.job where name = 'conversation.overdue'");
    for (const { data } of rows) expect(Object.keys(data).sort()).toEqual(['accountId', 'conversationId', 'seq']);
  });
});

describe('what a transaction promised to do after commit', () => {
  it('is done after commit only', async () => {
    const done: string[] = [];
    await desk.database.in(desk.owner.accountId, async (tx) => {
      desk.database.afterCommit(tx, () => done.push('committed'));
      await query(tx, 'select 1');
      expect(done).toEqual([]);
    });
    await desk.database
      .in(desk.owner.accountId, (tx) => {
        desk.database.afterCommit(tx, () => done.push('rolled back'));
        return Promise.reject(new Error('no'));
      })
      .catch(() => undefined);
    expect(done).toEqual(['committed']);
  });
});
