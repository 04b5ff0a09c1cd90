import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { Desk, eventually, Site, startBrowser, Visitor } from './widget-site.js';

jest.setTimeout(120_000);

let desk: Desk;
let site: Site;
let browser: Browser;
const pictures = path.resolve(import.meta.dirname, '../../screenshots');

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  desk = await Desk.start();
  site = await Site.start(desk.url, desk.inbox.key);
  await desk.configure({ allowedOrigins: [site.origin], fallbackEmail: 'hello@luna.example' });
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
  site?.stop();
  await desk?.stop();
});

/** What axe finds wrong, by rule and place. A frame axe did not enter would count as clean, so it has to have been inside. */
function wrong({ page }: Visitor): Promise<string[]> {
  return eventually(async () => {
    const { violations, passes } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    if (!passes.some(({ nodes }) => nodes.some(({ target }) => target.length > 1))) return undefined;
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${JSON.stringify(target)} ${failureSummary}`),
    );
  });
}

describe.each([
  ['light', 'en', 1000, '#4f46e5'],
  ['dark', 'en', 390, '#facc15'],
  ['light', 'ar', 1000, '#0f766e'],
  ['dark', 'de', 320, '#9ca3af'],
] as const)('the chat in %s, %s, %i px wide, %s', (colorScheme, language, width, colour) => {
  it('has nothing axe can find, on any screen', async () => {
    await desk.configure({ colour });
    // The server keeps an inbox's colour for a moment.
    await eventually(async () => (await (await fetch(`${desk.url}/widget/v1/loader.js?inbox=${desk.inbox.key}`)).text()).includes(colour));
    const ana = await Visitor.arrives(browser, `${site.origin}/?language=${language}`, {
      colorScheme,
      locale: language,
      viewport: { width, height: 760 },
      reducedMotion: 'reduce',
    });
    const look = async (screen: string) => {
      expect(await wrong(ana)).toEqual([]);
      const sideways = await ana.chat.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);
      expect(sideways).toBe(0);
      await ana.page.screenshot({ path: path.join(pictures, `widget-${colorScheme}-${language}-${screen}.png`) });
    };
    await ana.open();
    await look('consent');
    await ana.chat.locator('.actions .quiet').click();
    await look('declined');
    await ana.chat.locator('.primary').click();
    await ana.chat.locator('.links button').click();
    await look('policy');
    await ana.chat.locator('header button').first().click();
    await ana.agree();
    await look('empty');
    const text = `${'Long'.repeat(60)} https://luna.example/${colorScheme}${language}`;
    await ana.write(text);
    const { id } = await eventually(async () =>
      (await desk.conversations()).find(({ lastMessage }) => lastMessage?.preview.startsWith('LongLong') && lastMessage.by === 'visitor'),
    );
    await desk.reply(id, 'Thank you. مرحبا');
    await ana.bubble('Thank you').waitFor();
    await ana.context.setOffline(true);
    await ana.write('Later');
    await ana.chat.locator('.status').waitFor();
    await look('chat');
    await ana.context.setOffline(false);
    await ana.chat.locator('.status').waitFor({ state: 'detached' });
    await ana.chat.locator('header button').first().click();
    await ana.chat.locator('.danger').click();
    await look('menu');
    await ana.chat.locator('.primary.danger').click();
    await ana.chat.locator('.middle').waitFor();
    await look('withdrawn');
    await ana.leaves();
  });
});

describe('with the keyboard alone', () => {
  it('a visitor opens, agrees, writes and closes, and comes back to where they were', async () => {
    const ana = await Visitor.arrives(browser, site.origin);
    const { keyboard } = ana.page;
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    expect(await ana.launcher.evaluate((button) => button.matches(':focus'))).toBe(true);
    await keyboard.press('Enter');
    await ana.chat.locator('h2:focus').waitFor();
    await keyboard.press('Tab');
    await ana.chat.locator('input[type="checkbox"]:focus').waitFor();
    await keyboard.press('Space');
    await keyboard.press('Enter');
    await ana.chat.locator('textarea:focus').waitFor();
    await keyboard.type('Written without a mouse');
    await keyboard.press('Enter');
    await desk.conversationWith('Written without a mouse');
    await keyboard.press('Escape');
    await eventually(() => ana.launcher.evaluate((button) => button.matches(':focus')));
    expect(await ana.launcher.getAttribute('aria-expanded')).toBe('false');
    await ana.leaves();
  });

  it('stays inside the open chat, forwards and backwards', async () => {
    const ana = await Visitor.arrives(browser, site.origin);
    await ana.open();
    await ana.chat.locator('h2:focus').waitFor();
    for (const key of ['Tab', 'Shift+Tab']) {
      const seen = new Set<string>();
      for (let press = 0; press < 24; press++) {
        await ana.page.keyboard.press(key);
        seen.add(
          await ana.chat
            .locator('html')
            .evaluate(
              () =>
                `${document.hasFocus()} ${document.activeElement?.tagName} ${document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent}`,
            ),
        );
      }
      expect([...seen].filter((place) => !place.startsWith('true') || place.includes('BODY'))).toEqual([]);
      expect(seen.size).toBeGreaterThan(5);
    }
    await ana.leaves();
  });
});
