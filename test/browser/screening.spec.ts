import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../support/browser.js';
import { aDesk, type Desk } from '../support/desk.js';
import { starts, type LiveClient, type Member } from '../support/people.js';
import { UNLIMITED, addMember } from '../support/scene.js';
import type { Panel } from './panel-desk.js';
import { HAM, SPAM } from '../support/spam.js';
import { expectNoBarrier, Program, windowOf } from './screening-school.js';

jest.setTimeout(120_000);

/** Bo answers, and a program taught the filter before the first test. */
let desk: Desk;
let browser: Browser;
let program: Program;
let bo: Member;
let panel: Panel;
let page: Page;
let winner: LiveClient;

const count = async () => Number((await page.locator('[data-view="spam"]').innerText()).replace(/\D+/gu, ' ').trim().split(' ')[0]);
const mark = (towards: 'spam' | 'ham') => page.getByRole('log').locator(`mark[data-towards="${towards}"]`);
const verdict = (name: 'Spam' | 'Not spam') => page.getByRole('button', { name, exact: true });
/** In the head of the conversation that is open. */
const heading = (name: string) => page.getByRole('heading', { name, level: 2 });

beforeAll(async () => {
  [desk, browser] = await Promise.all([aDesk({ env: UNLIMITED }), startBrowser()]);
  program = await Program.of(desk);
  await program.school(4);
  bo = await addMember(desk, desk.owner.accountId, 'Bo Berg', 'bo@acme.test', 'agent');
  panel = await windowOf(browser, bo);
  ({ page } = panel);
  await panel.goto('/inbox/open');
  await panel.row('Taught ham').first().waitFor();
});

afterEach(() => {
  expect(panel.faults.splice(0)).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await desk?.close();
});

