import {
  applyEvent,
  applyRead,
  byNewest,
  Connection,
  isOffline,
  MemoryOutboxStore,
  Outbox,
  TypingWatcher,
  type ConnectionState,
  type PendingMessage,
} from '@sotto/client';
import type {
  ConversationCounts,
  ConversationEvent,
  ConversationPatch,
  ConversationView,
  Head,
  Me,
  MessageKind,
  ReadNotice,
  TypingNotice,
} from '@sotto/protocol';
import { api } from '../api';
import { endSession } from '../session/session';
import { Cell } from './cell';
import { Threads } from './threads';
import { FILTERS, fresher, listed, LOADING, recount, VIEWS, type Known, type ListState, type ViewName } from './views';

type Lists = Readonly<Record<ViewName, ListState>>;
const PAGE = 50;
/** A hint may simply be later than the head that tells of it. */
const HEAD_PATIENCE = 700;
const SOCKET_PATIENCE = 1_500;
const RECOUNT_AFTER = 2_000;
/** Pages read again after a reconnect; a longer list is read on by scrolling. */
const PAGES_AGAIN = 6;
const NO_LISTS: Lists = { open: LOADING, mine: LOADING, unassigned: LOADING, resolved: LOADING };

/**
 * Everything the panel knows live: joins the socket first, then reads the snapshot, and puts the events
 * that came meanwhile on top, whichever of the two is newer per conversation.
 */
export class Desk {
  readonly connection = new Cell<ConnectionState>({ name: 'connecting' });
  readonly known = new Cell<Known>(new Map());
  readonly lists = new Cell<Lists>(NO_LISTS);
  readonly counts = new Cell<ConversationCounts | null>(null);
  readonly pending = new Cell<readonly PendingMessage[]>([]);
  readonly online = new Cell<readonly string[]>([]);
  /** Who is writing, the agent apart. */
  readonly writers = new Cell<readonly TypingNotice[]>([]);
  readonly threads: Threads;
  /** Unsent text by conversation and kind; lives as long as the page. */
  readonly drafts = new Map<string, string>();

  private readonly socket: Connection;
  private typing: TypingWatcher | undefined;
  private readonly outbox: Outbox;
  private readonly asked = new Map<string, Promise<ConversationView | null>>();
  private readonly reading = new Map<string, number>();
  private readonly loads = new Map<ViewName, number>();
  private view: ViewName = 'open';
  private recountTimer: ReturnType<typeof setTimeout> | undefined;
  private stops: (() => void)[] = [];
  private waitingForSocket: () => void = () => undefined;

  constructor(readonly me: Me) {
    this.socket = new Connection({ namespace: '/agent' });
    this.threads = new Threads(this.socket, (events) => this.settle(events));
    this.outbox = new Outbox({
      store: new MemoryOutboxStore(),
      send: async ({ thread, clientMessageId, kind, body }) => {
        const { id, seq } = await this.socket.call('message.send', { conversationId: thread, clientMessageId, kind, body });
        return { conversationId: thread, id, seq };
      },
      onChange: (pending) => this.pending.set(pending),
      onSent: (entry, { seq }) => this.threads.receiveHead(entry.thread, seq),
    });
  }

  start(): void {
    const typing = new TypingWatcher((writers) => this.writers.set(writers));
    this.typing = typing;
    this.threads.start();
    this.stops = [
      () => this.threads.stop(),
      () => typing.close(),
      this.socket.watch((state) => this.onState(state)),
      this.socket.on('event', (event) => this.onEvent(event)),
      this.socket.on('head', (head) => this.onHead(head)),
      this.socket.on('read', (notice) => this.onRead(notice)),
      this.socket.on('typing', (notice) => notice.actor.id !== this.me.member.id && typing.receive(notice)),
      this.socket.on('presence', ({ memberIds }) => this.online.set(memberIds ?? [])),
      this.socket.on('resync', () => this.refresh()),
    ];
    this.socket.connect();
    // Without a socket, a blocked one for instance, the panel still shows what there is.
    const patience = setTimeout(() => this.refresh(), SOCKET_PATIENCE);
    this.stops.push(() => clearTimeout(patience));
    this.waitingForSocket = () => clearTimeout(patience);
  }

