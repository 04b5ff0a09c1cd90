import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { Desk, eventually, Site, startBrowser, Visitor } from './widget-site.js';

jest.setTimeout(120_000);

let desk: Desk;
let site: Site;
let stranger: Site;
let browser: Browser;
const visitors: Visitor[] = [];

beforeAll(async () => {
  desk = await Desk.start();
  site = await Site.start(desk.url, desk.inbox.key);
  stranger = await Site.start(desk.url, desk.inbox.key, '127.0.0.1');
  await desk.configure({ allowedOrigins: [site.origin, stranger.origin], fallbackEmail: 'hello@luna.example' });
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
  stranger?.stop();
  await desk?.stop();
});

async function visitor(
  options?: BrowserContextOptions,
  prepare?: (context: BrowserContext) => Promise<unknown>,
  path = '/',
): Promise<Visitor> {
  const arrived = await Visitor.arrives(browser, site.origin + path, options, prepare);
  visitors.push(arrived);
  return arrived;
}

const loaderOnly = ['GET /', 'GET /widget/v1/loader.js'];

describe('before consent', () => {
  it('loads the loader alone, and three things more on the first click', async () => {
    const ana = await visitor();
    expect(ana.requests.filter((request) => !request.endsWith('/favicon.ico'))).toEqual(loaderOnly);
    await ana.open();
    expect(ana.requests.filter((request) => request.includes('/widget/v1/')).length - 1).toBe(3);
  });

  it('keeps nothing: no cookie, no storage, no database, no socket', async () => {
    const ana = await visitor();
    await ana.open();
    await ana.button('Read the privacy notice').click();
    await ana.button('Back').click();
    await ana.chat.getByRole('checkbox').first().check();
    await ana.chat.getByRole('textbox', { name: 'Name' }).fill('Ana');
    expect(await ana.kept()).toEqual({ cookies: 0, storage: 0, databases: 0 });
    expect(ana.sockets).toEqual([]);
    expect(ana.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  });

  it('starts with every box unticked, and does not start a chat without the required one', async () => {
    const ana = await visitor();
    await ana.open();
    for (const box of await ana.chat.getByRole('checkbox').all()) expect(await box.isChecked()).toBe(false);
    await ana.button('Start chat').click();
    await ana.chat.getByRole('alert').filter({ hasText: 'Tick the box above' }).waitFor();
    expect(ana.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  });

  it('lets somebody decline, says that nothing was stored, and offers e-mail and a way back', async () => {
    const ana = await visitor();
    await ana.open();
    await ana.button('No, thank you').click();
    await ana.chat.getByRole('heading', { name: 'Nothing was stored' }).waitFor();
    expect(await ana.chat.getByRole('link').getAttribute('href')).toBe('mailto:hello@luna.example');
    expect(await ana.kept()).toEqual({ cookies: 0, storage: 0, databases: 0 });
    await ana.button('Back to the chat').click();
    await ana.chat.getByRole('checkbox').first().waitFor();
  });

  it('tells a wrong e-mail address', async () => {
    const ana = await visitor();
    await ana.open();
    await ana.chat.getByRole('textbox', { name: 'E-mail' }).fill('ana at luna');
    await ana.chat.getByRole('checkbox').first().check();
    await ana.button('Start chat').click();
    await ana.chat.getByRole('alert').filter({ hasText: 'Check the e-mail address' }).waitFor();
  });
});

describe('a conversation', () => {
  it('takes a message, shows the answer, and is found again on the next page', async () => {
    const ana = await visitor();
    await ana.open();
    await ana.agree();
    await ana.write('Is the table by the window free?');
    const conversation = await desk.conversationWith('Is the table by the window free?');
    await ana.bubble('Is the table').getByText('Sent').waitFor();
    await desk.reply(conversation.id, 'It is. See https://luna.example/tables, <b>all</b> of them.');
    await ana.bubble('It is.').waitFor();
    expect(await ana.bubble('It is.').textContent()).toContain('<b>all</b>');
    const link = ana.bubble('It is.').getByRole('link');
    expect([await link.getAttribute('href'), await link.getAttribute('rel')]).toEqual([
      'https://luna.example/tables',
      'noopener noreferrer',
    ]);

    await ana.button('Close chat').click();
    await desk.reply(conversation.id, 'Are you still there?');
    await ana.page.getByRole('button', { name: 'Chat (1)' }).waitFor();
    await ana.visit();
    await ana.page.getByRole('button', { name: 'Chat (1)' }).click();
    await ana.bubble('Are you still there?').waitFor();
    await ana.bubble('Is the table by the window free?').waitFor();
    await eventually(async () => (await ana.launcher.getAttribute('aria-label')) === 'Chat');
    await ana.write('Yes');
    await desk.conversationWith('Yes');
    expect(await desk.texts(conversation.id)).toEqual([
      'Is the table by the window free?',
      'It is. See https://luna.example/tables, <b>all</b> of them.',
      'Are you still there?',
      'Yes',
    ]);
  });

  it('says when it was closed, and opens again with the next message', async () => {
    const ana = await visitor();
    await ana.open();
    await ana.agree();
    await ana.write('Thank you for the cake');
    const { id } = await desk.conversationWith('Thank you for the cake');
    await desk.call('PATCH', `/conversations/${id}`, { status: 'resolved' });
    await ana.chat.getByRole('log').getByText('This conversation was closed').waitFor();
    await ana.write('One more thing');
    await desk.conversationWith('One more thing');
    await ana.chat.getByRole('log').getByText('The conversation is open again').waitFor();
    expect((await desk.conversations()).find((each) => each.id === id)?.status).toBe('open');
  });

  it('starts once and sends once on a double click', async () => {
    const ana = await visitor();
    await ana.open();
    await ana.agree();
    const before = (await desk.conversations()).length;
    await ana.field.fill('Only once');
    await ana.button('Send').dblclick();
    const { id } = await desk.conversationWith('Only once');
    await ana.write('And then this');
    await desk.conversationWith('And then this');
    expect(await desk.texts(id)).toEqual(['Only once', 'And then this']);
    expect(await desk.conversations()).toHaveLength(before + 1);
  });

  it('keeps what is written offline and sends it, in order, once the network is back', async () => {
    const ana = await visitor();
    await ana.open();
    await ana.agree();
    await ana.write('First');
    const { id } = await desk.conversationWith('First');
    await ana.context.setOffline(true);
    await ana.write('Second');
    await ana.write('Third');
    await ana.chat.getByText('You are offline').waitFor();
    await ana.bubble('Third').getByText('Sending').waitFor();
    await ana.context.setOffline(false);
    await desk.conversationWith('Third');
    await ana.bubble('Third').getByText('Sent').waitFor();
    expect(await desk.texts(id)).toEqual(['First', 'Second', 'Third']);
  });

  it('sends from the next page what the last one could not, without being opened', async () => {
    const ana = await visitor();
    await ana.open();
    await ana.agree();
    await ana.context.setOffline(true);
    await ana.write('Written in a tunnel');
    await ana.bubble('Written in a tunnel').getByText('Sending').waitFor();
    await ana.page.goto('about:blank');
    await ana.context.setOffline(false);
    await ana.visit();
    const { id } = await desk.conversationWith('Written in a tunnel');
    expect(await desk.texts(id)).toEqual(['Written in a tunnel']);
  });

  it('works in memory where the browser blocks storage', async () => {
    const ana = await visitor({}, (context) =>
      context.addInitScript(() => {
        const blocked = {
          get() {
            throw new DOMException('blocked', 'SecurityError');
          },
        };
        Object.defineProperty(window, 'indexedDB', blocked);
        Object.defineProperty(window, 'localStorage', blocked);
      }),
    );
    await ana.open();
    await ana.agree();
    await ana.write('No storage here');
    await desk.conversationWith('No storage here');
    await ana.button('Settings and your data').click();
    await ana.chat.getByText('This browser stores nothing').waitFor();
  });

  it('works on a site to which the browser gives no storage for frames of others', async () => {
    const ana = await Visitor.arrives(browser, stranger.origin);
    visitors.push(ana);
    await ana.open();
    await ana.agree();
    await ana.write('From far away');
    const { id } = await desk.conversationWith('From far away');
    await desk.reply(id, 'Welcome');
    await ana.bubble('Welcome').waitFor();
  });

  it('works where the network blocks WebSockets', async () => {
    const ana = await visitor({}, (context) => context.routeWebSocket(/\/socket\//u, (socket) => socket.close()));
    await ana.open();
    await ana.agree();
    await ana.write('Through the proxy');
    const { id } = await desk.conversationWith('Through the proxy');
    await desk.reply(id, 'It came through');
    await ana.bubble('It came through').waitFor();
  });

  it('is shared by two tabs, which start it only once', async () => {
    const ana = await visitor();
    await ana.open();
    await ana.agree();
    const page = await ana.context.newPage();
    await page.goto(site.origin);
    await page.locator('button[aria-expanded]').click();
    const other = page.frameLocator('iframe[title="Chat"]');
    await other.locator('textarea').fill('From the second tab');
    const before = (await desk.conversations()).length;
    await Promise.all([other.locator('textarea').press('Enter'), ana.write('From the first tab')]);
    await other.getByRole('article').filter({ hasText: 'From the first tab' }).waitFor();
    await ana.bubble('From the second tab').waitFor();
    const conversations = await desk.conversations();
    expect(conversations).toHaveLength(before + 1);
    expect((await desk.texts(conversations[0]!.id)).sort()).toEqual(['From the first tab', 'From the second tab']);
  });
});

describe('consent afterwards', () => {
  it('is asked for again when the policy changes; what was written is kept and sent in the same conversation', async () => {
    const ana = await visitor();
    await ana.open();
    await ana.agree();
    await ana.write('Before the change');
    const { id, contact } = await desk.conversationWith('Before the change');
    await ana.context.setOffline(true);
    await ana.write('During the change');
    const version = await desk.publishPolicy();
    await ana.context.setOffline(false);
    await ana.chat.getByText('The privacy notice has changed').waitFor();
    await ana.chat.getByText(`Version ${version}`).waitFor();
    expect(await ana.chat.getByRole('checkbox').first().isChecked()).toBe(false);
    expect(await desk.texts(id)).toEqual(['Before the change']);
    await ana.agree();
    const after = await desk.conversationWith('During the change');
    expect([after.id, after.contact.id]).toEqual([id, contact.id]);
    await ana.bubble('Before the change').waitFor();
  });

  it('of somebody the server does not know any more loses nothing of what they wrote, and leads back to the chat', async () => {
    const ana = await visitor();
    await ana.open();
    await ana.agree();
    await ana.context.setOffline(true);
    await ana.write('Nobody has read this yet');
    await desk.publishPolicy();
    // What a token gets that has expired.
    await ana.context.route('**/widget/v1/sessions', (route) =>
      route.request().headers().authorization
        ? route.fulfill({
            status: 401,
            contentType: 'application/problem+json',
            body: JSON.stringify({ status: 401, code: 'auth.required' }),
          })
        : route.continue(),
    );
    await ana.context.setOffline(false);
    await ana.chat.getByText('The privacy notice has changed').waitFor();
    await ana.agree();
    await desk.conversationWith('Nobody has read this yet');
    const left = ana.chat.locator('header button').first();
    await left.click();
    await ana.chat.getByRole('button', { name: 'Read the privacy notice' }).click();
    await left.click();
    await left.click();
    await ana.bubble('Nobody has read this yet').waitFor();
  });

  it('closes an open chat at once when the policy changes', async () => {
    const ana = await visitor();
    await ana.open();
    await ana.agree();
    await ana.write('Watching');
    await desk.conversationWith('Watching');
    await desk.publishPolicy();
    await ana.chat.getByText('The privacy notice has changed').waitFor();
  });

  it('can be withdrawn; the device forgets and the next page loads nothing', async () => {
    const ana = await visitor();
    await ana.open();
    await ana.agree();
    await ana.write('Forget me');
    await desk.conversationWith('Forget me');
    expect(await ana.kept()).toMatchObject({ cookies: 0, storage: 1, databases: 1 });
    await ana.button('Settings and your data').click();
    await ana.chat.getByText(/You agreed on .* to version \d+/u).waitFor();
    await ana.button('Withdraw consent').click();
    await ana.chat.getByText('Withdraw your consent?').waitFor();
    await ana.button('Withdraw consent').click();
    await ana.chat.getByRole('heading', { name: 'Consent withdrawn' }).waitFor();
    expect(await ana.kept()).toEqual({ cookies: 0, storage: 0, databases: 0 });
    ana.requests.length = 0;
    await ana.visit();
    expect(ana.requests.filter((request) => !request.endsWith('/favicon.ico'))).toEqual(loaderOnly);
    await ana.open();
    await ana.chat.getByRole('checkbox').first().waitFor();
  });
});

describe('the page around the chat', () => {
  it('can open, close and listen, also before the script is there', async () => {
    const heard =
      "globalThis.heard = []; globalThis.Sotto = function () { (Sotto.q = Sotto.q || []).push(arguments); }; Sotto('on', 'open', () => heard.push('open')); Sotto('on', 'close', () => heard.push('close'));";
    const ana = await visitor({}, (context) => context.addInitScript({ content: `if (globalThis.top === globalThis) { ${heard} }` }));
    await ana.page.evaluate("Sotto('open')");
    await ana.chat.getByRole('dialog').waitFor();
    await ana.page.evaluate("Sotto('close')");
    expect(await ana.page.evaluate('heard')).toEqual(['open', 'close']);
    await ana.page.evaluate("Sotto('shutdown')");
    await ana.launcher.waitFor({ state: 'detached' });
  });

  it('is not obeyed when it only looks like the frame, nor the other way round', async () => {
    const ana = await visitor();
    await ana.open();
    await ana.page.evaluate("window.postMessage({ sotto: 'close' }, '*')");
    await ana.page.evaluate("window.postMessage({ sotto: 'unread', count: 5 }, '*')");
    await ana.button('Settings and your data').click();
    expect(await ana.launcher.getAttribute('aria-label')).toBe('Chat');
    expect(await ana.launcher.getAttribute('aria-expanded')).toBe('true');
  });

  it('is not told of when it is not one of the inbox’s own', async () => {
    const foreign = await Site.start(desk.url, desk.inbox.key);
    const ana = await Visitor.arrives(browser, foreign.origin);
    await ana.launcher.click();
    await eventually(async () => ana.faults.some((fault) => fault.includes('frame-ancestors')));
    expect(await ana.chat.getByRole('dialog').count()).toBe(0);
    await ana.leaves();
    foreign.stop();
  });
});
