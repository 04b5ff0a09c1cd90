import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, BrowserContextOptions, FrameLocator, Page } from 'playwright-core';
import type { ConversationEvent, ConversationView, InboxView, Page as ListPage, PolicyView } from '@sotto/protocol';
import { startBrowser, startSotto, type RunningSotto } from '../support/index.js';

/** A server with one account, seen by its owner. */
export class Desk {
  private constructor(
    private readonly sotto: RunningSotto,
    private readonly cookie: string,
    public inbox: InboxView,
  ) {}

  get url(): string {
    return this.sotto.url;
  }

  static async start(env: Record<string, string> = {}): Promise<Desk> {
    const roomy = { SOTTO_VISITOR_SESSIONS_PER_MINUTE: '1000', SOTTO_VISITOR_MESSAGES_PER_MINUTE: '1000' };
    const sotto = await startSotto({ env: { ...roomy, ...env } });
    const answer = await fetch(`${sotto.url}/api/v1/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: sotto.url },
      body: JSON.stringify({
        code: sotto.setupCode,
        account: { name: 'Kavarna Luna' },
        owner: { name: 'Ana Novak', email: 'ana@luna.example', password: 'blue kettle over the hill 7' },
      }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const desk = new Desk(sotto, cookie, undefined as unknown as InboxView);
    const { items } = await desk.call<ListPage<InboxView>>('GET', '/inboxes');
    desk.inbox = items[0] ?? (await desk.call<InboxView>('POST', '/inboxes', { name: 'Website' }));
    return desk;
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', origin: this.url, cookie: this.cookie },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async configure(patch: object): Promise<void> {
    this.inbox = await this.call<InboxView>('PATCH', `/inboxes/${this.inbox.id}`, patch);
  }

  async conversations(): Promise<ConversationView[]> {
    return (await this.call<ListPage<ConversationView>>('GET', '/conversations?limit=100')).items;
  }

  /** The conversation that has this as its newest message, once it is there. */
  conversationWith(preview: string): Promise<ConversationView> {
    return eventually(async () => (await this.conversations()).find(({ lastMessage }) => lastMessage?.preview === preview));
  }

  /** The texts of a conversation in order. */
  async texts(id: string): Promise<string[]> {
    const { events } = await this.call<{ events: ConversationEvent[] }>('GET', `/conversations/${id}/events`);
    return events.flatMap((event) => (event.type === 'message.created' ? [event.message.body] : []));
  }

  reply(id: string, body: string): Promise<unknown> {
    return this.call('POST', `/conversations/${id}/messages`, { clientMessageId: crypto.randomUUID(), body });
  }

  async publishPolicy(): Promise<number> {
    const policy = await this.call<PolicyView>('GET', `/policies/${this.inbox.policyId}`);
    const current = policy.versions.find(({ version }) => version === policy.currentVersion)!;
    const { texts, url, purposes } = current;
    const after = await this.call<PolicyView>('POST', `/policies/${policy.id}/versions`, {
      basedOn: policy.currentVersion,
      texts,
      url,
      purposes,
    });
    return after.currentVersion;
  }

  stop(): Promise<unknown> {
    return this.sotto.stop();
  }
}

/** Polls until there is something; the test's own time limit ends it. */
export async function eventually<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Somebody's website, on an origin of its own and with a strict content security policy. */
export class Site {
  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  /** On `localhost` browsers treat it as a neighbour of Sotto and let the frame keep things; on `127.0.0.1` as a stranger. */
  static async start(sotto: string, key: string, host = 'localhost'): Promise<Site> {
    const server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '/', 'http://site.example');
      const language = searchParams.get('language') ?? 'en';
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.setHeader('content-security-policy', `default-src 'none'; script-src ${sotto}; frame-src ${sotto}`);
      response.end(`<!doctype html>
<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">
<head><meta name="viewport" content="width=device-width"><title>A shop</title><script async src="${sotto}/widget/v1/loader.js?inbox=${key}"></script></head>
<body><main><h1>A shop</h1><p><a href="#more">More about us</a></p></main></body>
</html>`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Site(server, `http://${host}:${(server.address() as AddressInfo).port}`);
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** A visitor's browser on the site, and what it asked for. */
export class Visitor {
  readonly requests: string[] = [];
  readonly sockets: string[] = [];
  readonly faults: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly address: string,
  ) {
    page.on('request', (request) => this.requests.push(`${request.method()} ${new URL(request.url()).pathname}`));
    page.on('websocket', (socket) => this.sockets.push(socket.url()));
    page.on('pageerror', (error) => this.faults.push(String(error)));
    page.on('console', (message) => {
      if (/content security policy/iu.test(message.text())) this.faults.push(message.text());
    });
  }

  static async arrives(
    browser: Browser,
    address: string,
    options: BrowserContextOptions = {},
    prepare?: (context: BrowserContext) => Promise<unknown>,
  ): Promise<Visitor> {
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1000, height: 760 }, ...options });
    await prepare?.(context);
    const visitor = new Visitor(context, await context.newPage(), address);
    await visitor.visit();
    return visitor;
  }

  async visit(): Promise<void> {
    await this.page.goto(this.address);
    await this.launcher.waitFor();
  }

  get launcher() {
    return this.page.locator('button[aria-expanded]');
  }

  get chat(): FrameLocator {
    return this.page.frameLocator('iframe[title="Chat"]');
  }

  button(name: string | RegExp) {
    return this.chat.getByRole('button', { name });
  }

  get field() {
    return this.chat.locator('textarea');
  }

  async open(): Promise<void> {
    await this.launcher.click();
    await this.chat.getByRole('dialog').waitFor();
  }

  async agree(): Promise<void> {
    await this.chat.getByRole('checkbox').first().check();
    await this.chat.locator('button[type="submit"]').click();
    await this.field.waitFor();
  }

  async write(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press('Enter');
  }

  bubble(text: string) {
    return this.chat.getByRole('article').filter({ hasText: text });
  }

  /** Everything the browser keeps, for the page and for the frame. */
  async kept(): Promise<{ cookies: number; storage: number; databases: number }> {
    const cookies = (await this.context.cookies()).length;
    let storage = 0;
    let databases = 0;
    for (const frame of this.page.frames()) {
      const here = await frame.evaluate(async () => ({
        storage: localStorage.length + sessionStorage.length,
        databases: (await indexedDB.databases()).length,
      }));
      storage += here.storage;
      databases += here.databases;
    }
    return { cookies, storage, databases };
  }

  async leaves(): Promise<void> {
    await this.context.close();
  }
}

export { startBrowser };
