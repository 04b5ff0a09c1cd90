import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ConversationStartAck, Page, ScreeningExplanation } from '@sotto/protocol';
import { aDesk, type Desk } from '../support/desk.js';
import { newClientId } from '../support/people.js';

let desk: Desk;
beforeAll(async () => {
  desk = await aDesk();
});
afterAll(() => desk.close());

const LESSONS = [
  ['Cheap pills without prescription, order today at http://pills.example', 'spam'],
  ['Where is my parcel? I ordered last week and have heard nothing since.', 'ham'],
  ['You won a free prize, claim it now at http://win.example/claim', 'spam'],
  ['Could you send me the invoice for October again, please?', 'ham'],
] as const;

async function ticket(body: string): Promise<string> {
  const inboxId = ((await desk.owner.get('/api/v1/inboxes')).body as Page<{ id: string }>).items[0]!.id;
  const message = { clientMessageId: newClientId(), body };
  const answer = await desk.owner.post('/api/v1/conversations', { inboxId, contact: { name: 'Somebody' }, message });
  return (answer.body as ConversationStartAck).conversationId;
}

const explain = async (id: string) => (await desk.owner.get(`/api/v1/conversations/${id}/screening`)).body as ScreeningExplanation;

it('reads again, at a start, what members taught an older version; of what nobody can read it forgets the lesson', async () => {
  const taught: string[] = [];
  for (const [body, verdict] of LESSONS) {
    const id = await ticket(body);
    expect((await desk.owner.post(`/api/v1/conversations/${id}/screening`, { verdict })).status).toBe(200);
    taught.push(id);
  }
  const probe = await ticket('Claim your free prize today');
  const knew = (await explain(probe)).now!.score;
  expect(knew).toBeGreaterThan(0.5);

  // As an older version left them.
  await desk.sql("update screening_lesson set feature_version = 1, features_sealed = 'old'");
  await desk.sql('update screening_head set epoch = epoch + 1');
  const gone = await ticket('Nobody reads this any more');
  await desk.owner.post(`/api/v1/conversations/${gone}/screening`, { verdict: 'spam' });
  expect((await explain(probe)).now!.score).not.toBe(knew);
  await desk.sql("update screening_lesson set feature_version = 1, features_sealed = 'old' where conversation_id = $1", [gone]);
  await desk.sql('delete from message where conversation_id = $1', [gone]);

  const node = await aDesk({ beside: desk });
  try {
    const versions = () => desk.sql<{ version: number }>('select distinct feature_version as version from screening_lesson');
    while ((await versions()).some(({ version }) => version === 1)) await new Promise((resolve) => setTimeout(resolve, 100));
    while ((await explain(probe)).now!.score !== knew) await new Promise((resolve) => setTimeout(resolve, 100));
  } finally {
    await node.close();
  }
  const left = await desk.sql<{ id: string }>('select conversation_id as id from screening_lesson order by id');
  expect(left.map(({ id }) => id)).toEqual(taught);
});
