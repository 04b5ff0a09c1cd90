import type {
  ConversationEvent,
  ConversationStart,
  InboxView,
  Page as ListPage,
  PolicyView,
  VisitorSessionView,
  WidgetConfig,
} from '@sotto/protocol';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { io, type Socket } from 'socket.io-client';
import { v7 as uuidv7 } from 'uuid';

export const OWNER = { name: 'Ana Novak', email: 'ana@gear.example', password: 'plain lantern over maple 7' };

/** A window of the panel. What its console complains about is kept: there is nothing to complain about. */
export class Panel {
  readonly faults: string[] = [];

  private constructor(
    readonly url: string,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.setDefaultTimeout(20_000);
    page.on('console', (message) => {
      // Refusals the panel expects (not signed in yet, a wrong password, a server that is away) are logged by the browser itself.
      if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text()))
        this.faults.push(message.text());
    });
    page.on('pageerror', (error) => this.faults.push(error.message));
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Panel> {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'en-GB',
      reducedMotion: 'reduce',
      ...options,
    });
    return new Panel(url, context, await context.newPage());
  }

  /** Once everything asked for is there and no colour is on its way to another, which reads as too faint half-way. */
  async settled(): Promise<void> {
    await this.page.waitForLoadState('networkidle');
    await this.page.waitForFunction(() =>
      document.getAnimations().every((one) => !(one instanceof CSSTransition) || one.playState !== 'running'),
    );
  }

  goto(path: string): Promise<unknown> {
    return this.page.goto(this.url + path);
  }

  async signIn(password = OWNER.password): Promise<void> {
    await this.page.getByLabel('E-mail address').fill(OWNER.email);
    await this.page.getByRole('textbox', { name: 'Password' }).fill(password);
    await this.page.keyboard.press('Enter');
  }

  button(name: string | RegExp) {
    return this.page.getByRole('button', { name });
  }

  /** A row of the list by the person's name. */
  row(name: string) {
    return this.page.getByRole('listitem').getByRole('link').filter({ hasText: name });
  }

  message(text: string) {
    return this.page.getByRole('log').getByRole('article').filter({ hasText: text });
  }

  /** A call as the signed-in member, from the page itself. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return (await this.page.evaluate(
      async ([verb, address, text]) => {
        const answer = await fetch(`/api/v1${address}`, { method: verb, headers: { 'content-type': 'application/json' }, body: text });
        if (!answer.ok) throw new Error(await answer.text());
        return (await answer.json()) as unknown;
      },
      [method, path, body === undefined ? undefined : JSON.stringify(body)] as const,
    )) as T;
  }

  async inbox(): Promise<InboxView> {
    const { items } = await this.call<ListPage<InboxView>>('GET', '/inboxes');
    const [first] = items;
    if (!first) throw new Error('There is no inbox');
    return first;
  }

  /** Publishes the current text again, as a colleague would meanwhile. */
  async publishPolicy(text: string): Promise<PolicyView> {
    const { items } = await this.call<ListPage<PolicyView>>('GET', '/policies');
    const policy = items[0]!;
    const { url, purposes } = policy.versions[0]!;
    return this.call<PolicyView>('POST', `/policies/${policy.id}/versions`, {
      basedOn: policy.currentVersion,
      texts: { en: text },
      url,
      purposes,
    });
  }
}

/** A visitor over a real socket. */
export class Visitor {
  readonly events: ConversationEvent[] = [];
  private conversationId = '';

  private constructor(private readonly socket: Socket) {
    socket.on('event', (event: ConversationEvent) => this.events.push(event));
  }

  static async arrive(url: string, key: string, contact?: { name?: string; email?: string }): Promise<Visitor> {
    const config = (await (await fetch(`${url}/widget/v1/inboxes/${key}`)).json()) as WidgetConfig;
    const { id, version, purposes } = config.policy;
    const answer = await fetch(`${url}/widget/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({
        inboxKey: key,
        consent: {
          policyId: id,
          policyVersion: version,
          purposes: purposes.filter(({ required }) => required).map((purpose) => purpose.id),
        },
        contact,
      }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    const { token } = (await answer.json()) as VisitorSessionView;
    const socket = io(`${url}/visitor`, { path: '/socket', transports: ['websocket'], auth: { token }, extraHeaders: { origin: url } });
    const visitor = new Visitor(socket);
    await new Promise<void>((resolve, reject) => {
      socket.on('connect', resolve);
      socket.on('connect_error', reject);
    });
    return visitor;
  }

  /** The first message starts the conversation. */
  async says(body: string): Promise<void> {
    const clientMessageId = uuidv7();
    if (this.conversationId) {
      await this.call('message.send', { conversationId: this.conversationId, clientMessageId, body });
      return;
    }
    const start: ConversationStart = { clientConversationId: uuidv7(), message: { clientMessageId, body } };
    const { conversationId } = await this.call<{ conversationId: string }>('conversation.start', start);
    this.conversationId = conversationId;
  }

  types(): Promise<unknown> {
    return this.call('typing', { conversationId: this.conversationId, typing: true });
  }

  reads(): Promise<unknown> {
    return this.call('read', { conversationId: this.conversationId, seq: this.events.at(-1)?.seq ?? 0 });
  }

  async hears(body: string): Promise<void> {
    while (!this.heard.includes(body)) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  get heard(): string[] {
    return this.events.flatMap((event) => (event.type === 'message.created' ? [event.message.body] : []));
  }

  leave(): void {
    this.socket.close();
  }

  private async call<T>(event: string, input: unknown): Promise<T> {
    const answer = (await this.socket.timeout(15_000).emitWithAck(event, input)) as { ok: boolean } & T;
    if (!answer.ok) throw new Error(JSON.stringify(answer));
    return answer;
  }
}
