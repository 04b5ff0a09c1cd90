import {
  ApiError,
  Connection,
  createCall,
  Feeds,
  Outbox,
  pendingIn,
  TypingSender,
  TypingWatcher,
  uuidv7,
  visitorApi,
  type ConnectionState,
  type OutboxEntry,
  type PendingMessage,
  type Sent,
  type Thread,
  type VisitorApi,
} from '@sotto/client';
import type { Language, NewVisitorSession, TypingNotice, VisitorSessionView, WidgetConfig } from '@sotto/protocol';
import type { VisitorHints } from '../shared/bridge';
import { Device, type Remembered } from './device';
import { Cancelled, Entrance } from './entrance';
import { isLanguage, language, speak } from './language';
import { Page } from './page';

export type Screen = 'loading' | 'consent' | 'policy' | 'declined' | 'talk' | 'menu' | 'withdrawn';
/** Why consent is asked for: the first time, for a new version of the policy, or since the session has ended. */
export type Asking = 'first' | 'stale' | 'ended';

/** What the visitor has agreed to and filled in so far; survives a look at the policy. */
export interface Form {
  agreed: boolean;
  optional: string[];
  name: string;
  email: string;
}

/** Everything the chat knows and can do. The views draw it and call it. */
export class Chat {
  screen: Screen = 'loading';
  cameFrom: Screen = 'loading';
  asking: Asking = 'first';
  form: Form = { agreed: false, optional: [], name: '', email: '' };
  draft = '';
  busy = false;
  /** Something goes on before consent is sent, and may be cancelled. */
  waiting = false;
  error: unknown;
  connection: ConnectionState = { name: 'connecting' };
  thread: Thread | null = null;
  pending: readonly PendingMessage[] = [];
  writers: readonly TypingNotice[] = [];
  online = false;
  shown = false;
  /** The visitor has just opened the chat: the focus belongs inside. */
  opening = false;
  remembered: Remembered | undefined;

  private readonly page: Page;
  private readonly device: Device;
  private readonly api: VisitorApi;
  private readonly entrance: Entrance;
  private line: Connection | undefined;
  private feeds: Feeds | undefined;
  private outbox: Outbox | undefined;
  private conversationId: string | null = null;
  private looked: Promise<void> | undefined;
  private told = 0;
  private readTo = 0;
  private readonly typing = new TypingSender((typing) => {
    if (this.conversationId) this.line?.call('typing', { conversationId: this.conversationId, typing }).catch(() => undefined);
  });
  private readonly watcher = new TypingWatcher((writers) => this.set({ writers }));

  constructor(
    public config: WidgetConfig,
    private readonly draw: () => void,
  ) {
    this.device = new Device(config.key);
    this.api = visitorApi(createCall({ token: () => this.remembered?.session.token ?? '' }));
    this.entrance = new Entrance(this.api, config.key, config.ticket, (waiting) => this.set({ waiting }));
    this.page = new Page({
      shown: () => {
        this.set({ shown: true, opening: true });
        this.markRead();
      },
      hidden: () => this.set({ shown: false, opening: false }),
      hints: (hints) => void this.take(hints),
    });
    document.addEventListener('visibilitychange', () => this.markRead());
  }

  async start(): Promise<void> {
    const remembered = await this.device.recall();
    if (remembered?.language && remembered.language !== language()) await this.choose(remembered.language);
    if (!remembered) {
      this.page.tell({ sotto: 'remember', on: false });
      return this.set({ screen: 'consent' });
    }
    this.remembered = remembered;
    if (remembered.session.receipt.policyVersion !== this.config.policy.version) return this.ask('stale');
    await this.begin();
  }

  get title(): string {
    return this.config.texts.title ?? this.config.accountName;
  }

  get lasting(): boolean {
    return this.device.lasting;
  }

  /** Unsent messages of this conversation. */
  get unsent(): PendingMessage[] {
    return pendingIn(this.thread, this.pending, [this.conversationId, this.remembered?.clientConversationId]);
  }

  go(screen: Screen): void {
    this.set({ screen, cameFrom: this.screen, error: undefined });
    this.markRead();
  }

  edit(form: Partial<Form>): void {
    this.set({ form: { ...this.form, ...form } });
  }

  close(): void {
    this.typing.stop();
    this.page.tell({ sotto: 'close' });
  }

  write(draft: string): void {
    if (draft.trim()) this.typing.stroke();
    else this.typing.stop();
    this.set({ draft });
  }

  send(): void {
    const body = this.draft.trim();
    const { outbox, remembered } = this;
    // Emptied at once: a second click finds nothing to send.
    if (!body || !outbox || !remembered) return;
    this.write('');
    const thread = this.conversationId ?? remembered.clientConversationId;
    void outbox.add({ thread, unborn: !this.conversationId, body });
  }

  retry(clientMessageId: string): void {
    void this.outbox?.retry(clientMessageId);
  }

