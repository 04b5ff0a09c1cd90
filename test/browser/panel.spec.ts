import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { startBrowser, startSotto, type RunningSotto } from '../support/index.js';
import { OWNER, Panel, Visitor } from './panel-desk.js';

jest.setTimeout(120_000);

let sotto: RunningSotto;
let browser: Browser;
let ana: Panel;
const visitors: Visitor[] = [];

/** The tests are one owner's first day, in its order. */
beforeAll(async () => {
  [sotto, browser] = await Promise.all([
    startSotto({
      env: {
        SOTTO_VISITOR_SESSIONS_PER_MINUTE: '1000',
        SOTTO_VISITOR_MESSAGES_PER_MINUTE: '1000',
        SOTTO_LOGIN_ATTEMPTS_PER_MINUTE: '1000',
        SOTTO_OVERDUE_SECONDS: '3',
      },
    }),
    startBrowser(),
  ]);
  ana = await Panel.open(browser, sotto.url);
});

afterEach(() => {
  expect(ana.faults.splice(0)).toEqual([]);
});

afterAll(async () => {
  for (const visitor of visitors) visitor.leave();
  await browser?.close();
  await sotto?.stop();
});

async function visitor(contact?: { name?: string; email?: string }): Promise<Visitor> {
  const arrived = await Visitor.arrive(sotto.url, (await ana.inbox()).key, contact);
  visitors.push(arrived);
  return arrived;
}

describe('set-up', () => {
  it('is the first page, and says what is missing beside each field', async () => {
    await ana.goto('/');
    await ana.page.waitForURL('**/setup');
    await ana.button('Create account').click();
    expect(await ana.page.getByText('Fill this in.').count()).toBe(4);
    expect(await ana.page.getByLabel('Set-up code').evaluate((field) => field === document.activeElement)).toBe(true);
  });

  it('tells in words how strong the password is', async () => {
    await ana.page.getByRole('textbox', { name: 'Password' }).fill('lantern');
    await ana.page.getByText('5 more characters needed').first().waitFor();
    await ana.page.getByRole('textbox', { name: 'Password' }).fill('passwordpassword');
    await ana.page.getByText(/Strength: (Very easy|Easy) to guess/).waitFor();
    await ana.page.getByRole('textbox', { name: 'Password' }).fill(OWNER.password);
    await ana.page.getByText('Strength: Very strong').waitFor();
  });

  it('refuses a wrong code beside the code', async () => {
    await ana.page.getByLabel('Set-up code').fill('AAAA-BBBB-CCCC');
    await ana.page.getByLabel('Name of your company or team').fill('Alpine Gear');
    await ana.page.getByLabel('Your name').fill(OWNER.name);
    await ana.page.getByLabel('Your e-mail address').fill(OWNER.email);
    await ana.button('Create account').click();
    await ana.page.getByText('This code is not right or has been used.').waitFor();
  });

  it('lands in the inbox with the first steps', async () => {
    await ana.page.getByLabel('Set-up code').fill(sotto.setupCode ?? '');
    await ana.button('Create account').click();
    await ana.page.waitForURL('**/inbox/open');
    await ana.page.getByRole('heading', { name: 'First steps' }).waitFor();
    await ana.page.getByText('No conversation yet').waitFor();
    const { tryItUrl, snippet } = await ana.inbox();
    expect(
      await ana.page
        .getByRole('link', { name: /Open the try-it page/ })
        .first()
        .getAttribute('href'),
    ).toBe(tryItUrl);
    expect(await ana.page.locator('code').first().textContent()).toBe(snippet);
  });
});

