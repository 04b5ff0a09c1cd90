import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import type { ConversationView, NewVisitorSession, Page as ListPage, WidgetConfig } from '@sotto/protocol';
import { Desk, eventually, Site, startBrowser, Visitor } from './widget-site.js';

jest.setTimeout(120_000);

const USUAL = 5;
const WORKER = '**/widget/v1/assets/worker-*.js';

let desk: Desk;
let site: Site;
let browser: Browser;
const visitors: Visitor[] = [];
const pictures = path.resolve(import.meta.dirname, '../../screenshots');

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  desk = await Desk.start({ SOTTO_ATTACK_SESSIONS_PER_MINUTE: String(USUAL) });
  site = await Site.start(desk.url, desk.inbox.key);
  await desk.configure({ allowedOrigins: [site.origin] });
  browser = await startBrowser();
});

afterEach(async () => {
  for (const visitor of visitors.splice(0)) {
    const { faults } = visitor;
    await visitor.leaves();
    expect(faults).toEqual([]);
  }
});

afterAll(async () => {
  await browser?.close();
  site?.stop();
  await desk?.stop();
});

/** What a visitor's browser sent to open a session. */
const sent = new WeakMap<Visitor, NewVisitorSession[]>();

async function visitor(
  options?: BrowserContextOptions,
  prepare?: (context: BrowserContext) => Promise<unknown>,
  where = site.origin,
): Promise<Visitor> {
  const posts: NewVisitorSession[] = [];
  const arrived = await Visitor.arrives(browser, where, options, async (context) => {
    context.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/widget/v1/sessions'))
        posts.push(request.postDataJSON() as NewVisitorSession);
    });
    await prepare?.(context);
  });
  sent.set(arrived, posts);
  visitors.push(arrived);
  return arrived;
}

const configNow = async () => (await (await fetch(`${desk.url}/widget/v1/inboxes/${desk.inbox.key}`)).json()) as WidgetConfig;

