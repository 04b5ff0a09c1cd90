import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { startBrowser, startSotto, type RunningSotto } from '../support/index.js';
import { otherPlace, type OtherPlace } from './other-place.js';
import { OWNER, Panel } from './panel-desk.js';

jest.setTimeout(120_000);

const ELSEWHERE = '127.0.0.77';

let sotto: RunningSotto;
let browser: Browser;
let elsewhere: OtherPlace;
let here: Panel;
let there: Panel;

/** One owner, signed in at two places, goes through the settings in the order of the tests. */
beforeAll(async () => {
  [sotto, browser, elsewhere] = await Promise.all([startSotto(), startBrowser(), otherPlace(ELSEWHERE)]);
  here = await Panel.open(browser, sotto.url);
  await here.goto('/setup');
  await here.page.getByLabel('Set-up code').fill(sotto.setupCode ?? '');
  await here.page.getByLabel('Name of your company or team').fill('Alpine Gear');
  await here.page.getByLabel('Your name').fill(OWNER.name);
  await here.page.getByLabel('Your e-mail address').fill(OWNER.email);
  await here.page.getByRole('textbox', { name: 'Password' }).fill(OWNER.password);
  await here.button('Create account').click();
  await here.page.waitForURL('**/inbox/open');
  there = await Panel.open(browser, sotto.url, { proxy: { server: elsewhere.server, bypass: '<-loopback>' } });
  await there.goto('/login');
  await there.signIn();
  await there.page.waitForURL('**/inbox/open');
});

afterEach(() => {
  expect(here.faults.splice(0)).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await elsewhere?.close();
  await sotto?.stop();
});

const visit = async (path: string, heading: string) => {
  await here.goto(path);
  await here.page.getByRole('heading', { level: 1, name: heading }).waitFor();
};

describe('members', () => {
  it('are invited by mail, and stand in the list', async () => {
    await visit('/settings/members', 'Members');
    await here.button('Invite').click();
    await here.button('Send invitation').click();
    await here.page.getByText('Fill this in.').first().waitFor();
    await here.page.getByRole('dialog').getByLabel('E-mail address').fill('ben@gear.example');
    await here.page.getByRole('dialog').getByLabel('Name').fill('Ben Bauer');
    await here.button('Send invitation').click();
    await here.page.getByText('ben@gear.example is invited').waitFor();
    const row = here.page.getByRole('listitem').filter({ hasText: 'Ben Bauer' });
    await row.getByText('Invited', { exact: true }).waitFor();
    expect(await row.getByText('Agent', { exact: true }).count()).toBe(1);
  });

  it('get roles made of permissions', async () => {
    await visit('/settings/roles', 'Roles');
    await here.button('New role').click();
    const dialog = here.page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Night shift');
    await dialog.getByLabel('Read conversations of all teams').check();
    await here.button('Save').click();
    await here.page.getByText('0 members, 12 permissions').waitFor();
  });

  it('answer together in teams', async () => {
    await visit('/settings/teams', 'Teams');
    await here.button('New team').click();
    const dialog = here.page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Billing');
    await here.button('Save').click();
    await here.page.getByRole('listitem').filter({ hasText: 'Billing' }).waitFor();
  });
});