describe('signing in and out', () => {
  it('signs out, refuses a wrong password without saying which part is wrong, and signs in', async () => {
    await ana.button(/You and this panel/).click();
    await ana.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await ana.page.getByText('You have signed out.').waitFor();
    await ana.signIn('not the password');
    await ana.page.getByText('E-mail or password is not right.').waitFor();
    await ana.signIn();
    await ana.page.waitForURL('**/inbox/open');
  });

  it('says that the session has ended, and goes back to the same place after', async () => {
    await ana.goto('/settings/policy');
    await ana.page.getByRole('heading', { name: 'Privacy policy' }).waitFor();
    await ana.context.clearCookies();
    await ana.page.getByRole('link', { name: 'Inboxes' }).click();
    await ana.page.getByText('Your session has ended.').waitFor();
    await ana.signIn();
    await ana.page.waitForURL('**/settings/**');
  });

  it('does not go to another site after signing in', async () => {
    await ana.context.clearCookies();
    await ana.goto('/login?to=//evil.example/');
    await ana.signIn();
    await ana.page.waitForURL('**/inbox/open');
    expect(new URL(ana.page.url()).origin).toBe(sotto.url);
  });
});

describe('a conversation', () => {
  let lena: Visitor;

  it('appears by itself, with its unread messages in the title', async () => {
    lena = await visitor({ name: 'Lena Hofer', email: 'lena@mail.example' });
    await lena.says('Do the <b>boots</b> run small? See https://example.com/boots');
    await ana.row('Lena Hofer').waitFor();
    await ana.page.waitForFunction(() => document.title.startsWith('(1) '));
  });

  it('is opened and answered by keyboard alone', async () => {
    await ana.page.keyboard.press('j');
    expect(await ana.row('Lena Hofer').evaluate((row) => row === document.activeElement)).toBe(true);
    await ana.page.keyboard.press('Enter');
    await ana.message('run small?').waitFor();
    await ana.page.keyboard.press('r');
    await ana.page.keyboard.type('Yes, take one size more.');
    await ana.page.keyboard.press('Enter');
    await ana.message('Yes, take one size more.').waitFor();
    await lena.hears('Yes, take one size more.');
    await ana.page.getByText('Sent', { exact: true }).waitFor();
  });

  it('shows what the visitor wrote as text, and links only addresses', async () => {
    const said = ana.message('run small?');
    expect(await said.getByText('<b>boots</b>').count()).toBe(1);
    const link = said.getByRole('link');
    expect(await link.getAttribute('href')).toBe('https://example.com/boots');
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
  });

  it('says when the visitor has seen the answer and when they write', async () => {
    await lena.reads();
    await ana.page.getByText('Seen', { exact: true }).waitFor();
    await lena.types();
    await ana.page.getByText('Lena Hofer is writing').waitFor();
  });

  it('keeps a private note from the visitor', async () => {
    await ana.page.keyboard.press('Escape');
    await ana.page.keyboard.press('n');
    await ana.page.keyboard.type('She has ordered twice before.');
    await ana.page.keyboard.press('Enter');
    await ana.message('She has ordered twice before.').getByText('Private note').waitFor();
    await ana.page.keyboard.press('Escape');
    await ana.page.keyboard.press('r');
    await ana.page.keyboard.type('Anything else?');
    await ana.page.keyboard.press('Enter');
    await lena.hears('Anything else?');
    expect(lena.heard).toEqual([
      'Do the <b>boots</b> run small? See https://example.com/boots',
      'Yes, take one size more.',
      'Anything else?',
    ]);
    expect(JSON.stringify(lena.events)).not.toContain('ordered twice');
  });

  it('is taken with "a"', async () => {
    await ana.page.keyboard.press('Escape');
    await ana.page.keyboard.press('a');
    await ana.page.getByRole('menuitemradio', { name: 'Ana Novak (Me)' }).waitFor();
    await ana.page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'menuitemradio');
    await ana.page.keyboard.press('Enter');
    await ana.page.getByText('Ana Novak took this').waitFor();
    await ana.page.getByRole('menu').waitFor({ state: 'detached' });
  });

  it('is resolved with "e", and the toast takes it back', async () => {
    await ana.page.keyboard.press('e');
    await ana.page.getByText('#1 is resolved').waitFor();
    await ana.row('Lena Hofer').waitFor({ state: 'detached' });
    await ana.button('Undo').click();
    await ana.row('Lena Hofer').waitFor();
    await ana.page.getByText('Ana Novak reopened this').waitFor();
  });

  it('stays resolved, with its way back, when an earlier change is answered late', async () => {
    const lateAnswer = Promise.withResolvers<void>();
    const lateCall = Promise.withResolvers<void>();
    await ana.page.route('**/api/v1/conversations/*', async (route) => {
      if (route.request().method() !== 'PATCH') return route.continue();
      const patch = route.request().postDataJSON() as object;
      if ('status' in patch) await lateCall.promise;
      const response = await route.fetch();
      if ('assigneeId' in patch) await lateAnswer.promise;
      await route.fulfill({ response });
    });
    await ana.page.keyboard.press('a');
    await ana.page.getByRole('menuitemradio', { name: 'Nobody' }).click();
    await ana.page.getByText('Ana Novak took the assignment away').waitFor();
    await ana.page.keyboard.press('e');
    await ana.page.getByText('#1 is resolved').waitFor();
    const answered = ana.page.waitForResponse((response) => response.request().method() === 'PATCH');
    lateAnswer.resolve();
    await (await answered).finished();
    await ana.page.waitForTimeout(100);
    expect(await ana.button('Undo').count()).toBe(1);
    expect(await ana.row('Lena Hofer').count()).toBe(0);
    lateCall.resolve();
    await ana.button('Undo').click();
    await ana.row('Lena Hofer').waitFor();
    await ana.page.unrouteAll({ behavior: 'wait' });
  });

  it('comes back when the visitor writes after it was resolved, and says when nobody answers', async () => {
    await ana.button('Resolve').click();
    await ana.row('Lena Hofer').waitFor({ state: 'detached' });
    await lena.says('One more thing');
    await ana.row('Lena Hofer').waitFor();
    await ana.page.getByText('Reopened by a new message').waitFor();
    await ana.page.getByText(/Nobody has answered since/).waitFor();
  });

  it('lets the contact be changed in place', async () => {
    await ana.button(/Lena Hofer\. Change the name/).click();
    await ana.page.getByRole('textbox', { name: 'Name' }).fill('Lena Hofer-Maier');
    await ana.page.keyboard.press('Enter');
    await ana.page.getByText('Ana Novak changed the contact: Lena Hofer-Maier').waitFor();
    await ana.row('Lena Hofer-Maier').waitFor();
  });

  it('refuses a wrong e-mail address and Escape takes it back', async () => {
    await ana.button(/lena@mail\.example\. Change/).click();
    await ana.page.getByRole('textbox', { name: 'E-mail' }).fill('lena at mail');
    await ana.page.keyboard.press('Enter');
    await ana.page.getByText('Write a whole e-mail address').waitFor();
    await ana.page.keyboard.press('Escape');
    await ana.button(/lena@mail\.example\. Change/).waitFor();
  });

  it('keeps an unsent draft while another one is open', async () => {
    const marko = await visitor({ name: 'Marko' });
    await marko.says('Hello');
    await ana.page.keyboard.press('r');
    await ana.page.keyboard.type('Half an ans');
    await ana.row('Marko').click();
    await ana.message('Hello').waitFor();
    expect(await ana.page.getByRole('textbox', { name: 'Reply' }).inputValue()).toBe('');
    await ana.row('Lena Hofer-Maier').click();
    await ana.message('One more thing').waitFor();
    expect(await ana.page.getByRole('textbox', { name: 'Reply' }).inputValue()).toBe('Half an ans');
    await ana.page.getByRole('textbox', { name: 'Reply' }).fill('');
  });

  it('is found by its number in the palette', async () => {
    await ana.page.keyboard.press('Control+k');
    await ana.page.getByRole('textbox', { name: 'Jump to' }).fill('#2');
    await ana.page.getByText('#2 Marko').waitFor();
    await ana.page.keyboard.press('Enter');
    await ana.page.getByRole('heading', { name: 'Marko', level: 2 }).waitFor();
  });

  it('stays open when Escape closes the list of keys above it', async () => {
    await ana.page.keyboard.press('?');
    await ana.page.getByRole('dialog').getByText('Keyboard shortcuts').waitFor();
    await ana.page.keyboard.press('Escape');
    await ana.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await ana.page.getByRole('heading', { name: 'Marko', level: 2 }).isVisible()).toBe(true);
    await ana.page.keyboard.press('Escape');
    await ana.page.getByRole('heading', { name: 'Marko', level: 2 }).waitFor({ state: 'detached' });
    await ana.row('Marko').click();
    await ana.message('Hello').waitFor();
  });
});

