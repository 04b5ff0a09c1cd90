import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { LessonView, Page as ListPage, ScreeningSettings } from '@sotto/protocol';
import type { Browser } from 'playwright-core';
import { startBrowser } from '../support/browser.js';
import { aDesk, type Desk } from '../support/desk.js';
import type { Member } from '../support/people.js';
import { UNLIMITED, addMember } from '../support/scene.js';
import type { Panel } from './panel-desk.js';
import { HAM, SPAM } from '../support/spam.js';
import { expectNoBarrier, Program, windowOf } from './screening-school.js';

jest.setTimeout(120_000);

/** The owner looks after the filter, which a program taught before the first test. */
let desk: Desk;
let browser: Browser;
let program: Program;
let bo: Member;
let owner: Panel;

beforeAll(async () => {
  [desk, browser] = await Promise.all([aDesk({ env: UNLIMITED }), startBrowser()]);
  program = await Program.of(desk);
  await program.school(5);
  bo = await addMember(desk, desk.owner.accountId, 'Bo Berg', 'bo@acme.test', 'agent');
  owner = await windowOf(browser, desk.owner);
});

afterEach(() => {
  expect(owner.faults.splice(0)).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await desk?.close();
});

describe('the owner', () => {
  const part = async (name: string) => {
    await owner.page.getByRole('tab', { name }).click();
    await owner.settled();
  };

  it('blocks a sender, unless there is no address', async () => {
    await program.ticket('A harmless question about shoes.', 'Pest', 'pest@nuisance.test');
    await program.ticket('A harmless question about boots.', 'Nameless');
    await owner.goto('/inbox/open');
    await owner.row('Nameless').click();
    await owner.page.getByRole('heading', { name: 'Nameless', level: 2 }).waitFor();
    await owner.button('More for this conversation').click();
    const item = owner.page.getByRole('menuitem', { name: 'Block sender' });
    await owner.page.getByText('there is nothing to block').waitFor();
    expect(await item.getAttribute('aria-disabled')).toBe('true');
    await owner.page.keyboard.press('Escape');
    await owner.row('Pest').click();
    await owner.page.getByRole('heading', { name: 'Pest', level: 2 }).waitFor();
    await owner.button('More for this conversation').click();
    await item.click();
    await owner.page.getByLabel('Why').fill('Insults us');
    await owner.page.getByRole('button', { name: 'Block', exact: true }).click();
    await owner.page.getByText('The sender is blocked').waitFor();
    const id = await program.ticket('Another harmless question.', 'Pest again', 'pest@nuisance.test');
    await owner.goto(`/inbox/spam/${id}`);
    await owner.page.getByText('The sender is blocked: Insults us').first().waitFor();
  });

  it('sees how well it does, and takes the numbers away', async () => {
    await owner.goto('/settings/screening');
    await owner.page.getByRole('img', { name: /^What the filter did, by day: Caught \d+, / }).waitFor();
    await owner.button('Show as a table').click();
    await owner.page.getByRole('columnheader', { name: 'Wrongly held back' }).waitFor();
    const saved = owner.page.waitForEvent('download');
    await owner.button('Download as CSV').click();
    expect((await saved).suggestedFilename()).toBe('spam-filter-30-days.csv');
  });

  it('moves the threshold with its consequences in sight, and back', async () => {
    await part('When it holds back');
    await owner.page.getByText(/^Of \d+ spam, \d+ would be caught; of \d+ real messages, \d+ would be held back\.$/).waitFor();
    const thumb = owner.page.getByRole('slider', { name: 'Held back from this score on' });
    await thumb.press('End');
    const { curve } = (await desk.owner.get('/api/v1/screening/settings')).body as ScreeningSettings;
    const { caught, wronglyQuarantined } = curve.points.at(-1)!;
    const consequence = `Of ${curve.spam} spam, ${caught} would be caught; of ${curve.ham} real messages, ${wronglyQuarantined} would be held back.`;
    await owner.page.getByText(consequence).waitFor();
    expect(await thumb.getAttribute('aria-valuenow')).toBe('12');
    await owner.page.getByRole('button', { name: 'Save' }).click();
    await owner.page.getByText('The filter holds back from 12 on').waitFor();
    await owner.button('Undo').click();
    await owner.page.getByRole('switch', { name: 'Automatic', checked: true }).waitFor();
    const now = await desk.owner.get('/api/v1/screening/settings');
    expect(now.body as ScreeningSettings).toMatchObject({ threshold: null });
  });

  it('sees who taught what, settles what waits, and takes a teacher back', async () => {
    const ids = [];
    for (let turn = 0; turn < 12; turn++)
      ids.push(await program.ticket(`${HAM[turn % HAM.length]} ${HAM[(turn + 2) % HAM.length]} ${turn}`, 'Eve was here'));
    for (const id of ids) await bo.post(`/api/v1/conversations/${id}/screening`, { verdict: 'spam' });
    const waiting = async () => ((await desk.owner.get('/api/v1/screening/lessons?state=held')).body as ListPage<LessonView>).items.length;
    const before = await waiting();
    expect(before).toBeGreaterThan(1);
    await owner.goto('/settings/screening?part=teachers');
    const remove = owner.page.getByRole('button', { name: /^Remove the lesson on/ });
    await remove.first().click();
    await owner.page.getByText('The lesson is forgotten').waitFor();
    await owner.page
      .getByRole('button', { name: /^Accept the lesson on/ })
      .first()
      .click();
    await owner.page.getByText('The filter has learned it').waitFor();
    expect(await waiting()).toBe(before - 2);
    await owner.button('Take back all of Bo Berg').click();
    const act = owner.page.getByRole('dialog').getByRole('button', { name: 'Take all back' });
    expect(await act.isDisabled()).toBe(true);
    await owner.page.getByLabel(/^Type Bo Berg/).fill('Bo Berg');
    await act.click();
    await owner.page.getByText(/^\d+ lessons are taken back/).waitFor();
    await owner.button('Take back all of Bo Berg').waitFor({ state: 'detached' });
  });

  it('keeps a block list that cannot be read, only asked', async () => {
    await part('Block list');
    await owner.button('Add to the list').click();
    await owner.page.getByRole('dialog').getByText('Domain', { exact: true }).click();
    await owner.page.getByLabel('Domain, with all below it').fill('noise.test');
    await owner.page.getByLabel('Why').fill('Fake invoices');
    await owner.page.getByRole('button', { name: 'Block', exact: true }).click();
    await owner.page.getByText('Fake invoices').waitFor();
    expect(await owner.page.getByText('noise.test').count()).toBe(0);
    await owner.page.getByLabel('Is it blocked?').fill('x@mail.noise.test');
    await owner.button('Check').click();
    await owner.page.getByText('Blocked: Fake invoices').waitFor();
    await owner.button('Take off: Fake invoices').click();
    await owner.page.getByText('Taken off the list').waitFor();
    await owner.button('Check').click();
    await owner.page.getByText('Not blocked', { exact: true }).waitFor();
  });

  it.each(['light', 'dark'] as const)('reads all of it without a barrier, %s', async (colorScheme) => {
    const shown = await windowOf(browser, desk.owner, { colorScheme });
    const id = await program.ticket(`${SPAM[0]} for all to see`, 'Axe');
    for (const path of ['results', 'threshold', 'teachers', 'blocks']) {
      await shown.goto(`/settings/screening?part=${path}`);
      await shown.settled();
      await expectNoBarrier(shown);
    }
    await shown.goto(`/inbox/spam/${id}`);
    await shown.button('Why?').click();
    await shown.page.getByRole('list', { name: 'Speaks for spam' }).waitFor();
    await shown.settled();
    await expectNoBarrier(shown);
    expect(shown.faults).toEqual([]);
    await shown.context.close();
  });
});
