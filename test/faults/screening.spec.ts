import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConversationStartAck, InboxView, LessonView, Page, ScreeningExplanation, TeachAnswer } from '@sotto/protocol';
import { v7 } from 'uuid';
import { startSotto, type RunningSotto } from '../support/index.js';
import { setUpDesk, WITHOUT_LIMITS, type Desk } from './desk.js';

let sotto: RunningSotto;
let desk: Desk;
beforeAll(async () => {
  sotto = await startSotto({ env: WITHOUT_LIMITS });
  desk = await setUpDesk(sotto, 1);
}, 120_000);
afterAll(async () => {
  await sotto?.stop();
}, 60_000);

/** Fails like any request to a server that is killed. */
async function call<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
  const headers = { origin: desk.origin, cookie: desk.cookie, 'content-type': 'application/json' };
  const response = await fetch(`http://127.0.0.1:${sotto.port}/api/v1${path}`, {
    method,
    headers: method === 'POST' ? { ...headers, 'idempotency-key': v7() } : headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  return (await response.json()) as T;
}

async function ticket(inboxId: string, body: string): Promise<string> {
  const contact = { name: 'Somebody' };
  const made = await call<ConversationStartAck>('POST', '/conversations', { inboxId, contact, message: { clientMessageId: v7(), body } });
  return made.conversationId;
}

async function allLessons(): Promise<LessonView[]> {
  const lessons: LessonView[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Page<LessonView> = await call('GET', `/screening/lessons?limit=100${cursor && `&cursor=${cursor}`}`);
    lessons.push(...page.items);
    cursor = page.nextCursor;
  }
  return lessons;
}

const scoreOf = async (id: string) => (await call<ScreeningExplanation>('GET', `/conversations/${id}/screening`)).now!.score;

describe('kill -9 while the filter learns', () => {
  it('loses no acknowledged lesson, and the filter knows exactly what it was taught', async () => {
    const [inbox] = (await call<Page<InboxView>>('GET', '/inboxes')).items;
    const ids: string[] = [];
    for (let at = 0; at < 60; at++)
      ids.push(await ticket(inbox!.id, at % 2 ? `Buy pills number ${at} now` : `A question about order ${at}`));
    const acknowledged = new Map<string, TeachAnswer>();
    const teach = async (at: number) => {
      const verdict = at % 2 ? 'spam' : 'ham';
      acknowledged.set(ids[at]!, await call<TeachAnswer>('POST', `/conversations/${ids[at]}/screening`, { verdict }));
    };
    for (const [from, killAfter] of [
      [0, 5],
      [20, 11],
      [40, 17],
    ] as const) {
      const before = acknowledged.size;
      const rest = Array.from({ length: 20 }, (_, at) => teach(from + at).catch(() => undefined));
      while (acknowledged.size < before + killAfter) await tick();
      await sotto.kill9();
      await Promise.allSettled(rest);
      await sotto.start();
    }
    expect(acknowledged.size).toBeGreaterThan(10);

    const stored = await allLessons();
    const byConversation = new Map(stored.map((lesson) => [lesson.conversation?.id, lesson]));
    for (const [id, { lesson }] of acknowledged) expect(byConversation.get(id)).toMatchObject({ state: lesson?.state });
    expect(stored.length).toBe(byConversation.size);

    // What the restarted filter follows step by step, and what it makes of all lessons from the beginning, is one and the same.
    const probe = ids[1]!;
    const before = await scoreOf(probe);
    await sotto.restart();
    expect(await scoreOf(probe)).toBe(before);
    expect(before).toBeGreaterThan(0);
  }, 180_000);
});

describe('kill -9 while conversations come in', () => {
  it('leaves none unscreened for long after the next start', async () => {
    const [inbox] = (await call<Page<InboxView>>('GET', '/inboxes')).items;
    const ids: string[] = [];
    for (let round = 0; round < 3; round++) {
      const coming = Array.from({ length: 20 }, async (_, at) =>
        ids.push(await ticket(inbox!.id, `A question of round ${round}, number ${at}`)),
      );
      const before = ids.length;
      while (ids.length < before + 5) await tick();
      await sotto.kill9();
      await Promise.allSettled(coming);
      await sotto.start();
    }
    expect(ids.length).toBeGreaterThanOrEqual(15);
    for (const id of ids) while ((await call<ScreeningExplanation>('GET', `/conversations/${id}/screening`)).first === null) await tick();
  }, 120_000);
});

const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 2));
