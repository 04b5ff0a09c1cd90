import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TeamView } from '@sotto/protocol';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../support/browser.js';
import { aDesk, type Desk } from '../support/desk.js';
import { says, starts, type LiveClient, type Member } from '../support/people.js';
import { UNLIMITED, addMember } from '../support/scene.js';
import { Panel } from './panel-desk.js';

jest.setTimeout(120_000);

/** Bo is in sales. The owner gives and takes; what is on Bo's screen follows. */
let desk: Desk;
let browser: Browser;
let bo: Member;
let panel: Panel;
let page: Page;
let sales: TeamView;
let client: LiveClient;
let conversationId: string;

const aTeam = async (name: string, ...members: Member[]) =>
  (await desk.owner.post('/api/v1/teams', { name, memberIds: members.map(({ id }) => id) })).body as TeamView;
const change = (body: object) => desk.owner.patch(`/api/v1/conversations/${conversationId}`, body);

beforeAll(async () => {
  [desk, browser] = await Promise.all([aDesk({ env: UNLIMITED }), startBrowser()]);
  bo = await addMember(desk, desk.owner.accountId, 'Bo Berg', 'bo@acme.test', 'agent');
  sales = await aTeam('Sales', bo);
  await aTeam('Billing');
  client = await (await desk.visitor({ name: 'Vida Kos' })).connects();
  ({ conversationId } = await starts(client, 'Do you ship to Austria?'));
  await change({ teamId: sales.id });
  panel = await Panel.open(browser, desk.url);
  ({ page } = panel);
  const [name = '', value = ''] = (bo.headers.cookie ?? '').split('=');
  await panel.context.addCookies([{ name, value, url: desk.url }]);
});

afterAll(async () => {
  expect(panel.faults).toEqual([]);
  await browser?.close();
  await desk?.close();
});

describe('a conversation of my team', () => {
  it('is in the team’s list, and says whose it is', async () => {
    await panel.goto('/inbox/open');
    await page.getByRole('link', { name: 'Sales' }).click();
    await page.getByRole('heading', { name: 'Sales', level: 1 }).waitFor();
    await panel.row('Vida Kos').click();
    await panel.message('Do you ship to Austria?').waitFor();
    await page.getByText('gave this to Sales').waitFor();
    await panel.button('Team: Sales').waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });

  it('leaves the screen when I give it to another team, by keyboard alone', async () => {
    await panel.button('Team: Sales').press('Enter');
    await page.getByRole('menuitemradio', { name: 'Billing' }).press('Enter');
    await page.getByText('This conversation belongs to another team now.').waitFor();
    await panel.row('Vida Kos').waitFor({ state: 'detached' });
    await says(client, conversationId, 'Are you still there?');
    await page.getByRole('link', { name: 'Back to the list' }).click();
    expect(await page.getByText('Are you still there?').count()).toBe(0);
  });

  it('comes back by itself when I am asked to answer it', async () => {
    await page.goto(`${desk.url}/inbox/open/${conversationId}`);
    await page.getByText('This conversation does not exist, or you may not see it.').waitFor();
    await change({ assigneeId: bo.id });
    await panel.message('Are you still there?').waitFor();
    await panel.row('Vida Kos').waitFor();
    await change({ assigneeId: null });
    await page.getByText('This conversation belongs to another team now.').waitFor();
  });

  it('goes with the team when I leave it', async () => {
    await change({ teamId: sales.id });
    await panel.row('Vida Kos').waitFor();
    await panel.message('Are you still there?').waitFor();
    await desk.owner.patch(`/api/v1/teams/${sales.id}`, { memberIds: [] });
    await page.getByText('This conversation does not exist, or you may not see it.').waitFor();
    await panel.row('Vida Kos').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Sales' }).waitFor({ state: 'detached' });
  });
});