  stop(): void {
    for (const stop of this.stops.splice(0)) stop();
    this.socket.close();
    clearTimeout(this.recountTimer);
  }

  /** Shows a view's list, reading it unless it is there. */
  show(view: ViewName): void {
    this.view = view;
    if (this.lists.value[view].status !== 'ready') void this.load(view, 1);
  }

  async loadMore(view: ViewName): Promise<void> {
    const list = this.lists.value[view];
    if (list.status !== 'ready' || list.loadingMore || !list.nextCursor) return;
    this.setList(view, { ...list, loadingMore: true });
    const load = this.loads.get(view);
    try {
      const page = await api.conversations({ ...FILTERS[view], limit: PAGE, cursor: list.nextCursor });
      if (this.loads.get(view) !== load) return;
      this.learn(page.items);
      this.setList(view, {
        ...list,
        loadingMore: false,
        pages: list.pages + 1,
        nextCursor: page.nextCursor,
        until: page.nextCursor ? page.items.at(-1)! : null,
      });
    } catch {
      if (this.loads.get(view) === load) this.setList(view, { ...list, loadingMore: false });
    }
  }

  reload(view: ViewName): void {
    this.setList(view, LOADING);
    void this.load(view, 1);
  }

  /** A conversation by id, asked for once however many want it. Null when it does not exist. */
  fetch(id: string): Promise<ConversationView | null> {
    const running = this.asked.get(id);
    if (running) return running;
    const asking = api
      .conversation(id)
      .then((view) => {
        const held = this.known.value.get(id);
        this.learn([view]);
        if (!held) this.recountLater();
        return view;
      })
      .catch((error: unknown) => {
        if (isOffline(error)) throw error;
        return null;
      })
      .finally(() => this.asked.delete(id));
    this.asked.set(id, asking);
    return asking;
  }

  send(conversationId: string, kind: MessageKind, body: string): void {
    void this.outbox.add({ thread: conversationId, kind, body });
  }

  retry(clientMessageId: string): void {
    void this.outbox.retry(clientMessageId);
  }

  discard(clientMessageId: string): void {
    void this.outbox.discard(clientMessageId);
  }

  tellTyping(conversationId: string, typing: boolean): void {
    void this.socket.call('typing', { conversationId, typing }).catch(() => undefined);
  }

  /** Tells that the agent has seen everything up to a seq. */
  read(conversationId: string, seq: number): void {
    const view = this.known.value.get(conversationId);
    if (!view || seq <= view.read.agents || seq <= (this.reading.get(conversationId) ?? 0)) return;
    this.reading.set(conversationId, seq);
    this.put({ ...view, unread: 0, read: { ...view.read, agents: seq } });
    this.socket.call('read', { conversationId, seq }).catch(() => this.reading.delete(conversationId));
  }

  /** Changes at once and takes it back when the server refuses. */
  async change(conversationId: string, patch: ConversationPatch, shown: Partial<ConversationView>): Promise<void> {
    const view = this.known.value.get(conversationId);
    if (view) this.put({ ...view, ...shown });
    try {
      this.learn([await api.updateConversation(conversationId, patch)]);
    } catch (error) {
      // Only if nothing newer came meanwhile; otherwise the server's word is asked for.
      const now = this.known.value.get(conversationId);
      if (view && now?.head === view.head) this.put(view);
      else void this.fetch(conversationId).catch(() => undefined);
      throw error;
    }
  }

  /** Puts a contact's new name or address into every conversation of theirs that is known. */
  contactChanged(contact: ConversationView['contact']): void {
    for (const view of this.known.value.values()) if (view.contact.id === contact.id) this.put({ ...view, contact });
  }

  private onState(state: ConnectionState): void {
    const before = this.connection.value;
    this.connection.set(state);
    if (state.name === 'online') {
      this.waitingForSocket();
      if (before.name !== 'online') this.refresh();
      this.reading.clear();
      void this.outbox.flush();
    } else {
      this.online.set([]);
      this.writers.set([]);
    }
    if (state.name !== 'closed' || state.reason === 'left') return;
    if (state.reason === 'logged-out' || state.reason === 'access-changed') endSession(state.reason);
    else if (state.reason === 'auth.required' || state.reason === 'expired') endSession('expired');
  }