/** Programs that want more sessions than people do; answers once work is asked for. */
async function flood(): Promise<void> {
  const { policy } = await configNow();
  const consent = { policyId: policy.id, policyVersion: policy.version, purposes: ['support'] };
  const body = JSON.stringify({ inboxKey: desk.inbox.key, consent });
  await eventually(async () => {
    await fetch(`${desk.url}/widget/v1/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return (await configNow()).ticket.difficulty > 0;
  });
}

/** The worker's script never comes, so that the work goes on until somebody has looked at it. */
const neverDone = (context: BrowserContext) => context.route(WORKER, () => undefined);

describe('the field no person sees', () => {
  it('is met by no key, no click and no screen reader, and goes out only when it was filled in', async () => {
    const ana = await visitor();
    await ana.open();
    await ana.chat.locator('h2:focus').waitFor();
    const stops = new Set<string>();
    for (let press = 0; press < 24; press++) {
      await ana.page.keyboard.press(press < 12 ? 'Tab' : 'Shift+Tab');
      stops.add(await ana.chat.locator('html').evaluate(() => document.activeElement?.outerHTML ?? ''));
    }
    expect(stops.size).toBeGreaterThan(6);
    expect([...stops].filter((stop) => stop.includes('website'))).toEqual([]);
    expect(await ana.chat.locator('body').ariaSnapshot()).toMatch(/textbox "Name"[^]*textbox "E-mail"/u);
    expect(await ana.chat.locator('body').ariaSnapshot()).not.toMatch(/website/iu);
    const field = ana.chat.locator('input[name="website"]');
    expect(await field.evaluate((input) => getComputedStyle(input).display !== 'none' && input.checkVisibility())).toBe(true);
    const hit = await field.evaluate((input) => {
      const { x, y, width, height } = input.getBoundingClientRect();
      return document.elementFromPoint(x + width / 2, y + height / 2) === input;
    });
    expect(hit).toBe(false);
    await ana.agree();
    expect(sent.get(ana)!.map((body) => 'website' in body)).toEqual([false]);
  });

  it('sends what a program writes into quarantine, and the program sees nothing of it', async () => {
    const bot = await visitor();
    await bot.open();
    // As programs do that fill in whatever there is.
    await bot.chat.locator('form').evaluate((form) => {
      for (const input of form.querySelectorAll<HTMLInputElement>('input[type="text"], input[type="email"]')) {
        input.value = input.type === 'email' ? 'bot@casino.example' : 'https://casino.example';
        input.dispatchEvent(new Event('input', { bubbles: true }));
      }
    });
    await bot.agree();
    expect(sent.get(bot)!.map(({ website }) => website)).toEqual(['https://casino.example']);
    await bot.write('Win at the casino');
    await bot.bubble('Win at the casino').getByText('Sent').waitFor();
    const held = await eventually(async () =>
      (await desk.call<ListPage<ConversationView>>('GET', '/conversations?status=spam')).items.find(
        ({ lastMessage }) => lastMessage?.preview === 'Win at the casino',
      ),
    );
    expect(held.status).toBe('spam');
  });
});

describe('under attack', () => {
  it('whoever opened the chat before loses nothing of what they filled in, and is asked for nothing', async () => {
    const ana = await visitor();
    await ana.open();
    await ana.chat.getByRole('textbox', { name: 'Name' }).fill('Ana');
    await ana.chat.getByRole('textbox', { name: 'E-mail' }).fill('ana@luna.example');
    await flood();
    await ana.agree();
    const [refused, taken] = sent.get(ana)!;
    expect([refused!.nonce, taken!.nonce]).toEqual([undefined, expect.stringMatching(/^\d+$/u)]);
    expect(taken!.ticket).not.toBe(refused!.ticket);
    expect(taken!.contact).toEqual({ name: 'Ana', email: 'ana@luna.example' });
    await ana.write('Is there a table?');
    expect((await desk.conversationWith('Is there a table?')).contact.name).toBe('Ana');
  });

  it('the page works by itself, in a thread of its own, and keeps nothing before consent', async () => {
    await flood();
    const ana = await visitor();
    await ana.open();
    await ana.chat.getByRole('checkbox').first().check();
    expect(await ana.kept()).toEqual({ cookies: 0, storage: 0, databases: 0 });
    expect(ana.requests.filter((request) => request.includes('worker'))).toEqual([]);
    await ana.agree();
    expect(sent.get(ana)).toHaveLength(1);
    expect(sent.get(ana)![0]!.nonce).toMatch(/^\d+$/u);
    expect(ana.requests.filter((request) => request.includes('worker'))).toHaveLength(1);
    await ana.write('Good evening');
    await desk.conversationWith('Good evening');
  });

  it.each([
    ['has no threads', (context: BrowserContext) => context.addInitScript({ content: 'delete globalThis.Worker;' })],
    ['cannot load the thread', (context: BrowserContext) => context.route(WORKER, (route) => route.abort())],
  ])('a browser that %s works in between', async (_, prepare) => {
    await flood();
    const ana = await visitor({}, prepare);
    await ana.open();
    await ana.agree();
    expect(sent.get(ana)!.at(-1)!.nonce).toMatch(/^\d+$/u);
  });

  it('the visitor may think better of it; nothing was sent, and nothing is kept', async () => {
    await flood();
    const ana = await visitor({}, neverDone);
    await ana.open();
    await ana.chat.getByRole('textbox', { name: 'Name' }).fill('Ana');
    await ana.chat.getByRole('checkbox').first().check();
    await ana.button('Start chat').click();
    await ana.chat.getByRole('status').filter({ hasText: 'One moment' }).waitFor();
    expect(await ana.kept()).toEqual({ cookies: 0, storage: 0, databases: 0 });
    await ana.button('Cancel').click();
    await ana.button('No, thank you').waitFor();
    expect(await ana.chat.getByRole('status').textContent()).toBe('');
    expect(await ana.chat.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Ana');
    expect(sent.get(ana)).toEqual([]);
    await ana.context.unroute(WORKER);
    await ana.agree();
    expect(sent.get(ana)).toHaveLength(1);
  });

  it.each([
    ['light', 'en', 390],
    ['dark', 'en', 390],
    ['light', 'de', 320],
    ['dark', 'ar', 320],
  ] as const)('the wait in %s, %s, %i px wide has nothing axe can find, and fits', async (colorScheme, language, width) => {
    await flood();
    const ana = await visitor(
      { colorScheme, locale: language, viewport: { width, height: 700 }, reducedMotion: 'reduce' },
      neverDone,
      `${site.origin}/?language=${language}`,
    );
    await ana.open();
    await ana.chat.getByRole('checkbox').first().check();
    await ana.chat.locator('button[type="submit"]').click();
    await ana.chat.getByRole('status').filter({ hasText: /\S/u }).waitFor();
    await ana.page.screenshot({ path: path.join(pictures, `widget-wait-${colorScheme}-${language}-${width}.png`) });
    const { violations, passes } = await new AxeBuilder({ page: ana.page }).analyze();
    expect(violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${JSON.stringify(target)}`))).toEqual([]);
    expect(passes.some(({ nodes }) => nodes.some(({ target }) => target.length > 1))).toBe(true);
    const root = ana.chat.locator('html');
    expect(await root.evaluate((html) => [html.scrollWidth - html.clientWidth, html.scrollHeight - html.clientHeight])).toEqual([0, 0]);
  });
});

describe('a connection that has used up its share', () => {
  it('is told when to try again', async () => {
    const strict = await Desk.start({ SOTTO_VISITOR_SESSIONS_PER_MINUTE: '1' });
    const shop = await Site.start(strict.url, strict.inbox.key);
    try {
      await strict.configure({ allowedOrigins: [shop.origin] });
      await (await visitor({}, undefined, shop.origin).then(async (ben) => (await ben.open(), ben))).agree();
      const ana = await visitor({ viewport: { width: 390, height: 700 } }, undefined, shop.origin);
      await ana.open();
      await ana.chat.getByRole('checkbox').first().check();
      await ana.button('Start chat').click();
      await ana.chat
        .getByRole('alert')
        .filter({ hasText: /try again in \d+ seconds?\./u })
        .waitFor();
      await ana.page.screenshot({ path: path.join(pictures, 'widget-limited.png') });
      expect(await ana.chat.getByRole('checkbox').first().isChecked()).toBe(true);
    } finally {
      shop.stop();
      await strict.stop();
    }
  });
});