describe('a lost connection', () => {
  it('is said in words, and what was written meanwhile is sent once', async () => {
    await sotto.halt();
    await ana.page.keyboard.press('r');
    await ana.page.keyboard.type('Written while the server was away');
    await ana.page.keyboard.press('Enter');
    await ana.page.getByText('Reconnecting, 1 message will be sent').waitFor();
    await ana.page.getByText('Waiting for the connection').waitFor();
    await sotto.start();
    // The next attempt may be 45 s away where the server took long to come back.
    await ana.page.getByText('Reconnecting, 1 message will be sent').waitFor({ state: 'detached', timeout: 60_000 });
    await ana.page.getByText('Sent', { exact: true }).waitFor();
    expect(await ana.message('Written while the server was away').count()).toBe(1);
  });
});

describe('settings', () => {
  it('sees the widget on the site by itself', async () => {
    await ana.goto('/settings/inboxes');
    await ana.page.getByRole('link', { name: /Website/ }).click();
    await ana.page.getByText('Waiting to see it on your site…').waitFor();
    await ana.page.getByRole('textbox', { name: 'Add a site' }).fill('shop.example/cart');
    await ana.page.keyboard.press('Enter');
    await ana.page.getByRole('list', { name: 'Sites the widget may run on' }).getByText('https://shop.example').waitFor();
    const { key } = await ana.inbox();
    await fetch(`${sotto.url}/widget/v1/loader.js?inbox=${key}`, { headers: { referer: 'https://shop.example/' } });
    await ana.page.getByText(/Seen on https:\/\/shop\.example/).waitFor();
  });

  it('offers to allow the site that was refused', async () => {
    const { key } = await ana.inbox();
    await fetch(`${sotto.url}/widget/v1/loader.js?inbox=${key}`, { headers: { referer: 'https://staging.example/' } });
    await ana.button('Allow https://staging.example').click();
    await ana.page.getByRole('list', { name: 'Sites the widget may run on' }).getByText('https://staging.example').waitFor();
    expect((await ana.inbox()).allowedOrigins).toEqual(['https://shop.example', 'https://staging.example']);
  });

  it('saves name, colour and words', async () => {
    await ana.page.getByRole('textbox', { name: 'Name' }).fill('Alpine shop');
    await ana.page.getByRole('textbox', { name: 'Greeting' }).fill('Hello, ask us anything.');
    await ana.button('Save').click();
    await ana.page.getByText('The inbox is saved').waitFor();
    const inbox = await ana.inbox();
    expect(inbox.name).toBe('Alpine shop');
    expect(inbox.texts).toEqual({ en: { greeting: 'Hello, ask us anything.' } });
  });

  it('publishes a policy after saying what happens', async () => {
    await ana.goto('/settings/policy');
    await ana.page.getByRole('textbox', { name: 'Policy text in English' }).fill('We answer you.\nNothing else.');
    await ana.button('Publish version 2').click();
    const dialog = ana.page.getByRole('dialog');
    await dialog.getByText('Visitors who agreed to version 1 will be asked again').waitFor();
    await dialog.getByRole('button', { name: 'Publish version 2' }).click();
    await ana.page.getByText('Version 2 is published').waitFor();
    await ana.button(/^Version 2/).click();
    await ana.page.locator('ins').getByText('Nothing else.').waitFor();
  });

  it('keeps the text when a colleague has published meanwhile', async () => {
    const text = ana.page.getByRole('textbox', { name: 'Policy text in English' });
    await text.fill('We answer you, and keep it for a year.');
    await ana.publishPolicy('A colleague wrote this.');
    await ana.button('Publish version 3').click();
    await ana.page.getByRole('dialog').getByRole('button', { name: 'Publish version 3' }).click();
    await ana.page.getByText('Somebody published version 3 meanwhile').waitFor();
    expect(await text.inputValue()).toBe('We answer you, and keep it for a year.');
    await ana.button('Keep my text').click();
    await ana.button('Publish version 4').click();
    await ana.page.getByRole('dialog').getByRole('button', { name: 'Publish version 4' }).click();
    await ana.page.getByText('Version 4 is published').waitFor();
  });
});