  private onEvent(event: ConversationEvent): void {
    this.settle([event]);
    if (event.type === 'message.created') this.typing?.arrived(event.conversationId, event.actor);
    const view = this.known.value.get(event.conversationId);
    if (view && event.prev <= view.head) this.put(applyEvent(view, event));
    else if (!view && event.type === 'message.created' && event.conversation) this.put(event.conversation);
    else if (!view || event.seq > view.head) void this.fetch(event.conversationId).catch(() => undefined);
  }

  private onHead(head: Head): void {
    for (const [id, seq] of Object.entries(head)) {
      const behind = () => (this.known.value.get(id)?.head ?? 0) < seq;
      if (behind()) setTimeout(() => behind() && void this.fetch(id).catch(() => undefined), HEAD_PATIENCE);
    }
  }

  private onRead(notice: ReadNotice): void {
    const view = this.known.value.get(notice.conversationId);
    if (view) this.put(applyRead(view, notice));
  }

  /** Reads the lists again and asks every open thread for what it missed. */
  private refresh(): void {
    void this.recount();
    const lists = this.lists.value;
    for (const view of VIEWS) {
      if (view === this.view || view === 'open') void this.load(view, Math.min(Math.max(1, lists[view].pages), PAGES_AGAIN));
      else this.setList(view, LOADING);
    }
  }

  private async load(view: ViewName, pages: number): Promise<void> {
    const load = (this.loads.get(view) ?? 0) + 1;
    this.loads.set(view, load);
    try {
      const items: ConversationView[] = [];
      let nextCursor: string | null = null;
      let read = 0;
      do {
        const page = await api.conversations({ ...FILTERS[view], limit: PAGE, cursor: nextCursor ?? undefined });
        items.push(...page.items);
        nextCursor = page.nextCursor;
        read += 1;
      } while (nextCursor && read < pages);
      if (this.loads.get(view) !== load) return;
      this.learn(items, this.stale(view, items));
      this.setList(view, { status: 'ready', loadingMore: false, pages: read, nextCursor, until: nextCursor ? items.at(-1)! : null });
    } catch (error) {
      if (this.loads.get(view) !== load) return;
      const list = this.lists.value[view];
      if (list.status !== 'ready') this.setList(view, { ...LOADING, status: 'failed', error });
    }
  }

  /** What this view held and the server does not list any more: it moved while nobody told. */
  private stale(view: ViewName, fresh: readonly ConversationView[]): string[] {
    const ids = new Set(fresh.map(({ id }) => id));
    const newest = fresh[0];
    const gone = listed(this.known.value, view, this.lists.value[view], this.me.member.id).filter(
      (held) => !ids.has(held.id) && (!newest || byNewest(held, newest) >= 0),
    );
    for (const { id } of gone) if (this.threads.isOpen(id)) void this.fetch(id).catch(() => undefined);
    return gone.map(({ id }) => id);
  }

  private learn(views: readonly ConversationView[], forget: readonly string[] = []): void {
    const next = new Map(this.known.value);
    for (const id of forget) if (!this.threads.isOpen(id)) next.delete(id);
    for (const view of views) next.set(view.id, fresher(this.known.value.get(view.id), view));
    this.known.set(next);
  }

  private put(view: ConversationView): void {
    const before = this.known.value.get(view.id);
    if (before === view) return;
    this.known.set(new Map(this.known.value).set(view.id, view));
    const { value: counts } = this.counts;
    const after = counts && recount(counts, before, view, this.me.member.id);
    if (after === counts) return;
    this.counts.set(after);
    this.recountLater();
  }

  private recountLater(): void {
    this.recountTimer ??= setTimeout(() => void this.recount(), RECOUNT_AFTER);
  }

  private async recount(): Promise<void> {
    clearTimeout(this.recountTimer);
    this.recountTimer = undefined;
    await api.counts().then(
      (counts) => this.counts.set(counts),
      () => undefined,
    );
  }

  private settle(events: readonly ConversationEvent[]): void {
    for (const event of events) if (event.type === 'message.created') void this.outbox.settle(event.message.clientMessageId);
  }

  private setList(view: ViewName, list: ListState): void {
    this.lists.update((lists) => ({ ...lists, [view]: list }));
  }
}