describe('the list of addresses', () => {
  it('tells before saving who would get in', async () => {
    await visit('/settings/security', 'Security');
    await here.page.getByText('You are at 127.0.0.1.').waitFor();
    await here.button('Add a line').click();
    await here.page.getByLabel('Address, network or range').fill('127.0.0.1-127.0.0.9');
    await here.page.getByLabel('What it is').fill('this desk');
    await here.page.getByLabel('Try an address').fill(ELSEWHERE);
    await here.button('Try').click();
    await here.page.getByText(`${ELSEWHERE} may not get in.`).waitFor();
  });

  it('says beside a line what is wrong with it', async () => {
    await here.page.getByLabel('Address, network or range').fill('127.0.0.1/8');
    await here.button('Save').click();
    await here.page.getByText(/127\.0\.0\.0\/8/).waitFor();
    await here.page.getByLabel('Address, network or range').fill('127.0.0.1-127.0.0.9');
  });

  it('puts somebody outside it out at once', async () => {
    const closed = there.page.waitForURL('**/login**', { timeout: 10_000 });
    await here.button('Save').click();
    await closed;
    await here.page.getByText('Saved. Whoever is outside the list is signed out').waitFor();
    await there.page
      .getByText(/address/i)
      .first()
      .waitFor();
    expect(await there.page.evaluate(async () => (await fetch('/api/v1/me')).status)).toBe(403);
  });

  it('does not shut out whoever edits it without the account’s name typed', async () => {
    await here.page.getByLabel('Address, network or range').fill('203.0.113.0/24');
    await here.button('Save').click();
    const dialog = here.page.getByRole('dialog', { name: 'This list would shut you out' });
    await dialog.waitFor();
    expect(await dialog.getByRole('button', { name: 'Save and shut me out' }).isDisabled()).toBe(true);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await here.button('Discard').click();
    expect(await here.page.evaluate(async () => (await fetch('/api/v1/me')).status)).toBe(200);
  });
});

describe('an API token', () => {
  it('is shown once', async () => {
    await visit('/settings/tokens', 'API tokens');
    await here.button('New token').click();
    await here.page.getByRole('dialog').getByLabel('Name').fill('Nightly report');
    await here.button('Make token').click();
    const token = await here.page
      .getByRole('dialog')
      .getByText(/^sotto_[\w-]{43}$/)
      .textContent();
    await here.button('I have copied it').click();
    expect(await here.page.content()).not.toContain(token);
    const answer = await fetch(`${sotto.url}/api/v1/conversations`, { headers: { authorization: `Bearer ${token ?? ''}` } });
    expect(answer.status).toBe(200);
  });

  it('ends when it is revoked', async () => {
    await here.button('Revoke').click();
    await here.page.getByRole('dialog').getByRole('textbox').fill('Nightly report');
    await here.page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await here.page.getByText('The token is revoked').waitFor();
    await here.page.getByText('No token yet').waitFor();
  });
});

describe('the audit log', () => {
  it('tells all of it, and proves itself', async () => {
    await visit('/settings/audit', 'Audit log');
    for (const sentence of [
      'Ana Novak invited Ben Bauer',
      'Ana Novak made a role',
      'Ana Novak made a team',
      'Ana Novak changed the security settings',
      'Ana Novak made an API token',
      'Ana Novak revoked an API token',
    ])
      await here.page.getByRole('cell', { name: sentence, exact: true }).waitFor();
    await here.button('Check the chain').click();
    await here.page.getByText(/entries, each in its place and unchanged/).waitFor();
  });

  it('is filtered', async () => {
    await here.page.getByRole('combobox', { name: 'What' }).click();
    await here.page.getByRole('option', { name: 'Teams' }).click();
    await here.page.getByRole('cell', { name: 'Ana Novak made a role' }).waitFor({ state: 'detached' });
    expect(await here.page.getByRole('cell', { name: 'Ana Novak made a team' }).count()).toBe(1);
  });

  it('is taken along as a table', async () => {
    const [file] = await Promise.all([here.page.waitForEvent('download'), here.button('Download as CSV').click()]);
    const stream = await file.createReadStream();
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString('utf8')).toContain('team.created');
  });
});

describe('every page of it', () => {
  it.each([
    ['/settings/members', 'Members'],
    ['/settings/teams', 'Teams'],
    ['/settings/roles', 'Roles'],
    ['/settings/security', 'Security'],
    ['/settings/sso', 'Single sign-on'],
    ['/settings/mail', 'Mail'],
    ['/settings/tokens', 'API tokens'],
    ['/settings/audit', 'Audit log'],
  ])('%s can be used by everybody', async (path, heading) => {
    await visit(path, heading);
    await here.settled();
    const { violations } = await new AxeBuilder({ page: here.page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
});