  discard(clientMessageId: string): void {
    void this.outbox?.discard(clientMessageId);
  }

  loadEarlier(): void {
    if (this.conversationId)
      void this.feeds
        ?.open(this.conversationId, { onChange: () => undefined })
        .loadEarlier()
        .catch(() => undefined);
  }

  /** Gives consent: the first personal data leaves the page here. `website` is what a program wrote where no person can. */
  async agree(website: string): Promise<void> {
    if (this.busy) return;
    const { form, config, remembered } = this;
    const { policy } = config;
    const name = form.name.trim();
    const email = form.email.trim();
    const input: NewVisitorSession = {
      inboxKey: config.key,
      consent: {
        policyId: policy.id,
        policyVersion: policy.version,
        purposes: policy.purposes.filter(({ id, required }) => required || form.optional.includes(id)).map(({ id }) => id),
        language: policy.language,
      },
      ...((name || email) && { contact: { ...(name && { name }), ...(email && { email }) } }),
      ...(website && { website }),
    };
    this.set({ busy: true, error: undefined });
    try {
      await this.admit(await this.renew(input, remembered), remembered);
    } catch (error) {
      // The policy changed while it was being read: show the new one.
      if (error instanceof ApiError && error.code === 'consent.stale') await this.ask('stale');
      else if (!(error instanceof Cancelled)) this.set({ error });
    } finally {
      this.set({ busy: false });
    }
  }

  /** Stops what goes on before consent is sent; once it is on its way there is nothing to cancel. */
  cancel(): void {
    this.entrance.cancel();
  }

  async withdraw(): Promise<void> {
    if (this.busy) return;
    this.set({ busy: true, error: undefined });
    try {
      await this.api.withdrawConsent();
      await this.leave();
    } catch (error) {
      // Somebody whose session has ended has nothing left to withdraw from.
      if (error instanceof ApiError && (error.status === 401 || error.status === 403)) await this.leave();
      else this.set({ error });
    } finally {
      this.set({ busy: false });
    }
  }

  async choose(tag: Language): Promise<void> {
    try {
      await speak(tag);
    } catch {
      return;
    }
    this.draw();
    if (this.remembered) void this.device.keep((this.remembered = { ...this.remembered, language: tag }));
    await this.reload(tag);
  }

  private async reload(tag: Language): Promise<void> {
    const config = await this.api.config(this.config.key, tag).catch(() => undefined);
    if (!config) return;
    this.entrance.offer(config.ticket);
    this.set({ config });
  }

  private async take({ name, email, language: tag }: VisitorHints): Promise<void> {
    // The page may pass anything.
    const text = (value: unknown) => (typeof value === 'string' ? value : '');
    this.edit({ name: this.form.name || text(name), email: this.form.email || text(email) });
    if (isLanguage(tag) && tag !== language() && !this.remembered?.language) await this.choose(tag);
  }

  /** With the earlier token the contact stays the same; when that is no longer accepted, a new one begins. */
  private async renew(input: NewVisitorSession, remembered: Remembered | undefined): Promise<VisitorSessionView> {
    try {
      return await this.entrance.open(input);
    } catch (error) {
      if (!remembered || !(error instanceof ApiError) || (error.code !== 'auth.required' && error.code !== 'consent.required')) throw error;
      this.remembered = undefined;
      return this.entrance.open(input);
    }
  }

  private async admit(session: VisitorSessionView, before: Remembered | undefined): Promise<void> {
    const same = before?.session.contactId === session.contactId;
    const unsent = this.unsent;
    this.end();
    this.remembered = { language: language(), clientConversationId: same ? before.clientConversationId : uuidv7(), session };
    await this.device.keep(this.remembered);
    if (!same) {
      // Another contact has another conversation; what was written for the old one goes there.
      await this.device.outbox.clear();
      const thread = this.remembered.clientConversationId;
      for (const { clientMessageId, kind, body, at } of unsent)
        await this.device.outbox.put({ clientMessageId, kind, body, at, thread, unborn: true });
      this.conversationId = null;
      this.thread = null;
    }
    this.form = { agreed: false, optional: [], name: '', email: '' };
    await this.begin();
  }

  private async begin(): Promise<void> {
    const line = new Connection({ namespace: '/visitor', token: () => this.remembered?.session.token });
    this.line = line;
    this.feeds = new Feeds(line, (id, seq) => this.api.eventsBefore(id, seq));
    this.outbox = new Outbox({
      store: this.device.outbox,
      lock: `sotto:${this.config.key}`,
      send: (entry, conversationId) => this.deliver(line, entry, conversationId),
      onChange: (pending) => this.set({ pending }),
      onSent: (_entry, { conversationId, seq }) => {
        this.enter(conversationId);
        this.feeds?.receiveHead(conversationId, seq);
      },
    });
    line.on(
      'typing',
      (notice) => notice.conversationId === this.conversationId && notice.actor.kind === 'member' && this.watcher.receive(notice),
    );
    line.on('presence', ({ online }) => this.set({ online }));
    // A conversation begun in another tab.
    line.on('event', (event) => this.enter(event.conversationId));
    if (this.device.lasting) this.page.tell({ sotto: 'remember', on: true });
    const known = this.conversationId;
    this.conversationId = null;
    if (known) this.enter(known);
    this.go('talk');
    await this.outbox.restore();
    line.watch((state) => this.connected(state));
    line.connect();
  }