describe.each([
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
])('at $width pixels', (viewport) => {
  it.each(['light', 'dark'] as const)('has nothing for axe to find (%s)', async (colorScheme) => {
    const storageState = await ana.context.storageState();
    const panel = await Panel.open(browser, sotto.url, { viewport, colorScheme, storageState });
    const check = async (name: string) => {
      await panel.page.screenshot({ path: `screenshots/panel-${name}-${viewport.width}-${colorScheme}.png` });
      const axe = new AxeBuilder({ page: panel.page });
      // In the dark only the colours are other ones.
      if (colorScheme === 'dark') axe.withRules(['color-contrast']);
      const { violations } = await axe.analyze();
      expect(violations.map(({ id, nodes }) => `${name}: ${id} ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
    };
    await panel.goto('/inbox/open');
    await panel.row('Marko').waitFor();
    await check('list');
    await panel.row('Lena').click();
    await panel.message('One more thing').waitFor();
    await check('conversation');
    if (viewport.width === 1440) {
      await panel.page.keyboard.press('a');
      await panel.page.getByRole('menuitemradio', { name: 'Nobody' }).waitFor();
      await check('assign');
      await panel.page.keyboard.press('Escape');
      await panel.page.keyboard.press('Control+k');
      await panel.page.getByRole('textbox', { name: 'Jump to' }).waitFor();
      await check('palette');
    }
    await panel.goto('/settings/inboxes');
    await panel.page.getByRole('link', { name: /Alpine shop/ }).click();
    await panel.page.getByRole('textbox', { name: 'Greeting' }).waitFor();
    await check('inbox');
    await panel.goto('/settings/policy');
    await panel.page.getByRole('textbox', { name: /Policy text/ }).waitFor();
    await check('policy');
    expect(panel.faults).toEqual([]);
    await panel.context.clearCookies();
    await panel.goto('/login');
    await panel.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await check('login');
    await panel.context.close();
  });

  it('goes from the list to a conversation and back', async () => {
    const panel = await Panel.open(browser, sotto.url, { viewport, storageState: await ana.context.storageState() });
    await panel.goto('/inbox/open');
    await panel.row('Marko').click();
    await panel.message('Hello').waitFor();
    expect(await panel.row('Lena').isVisible()).toBe(viewport.width > 760);
    if (viewport.width <= 760) await panel.page.getByRole('link', { name: 'Back to the list' }).click();
    else await panel.page.keyboard.press('Escape');
    await panel.page.waitForURL('**/inbox/open');
    await panel.row('Lena').waitFor();
    const width = await panel.page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(viewport.width);
    await panel.context.close();
  });
});

it('speaks German as well', async () => {
  const panel = await Panel.open(browser, sotto.url, { locale: 'de-AT', storageState: await ana.context.storageState() });
  await panel.goto('/inbox/open');
  await panel.page.getByRole('heading', { name: 'Offen' }).waitFor();
  expect(await panel.page.locator('html').getAttribute('lang')).toBe('de');
  await panel.context.close();
});
