import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Desk, Site, Visitor, eventually, startBrowser } from './widget-site.js';

jest.setTimeout(180_000);

const ROUNDS = 10;

let desk: Desk;
let site: Site;
let browser: Browser;
let agentContext: BrowserContext;
let agent: Page;
const faults: string[] = [];

beforeAll(async () => {
  mkdirSync('screenshots', { recursive: true });
  desk = await Desk.start();
  site = await Site.start(desk.url, desk.inbox.key);
  await desk.configure({ allowedOrigins: [site.origin], fallbackEmail: 'hello@luna.example' });
  browser = await startBrowser();
  agentContext = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
  agent = await agentContext.newPage();
  agent.on('pageerror', (error) => faults.push(String(error)));
});

afterAll(async () => {
  await browser?.close();
  site?.stop();
  await desk?.stop();
});

/** The texts of a thread, top to bottom, as the screen shows them. */
const shown = (articles: { allInnerTexts(): Promise<string[]> }) =>
  articles.allInnerTexts().then((texts) => texts.flatMap((text) => /(?:visitor|agent) says \d+/u.exec(text)?.[0] ?? []));
const panelThread = () => shown(agent.getByRole('article'));
const widgetThread = (visitor: Visitor) => shown(visitor.chat.getByRole('article'));

describe('a stranger on a website and an agent in the panel', () => {
  it('chat, each in a browser of their own, and both keep the same list', async () => {
    await agent.goto(desk.url);
    await agent.getByLabel('E-mail address').fill('ana@luna.example');
    await agent.getByLabel('Password', { exact: true }).fill('blue kettle over the hill 7');
    await agent.getByRole('button', { name: 'Sign in' }).click();
    await agent
      .getByRole('button', { name: /Ana Novak/u })
      .first()
      .waitFor();

    const visitor = await Visitor.arrives(browser, site.origin);
    // Before the click the page has asked for the loader, and for nothing else of ours.
    expect(visitor.requests.filter((request) => request.includes('/widget/'))).toEqual(['GET /widget/v1/loader.js']);

    // Consent refused: nothing is kept and nobody in the panel learns of it.
    await visitor.open();
    await visitor.button('No, thank you').click();
    await visitor.chat.getByRole('heading', { name: 'Nothing was stored' }).waitFor();
    expect(await visitor.kept()).toEqual({ cookies: 0, storage: 0, databases: 0 });
    expect(visitor.sockets).toEqual([]);
    expect(await desk.conversations()).toEqual([]);

    // Consent given.
    await visitor.button('Back to the chat').click();
    await visitor.agree();
    await visitor.write('visitor says 0');
    await agent.getByText('visitor says 0').first().click();
    const answer = agent.getByRole('textbox', { name: 'Reply' });
    await answer.waitFor();

    const expected = ['visitor says 0'];
    for (let round = 0; round < ROUNDS; round += 1) {
      await answer.fill(`agent says ${round}`);
      await answer.press('Enter');
      expected.push(`agent says ${round}`);
      await visitor.bubble(`agent says ${round}`).waitFor();
      if (round === ROUNDS - 1) break;
      await visitor.write(`visitor says ${round + 1}`);
      expected.push(`visitor says ${round + 1}`);
      await agent
        .getByRole('article')
        .filter({ hasText: `visitor says ${round + 1}` })
        .waitFor();
    }
    expect(expected).toHaveLength(2 * ROUNDS);
    expect(await panelThread()).toEqual(expected);
    expect(await widgetThread(visitor)).toEqual(expected);
    await agent.screenshot({ path: 'screenshots/chat-panel-1440-light.png' });
    await visitor.page.screenshot({ path: 'screenshots/chat-widget-light.png' });

    // Both reload.
    await agent.reload();
    await visitor.visit();
    await visitor.open();
    await eventually(async () => (await panelThread()).length === expected.length);
    await eventually(async () => (await widgetThread(visitor)).length === expected.length);
    expect(await panelThread()).toEqual(expected);
    expect(await widgetThread(visitor)).toEqual(expected);

    expect([...faults, ...visitor.faults]).toEqual([]);
    await visitor.leaves();
  });
});