  private connected(state: ConnectionState): void {
    this.set(state.name === 'online' ? { connection: state } : { connection: state, online: false, writers: [] });
    if (state.name === 'online') {
      void this.outbox?.flush();
      this.look();
    }
    if (state.name !== 'closed' || state.reason === 'left') return;
    if (state.reason === 'consent.withdrawn') void this.leave();
    else if (state.reason === 'consent.stale') void this.ask('stale');
    else if (['auth.required', 'consent.required', 'expired', 'logged-out', 'access-changed'].includes(state.reason))
      void this.ask('ended');
  }

  /** A returning visitor finds the same conversation. */
  private look(): void {
    if (this.conversationId) return;
    this.looked ??= this.api
      .conversations(1)
      .then(({ items: [newest] }) => newest && this.enter(newest.id))
      .catch(() => undefined)
      .finally(() => (this.looked = undefined)) as Promise<void>;
  }

  private enter(conversationId: string): void {
    if (this.conversationId) return;
    this.conversationId = conversationId;
    this.feeds?.open(conversationId, { onChange: (thread) => this.arrived(thread) });
  }

  private arrived(thread: Thread): void {
    this.set({ thread });
    for (const event of thread.events.slice(-100)) {
      if (event.type !== 'message.created') continue;
      void this.outbox?.settle(event.message.clientMessageId, event.conversationId);
      if (event.actor.kind === 'member' && event.seq > this.told) this.watcher.arrived(event.conversationId, event.actor);
    }
    this.told = thread.last;
    this.markRead();
    this.count();
  }

  private async deliver(line: Connection, entry: OutboxEntry, known: string | null): Promise<Sent> {
    const { clientMessageId, body, thread } = entry;
    try {
      if (known) return { conversationId: known, ...(await line.call('message.send', { conversationId: known, clientMessageId, body })) };
      return await line.call('conversation.start', { clientConversationId: thread, message: { clientMessageId, body } });
    } catch (error) {
      if (error instanceof ApiError && error.code === 'consent.stale') void this.ask('stale');
      else if (error instanceof ApiError && (error.code === 'consent.required' || error.code === 'auth.required')) void this.ask('ended');
      throw error;
    }
  }

  /** Consent is needed again. What was written stays where it is. */
  private async ask(asking: Asking): Promise<void> {
    if (this.screen === 'consent' && this.asking === asking) return;
    this.line?.close();
    this.set({ asking, screen: 'consent', error: undefined, form: { ...this.form, agreed: false, optional: [] } });
    await this.reload(language());
  }

  private async leave(): Promise<void> {
    const outbox = this.outbox;
    this.end();
    await outbox?.clear().catch(() => undefined);
    await this.device.forget();
    this.page.tell({ sotto: 'remember', on: false });
    this.page.tell({ sotto: 'unread', count: 0 });
    this.remembered = undefined;
    this.conversationId = null;
    this.set({
      screen: 'withdrawn',
      asking: 'first',
      thread: null,
      pending: [],
      draft: '',
      form: { agreed: false, optional: [], name: '', email: '' },
    });
  }

  private end(): void {
    this.typing.stop();
    this.watcher.close();
    this.outbox?.close();
    this.feeds?.close();
    const { line } = this;
    this.line = this.feeds = this.outbox = undefined;
    line?.close();
    this.told = this.readTo = 0;
  }

  private markRead(): void {
    const { thread, conversationId } = this;
    if (!this.shown || document.hidden || this.screen !== 'talk' || !thread || !conversationId) return;
    const last = thread.events.findLast((event) => event.actor.kind !== 'visitor')?.seq ?? 0;
    if (last <= Math.max(thread.read.visitor, this.readTo)) return;
    this.readTo = last;
    this.line?.call('read', { conversationId, seq: last }).catch(() => (this.readTo = 0));
    this.count();
  }

  private count(): void {
    const { thread } = this;
    const read = Math.max(thread?.read.visitor ?? 0, this.readTo);
    const count =
      thread?.events.filter((event) => event.type === 'message.created' && event.actor.kind === 'member' && event.seq > read).length ?? 0;
    this.page.tell({ sotto: 'unread', count });
  }

  private set(change: Partial<Chat>): void {
    Object.assign(this, change);
    this.draw();
  }
}
