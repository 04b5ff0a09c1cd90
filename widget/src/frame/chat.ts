import { ApiError, createCall, uuidv7, visitorApi, type PendingMessage, type VisitorApi } from '@sotto/client';
import type { Language, NewVisitorSession, VisitorSessionView, WidgetConfig } from '@sotto/protocol';
import type { VisitorHints } from '../shared/bridge';
import { Conversation, type Refusal, type Surroundings } from './conversation';
import { Device, type Remembered } from './device';
import { Cancelled, Entrance } from './entrance';
import { EMPTY, filledIn, type Form } from './form';
import { isLanguage, language, speak } from './language';
import { Page } from './page';

export type Screen = 'loading' | 'consent' | 'policy' | 'declined' | 'talk' | 'menu' | 'withdrawn';
/** Why consent is asked for: the first time, for a new version of the policy, or since the session has ended. */
export type Asking = 'first' | 'stale' | 'ended';

/** Where the visitor is and what they have agreed to. The views draw it and call it. */
export class Chat implements Surroundings {
  screen: Screen = 'loading';
  cameFrom: Screen = 'loading';
  asking: Asking = 'first';
  form = EMPTY;
  busy = false;
  /** Something goes on before consent is sent, and may be cancelled. */
  waiting = false;
  error: unknown;
  shown = false;
  /** The visitor has just opened the chat: the focus belongs inside. */
  opening = false;
  remembered: Remembered | undefined;

  readonly conversation = new Conversation(this);
  readonly page: Page;
  readonly device: Device;
  readonly api: VisitorApi;
  private readonly entrance: Entrance;

  constructor(
    public config: WidgetConfig,
    readonly draw: () => void,
  ) {
    this.device = new Device(config.key);
    this.api = visitorApi(createCall({ token: () => this.remembered?.session.token ?? '' }));
    this.entrance = new Entrance(this.api, config.key, config.ticket, (waiting) => this.set({ waiting }));
    this.page = new Page({
      shown: () => {
        this.set({ shown: true, opening: true });
        this.conversation.markRead();
      },
      hidden: () => this.set({ shown: false, opening: false }),
      hints: (hints) => void this.take(hints),
    });
  }

  get inView(): boolean {
    return this.shown && !document.hidden && this.screen === 'talk';
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

  go(screen: Screen): void {
    this.set({ screen, cameFrom: this.screen, error: undefined });
    this.conversation.markRead();
  }

  edit(form: Partial<Form>): void {
    this.set({ form: { ...this.form, ...form } });
  }

  close(): void {
    this.conversation.typing.stop();
    this.page.tell({ sotto: 'close' });
  }

  /** Gives consent: the first personal data leaves the page here. `website` is what a program wrote where no person can. */
  async agree(website: string): Promise<void> {
    if (this.busy) return;
    const { remembered } = this;
    // Read before another contact may take this one's place.
    const { unsent } = this.conversation;
    const input = filledIn(this.form, this.config, website);
    this.set({ busy: true, error: undefined });
    try {
      await this.admit(await this.renew(input, remembered), remembered, unsent);
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

  private async admit(session: VisitorSessionView, before: Remembered | undefined, unsent: readonly PendingMessage[]): Promise<void> {
    const same = before?.session.contactId === session.contactId;
    const { conversation } = this;
    conversation.close();
    this.remembered = { language: language(), clientConversationId: same ? before.clientConversationId : uuidv7(), session };
    await this.device.keep(this.remembered);
    if (!same) await conversation.replace(unsent, this.remembered.clientConversationId);
    this.form = EMPTY;
    this.asking = 'first';
    await this.begin();
  }

  private async begin(): Promise<void> {
    const opened = this.conversation.open();
    if (this.device.lasting) this.page.tell({ sotto: 'remember', on: true });
    // Shown before what an earlier page left unsent is read.
    this.go('talk');
    await opened;
  }

  refused(reason: Refusal): void {
    if (reason === 'consent.withdrawn') void this.leave();
    else if (reason === 'consent.stale') void this.ask('stale');
    else if (['auth.required', 'consent.required', 'expired', 'logged-out', 'access-changed'].includes(reason)) void this.ask('ended');
  }

  /** Consent is needed again. What was written stays where it is. */
  private async ask(asking: Asking): Promise<void> {
    if (this.screen === 'consent' && this.asking === asking) return;
    this.conversation.disconnect();
    this.set({ asking, screen: 'consent', error: undefined, form: { ...this.form, agreed: false, optional: [] } });
    await this.reload(language());
  }

  private async leave(): Promise<void> {
    const { conversation } = this;
    await conversation.abandon();
    await this.device.forget();
    this.page.tell({ sotto: 'remember', on: false });
    this.page.tell({ sotto: 'unread', count: 0 });
    this.remembered = undefined;
    conversation.forget();
    conversation.draft = '';
    this.set({ screen: 'withdrawn', asking: 'first', form: EMPTY });
  }

  private set(change: Partial<Chat>): void {
    Object.assign(this, change);
    this.draw();
  }
}
