import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { InboxView } from '@sotto/protocol';
import { aDesk, type Desk } from '../support/desk.js';

let desk: Desk;
beforeAll(async () => {
  desk = await aDesk();
});
afterAll(() => desk.close());

const creates = (key: string, name: string, who = desk.owner) => who.send('post', '/api/v1/inboxes', { name }, { 'idempotency-key': key });
const named = async (name: string) =>
  ((await desk.owner.get('/api/v1/inboxes')).body as { items: InboxView[] }).items.filter((inbox) => inbox.name === name);

describe('a POST with an Idempotency-Key', () => {
  it('is done once and gives the first answer again', async () => {
    const first = await creates('a-1', 'Shop');
    const again = await creates('a-1', 'Shop');
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(await named('Shop')).toHaveLength(1);
  });

  it('is done once when it is sent many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => creates('b-1', 'Rush')));
    expect(await named('Rush')).toHaveLength(1);
    for (const answer of answers) expect([201, 503]).toContain(answer.status);
  });

  it('is refused under a key of another request', async () => {
    await creates('c-1', 'One');
    const other = await creates('c-1', 'Two');
    expect([other.status, (other.body as { code: string }).code]).toEqual([409, 'request.key-reused']);
    expect(await named('Two')).toHaveLength(0);
  });

  it('may be tried again under the same key after it failed', async () => {
    const wrong = await creates('d-1', '');
    expect(wrong.status).toBe(400);
    expect((await creates('d-1', 'Right')).status).toBe(201);
  });

  it('does not meet another account’s request of the same key', async () => {
    const { owner } = await desk.makeAccount('Other', 'idempotent@other.test');
    await creates('e-1', 'Ours');
    const theirs = await creates('e-1', 'Theirs', owner);
    expect([theirs.status, (theirs.body as InboxView).name]).toEqual([201, 'Theirs']);
  });

  it.each(['', 'two words', 'x'.repeat(201)])('is refused with the key %j', async (key) => {
    expect((await creates(key, 'Odd')).status).toBe(400);
  });
});
