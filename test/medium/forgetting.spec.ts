import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import request from 'supertest';
import type { ConversationStartAck, InboxView, Me, Page, ScreeningExplanation, VisitorSessionView, WidgetConfig } from '@sotto/protocol';
import { Member, PASSWORD, Visitor, says, sessionCookieOf, starts } from '../support/people.js';
import { removeFolder, temporaryFolder } from '../support/processes.js';
import type { Order, Report } from './forgetful.server.js';

let server: ChildProcess;
let url: string;
let owner: Member;
const folder = temporaryFolder('heap');

const report = () => new Promise<Report>((resolve) => server.once('message', (message) => resolve(message as Report)));
const order = async (one: Order) => {
  const done = report();
  server.send(one);
  return done;
};
const kept = async (): Promise<number> => {
  const done = await order({ type: 'count' });
  return done.type === 'done' ? (done.counted ?? 0) : 0;
};

beforeAll(async () => {
  const loader = fileURLToPath(new URL('../bench/typescript.mjs', import.meta.url));
  server = fork(fileURLToPath(new URL('./forgetful.server.ts', import.meta.url)), { execArgv: ['--import', loader] });
  const ready = await report();
  if (ready.type !== 'ready') throw new Error('It did not start');
  url = ready.url;
  const owning = { name: 'Olga', email: 'olga@heap.test', password: PASSWORD };
  const answer = await request(url)
    .post('/api/v1/setup')
    .send({ code: ready.code, account: { name: 'Heap' }, owner: owning });
  const me = answer.body as Me;
  owner = new Member(url, sessionCookieOf(answer) ?? '', me.member.id, me.account.id);
}, 120_000);
afterAll(() => {
  server.kill('SIGKILL');
  removeFolder(folder);
});

async function visitor(name: string): Promise<Visitor> {
  const [inbox] = ((await owner.get('/api/v1/inboxes')).body as Page<InboxView>).items;
  const { policy } = (await request(url).get(`/widget/v1/inboxes/${inbox!.key}`)).body as WidgetConfig;
  const consent = { policyId: policy.id, policyVersion: policy.version, purposes: ['support'] };
  const answer = await request(url).post('/widget/v1/sessions').send({ inboxKey: inbox!.key, consent, contact: { name } });
  return new Visitor(url, answer.body as VisitorSessionView);
}

const teach = (id: string, verdict: 'spam' | 'ham') => owner.post(`/api/v1/conversations/${id}/screening`, { verdict });
const explanation = async (id: string) => (await owner.get(`/api/v1/conversations/${id}/screening`)).body as ScreeningExplanation;

async function stands(file: string, text: string): Promise<boolean> {
  let before = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const part = before + String(chunk);
    if (part.includes(text)) return true;
    before = part.slice(-text.length);
  }
  return false;
}

describe('a person whose messages the filter learned from', () => {
  it('is unlearned exactly, and no word of theirs is left in the memory of any thread', async () => {
    // Letters alone: digits between them would be read as letters in disguise.
    const canary = `zyx${Math.random().toString(36).slice(2).replaceAll(/\d/g, 'q')}`;
    const control = `kept${Math.random().toString(36).slice(2)}`;
    const guest = await (await visitor('Gast')).connects();
    const probe = (await starts(guest, 'Where is my parcel? It should have been here on Monday.')).conversationId;
    await teach(probe, 'ham');
    const before = await explanation(probe);

    const person = await visitor(`Name-${canary}`);
    const chat = await person.connects();
    const written: ConversationStartAck = await starts(
      chat,
      `Buy ${canary} pills now, ${canary} is cheap: http://${canary}.example parcel`,
    );
    await says(chat, written.conversationId, `More of ${canary}, please`);
    await teach(written.conversationId, 'spam');
    expect(JSON.stringify((await explanation(written.conversationId)).reasons)).toContain(canary);
    await owner.get(`/api/v1/conversations/${written.conversationId}/events`);
    expect((await explanation(probe)).now!.score).not.toBe(before.now!.score);
    chat.close();

    await order({ type: 'remember', text: control });
    await order({ type: 'erase', subject: { accountId: owner.accountId, kind: 'contact', id: person.contactId } });
    expect((await owner.get(`/api/v1/conversations/${written.conversationId}/screening`)).status).toBe(404);
    expect((await explanation(probe)).now!.score).toBe(before.now!.score);

    const [main, thread] = [path.join(folder, 'main.heapsnapshot'), path.join(folder, 'thread.heapsnapshot')];
    await order({ type: 'heap', main, thread });
    expect(await stands(main, control)).toBe(true);
    expect(await stands(thread, 'filter-room')).toBe(true);
    expect({ main: await stands(main, canary), thread: await stands(thread, canary) }).toEqual({ main: false, thread: false });
  }, 120_000);
});

describe('a transaction that is over', () => {
  it('is kept by nobody, whatever timers began in it', async () => {
    await (await visitor('Erste')).connects().then((chat) => starts(chat));
    const before = await kept();
    expect(before).toBeGreaterThan(0);
    const chats = await Promise.all(Array.from({ length: 6 }, async (_, at) => (await visitor(`Person ${at}`)).connects()));
    for (const chat of chats) await starts(chat);
    while ((await kept()) > before + 2) await new Promise((resolve) => setTimeout(resolve, 100));
    for (const chat of chats) chat.close();
  }, 30_000);
});