describe('spam', () => {
  it('that comes by chat and through the API waits in quarantine and calls nobody', async () => {
    const before = await count();
    const title = await page.title();
    winner = await (await desk.visitor({ name: 'Lucky Winner' })).connects();
    await starts(winner, 'Congratulations! You won a FREE prize worth 700 dollars, claim it: http://win.example/claim');
    await program.ticket('Cheap pills today without prescription at http://pills.example, save 80 percent', 'Pill Office');
    await page.waitForFunction((more) => document.querySelector('[data-view="spam"]')?.textContent?.includes(String(more)), before + 2);
    expect(await panel.row('Lucky Winner').count()).toBe(0);
    expect(await page.title()).toBe(title);
  });

  it('says who held it back and why, in words of the message', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('!');
    await page.getByRole('heading', { name: 'Spam', level: 1 }).waitFor();
    await panel.row('Pill Office').getByText('Filter').waitFor();
    expect(await panel.row('Pill Office').getAttribute('data-unread')).toBeNull();
    await panel.row('Lucky Winner').click();
    await page.getByText('The filter held this back: it looks like spam.').first().waitFor();
    await page.getByText(/^Mostly: /).waitFor();
    await mark('spam').first().waitFor();
    expect((await mark('spam').allInnerTexts()).join(' ')).toMatch(/prize|won|claim|win|free/i);
    await panel.button('Why?').click();
    await page.getByRole('list', { name: 'Speaks for spam' }).waitFor();
    expect(await page.getByText(/^Score /).count()).toBe(0);
    await panel.button('Show numbers').click();
    await page.getByText(/^Score \d+(\.\d)?, held back from/).waitFor();
    await page.getByText('Nothing is sent from here while this is in quarantine.').waitFor();
    await expectNoBarrier(panel);
    // Its sender is not told that somebody looked.
    expect(winner.of('read')).toEqual([]);
  });

  it('taken for it by mistake comes back with one key, and the next of its kind comes through', async () => {
    const newsletter = 'You won our prize draw, dear reader: claim your free ticket at http://win.example/claim before Friday';
    const first = await program.ticket(newsletter, 'Theatre Club');
    await panel.row('Theatre Club').click();
    await heading('Theatre Club').waitFor();
    await page.keyboard.press('h');
    await page.getByText(/^#\d+ is not spam/).waitFor();
    // Whoever works through the list goes on to the next.
    await panel.row('Theatre Club').waitFor({ state: 'detached' });
    await heading('Theatre Club').waitFor({ state: 'detached' });
    await page.locator('[data-id][aria-current="page"]').waitFor();
    expect(await program.view(first)).toMatchObject({ status: 'open', screening: { verdict: 'ham', by: 'member' } });
    for (let copy = 0; copy < 4; copy++) {
      const id = await program.ticket(`${newsletter} ${copy}`, 'Theatre Club');
      if ((await program.view(id)).status === 'spam') await program.teach(id, 'ham');
    }
    await page.locator('[data-view="open"]').click();
    await program.ticket(`${newsletter} again`, 'Theatre Guest');
    await panel.row('Theatre Guest').waitFor();
  });

  it('that came through goes with one key and comes back with Undo, as if nothing had been said', async () => {
    await page.locator('[data-view="open"]').click();
    const id = await program.ticket(`${HAM[0]} It was a lamp.`, 'Mila Horvat');
    const { screening } = await program.view(id);
    await panel.row('Mila Horvat').click();
    await heading('Mila Horvat').waitFor();
    await page.keyboard.press('!');
    await panel.row('Mila Horvat').waitFor({ state: 'detached' });
    const toast = page.getByRole('alert').filter({ hasText: /^#\d+ is in quarantine/ });
    await toast.getByRole('button', { name: 'Undo' }).click();
    await page.getByText(/^Your verdict on #\d+ is taken back/).waitFor();
    await panel.row('Mila Horvat').waitFor();
    expect(await program.view(id)).toMatchObject({ status: 'open', screening });
  });

  it('moves to quarantine and back before everybody’s eyes when a colleague says so', async () => {
    await page.locator('[data-view="open"]').click();
    const id = await program.ticket(`${HAM[3]} It is new.`, 'Jonas Weber');
    await panel.row('Jonas Weber').click();
    await panel.message('It is new.').waitFor();
    await program.teach(id, 'spam');
    await panel.row('Jonas Weber').waitFor({ state: 'detached' });
    await page.getByText('Owner of Acme said this is spam', { exact: true }).waitFor();
    await page.getByText('In quarantine', { exact: true }).waitFor();
    await program.teach(id, 'ham');
    await panel.row('Jonas Weber').waitFor();
    await page.getByRole('textbox', { name: 'Reply' }).waitFor();
  });

  it('is told honestly of a lesson that waits for a colleague', async () => {
    // Against what the filter is sure of, a few are believed; then somebody else has to look.
    for (let turn = 0; turn < 12; turn++) {
      const id = await program.ticket(`${HAM[turn % HAM.length]} ${HAM[(turn + 1) % HAM.length]} ${turn}`, 'Sure Ham');
      await panel.goto(`/inbox/open/${id}`);
      await heading('Sure Ham').waitFor();
      const answered = page.waitForResponse((answer) => answer.url().endsWith(`${id}/screening`) && answer.request().method() === 'POST');
      await page.keyboard.press('!');
      const { lesson } = (await (await answered).json()) as { lesson: { state: string } };
      if (lesson.state !== 'held') continue;
      await page.getByText('The filter learns it once a colleague agrees.').waitFor();
      return;
    }
    throw new Error('Nothing was held');
  });
});

describe('many at once', () => {
  beforeAll(async () => {
    await desk.owner.post(`/api/v1/screening/teachers/${bo.id}/roll-back`);
    for (const [at, body] of SPAM.slice(0, 4).entries()) await program.ticket(`${body} bulk`, `Bulk ${at}`);
    await panel.goto('/inbox/spam');
    await panel.row('Bulk 3').waitFor();
  });
  const box = (name: string) => page.getByRole('checkbox', { name: new RegExp(`^Choose ${name} #`) });

  it('are chosen from one to another, judged, and taken back together', async () => {
    await box('Bulk 3').click();
    await box('Bulk 1').click({ modifiers: ['Shift'] });
    await page.getByText('3 chosen').waitFor();
    await expectNoBarrier(panel);
    await verdict('Not spam').click();
    await page.getByText('3 conversations are not spam').waitFor();
    await panel.row('Bulk 2').waitFor({ state: 'detached' });
    expect(await panel.row('Bulk 0').count()).toBe(1);
    await panel.button('Undo').click();
    await page.getByText('3 verdicts are taken back').waitFor();
    await panel.row('Bulk 2').waitFor();
  });

  it('say plainly what stayed as it was', async () => {
    await page.route('**/screening/verdicts', async (route) => {
      const { conversationIds } = route.request().postDataJSON() as { conversationIds: string[] };
      const [first, ...rest] = conversationIds;
      const answer = await route.fetch({ postData: JSON.stringify({ conversationIds: rest, verdict: 'ham' }) });
      const { done } = (await answer.json()) as { done: string[] };
      await route.fulfill({ json: { done, failed: [{ id: first, code: 'not-found' }] } });
    });
    await box('Bulk 3').click();
    await box('Bulk 2').click();
    await verdict('Not spam').click();
    await page.getByText('1 conversation is not spam').waitFor();
    await page.getByText('1 stayed as it was: not there any more').waitFor();
    expect((await panel.row('Bulk 3').count()) + (await panel.row('Bulk 2').count())).toBe(1);
    await page.unroute('**/screening/verdicts');
    await panel.button('Undo').click();
    await page.getByText('1 verdict is taken back').waitFor();
  });

  it('can be done with keys alone', async () => {
    await panel.goto('/inbox/open');
    await panel.row('Taught ham').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('!');
    await panel.row('Bulk 3').waitFor();
    const before = await count();
    for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
    await page.getByText('2 chosen').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('2 chosen').waitFor({ state: 'detached' });
    for (const key of ['x', 'k', 'x', 'h']) await page.keyboard.press(key);
    await page.getByText('2 conversations are not spam').waitFor();
    await page.waitForFunction((less) => document.querySelector('[data-view="spam"]')?.textContent?.includes(String(less)), before - 2);
  });
});

it('fits a phone: the verdicts stand where the words are', async () => {
  await desk.owner.post(`/api/v1/screening/teachers/${bo.id}/roll-back`);
  const phone = await windowOf(browser, desk.owner, { viewport: { width: 390, height: 844 } });
  const id = await program.ticket(`${SPAM[1]} on the phone`, 'Phone');
  await phone.goto(`/inbox/spam/${id}`);
  await phone.page.getByText('The filter held this back: it looks like spam.').waitFor();
  await phone.settled();
  expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await expectNoBarrier(phone);
  await phone.page.getByRole('button', { name: 'Not spam', exact: true }).click();
  await phone.page.getByText(/^#\d+ is not spam/).waitFor();
  expect((await program.view(id)).status).toBe('open');
  await phone.context.close();
});
