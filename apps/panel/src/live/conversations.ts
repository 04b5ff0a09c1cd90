import { ApiError, applyEvent, broughtBy, byNewest, isOffline } from '@sotto/client';
import type { ConversationCounts, ConversationEvent, ConversationView, Head } from '@sotto/protocol';
import { api } from '../api';
import { Cell } from './cell';
import { filterOf, fresher, listed, LOADING, recount, VIEWS, type Known, type ListState, type ViewName } from './views';

type Lists = Readonly<Partial<Record<ViewName, ListState>>>;

/** What was changed here of a conversation and the server has not answered yet. */
interface Changing {
  /** What the server last told, which knows nothing of it; undefined while the conversation is not known. */
  told: ConversationView | undefined;
  readonly shown: Set<Partial<ConversationView>>;
}

const PAGE = 50;
/** A hint may simply be later than the head that tells of it. */
const HEAD_PATIENCE = 700;
const RECOUNT_AFTER = 2_000;
/** Pages read again after a reconnect; a longer list is read on by scrolling. */
const PAGES_AGAIN = 6;

/** The conversations the panel knows, the lists made of them, and how many there are. */
export class Conversations {
  readonly known = new Cell<Known>(new Map());
  readonly lists = new Cell<Lists>({});
  readonly counts = new Cell<ConversationCounts | null>(null);

  private readonly asked = new Map<string, Promise<ConversationView | null>>();
  private readonly loads = new Map<ViewName, number>();
  /** Newest seqs told of conversations that are in no list read so far. */
  private readonly elsewhere = new Map<string, number>();
  private readonly changing = new Map<string, Changing>();
  private view: ViewName = 'open';
  private recountTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly memberId: string,
    /** Whether somebody looks at it: then it is not forgotten, whatever list it leaves. */
    private readonly isOpen: (id: string) => boolean,
  ) {}

  get(id: string): ConversationView | undefined {
    return this.known.value.get(id);
  }

  /** How far a view's list has been read. */
  listOf(view: ViewName): ListState {
    return this.lists.value[view] ?? LOADING;
  }

  stop(): void {
    clearTimeout(this.recountTimer);
    this.recountTimer = undefined;
  }

  /** Shows a view's list, reading it unless it is there. */
  show(view: ViewName): void {
    this.view = view;
    if (this.listOf(view).status !== 'ready') void this.load(view, 1);
  }

  async loadMore(view: ViewName): Promise<void> {
    const list = this.listOf(view);
    if (list.status !== 'ready' || list.loadingMore || !list.nextCursor) return;
    this.setList(view, { ...list, loadingMore: true });
    const load = this.loads.get(view);
    try {
      const page = await api.conversations({ ...filterOf(view), limit: PAGE, cursor: list.nextCursor });
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
        const held = this.get(id);
        this.learn([view]);
        if (!held) this.recountLater();
        return view;
      })
      .catch((error: unknown) => {
        if (isOffline(error)) throw error;
        if (error instanceof ApiError && error.code === 'not-found') this.forget(id);
        return null;
      })
      .finally(() => this.asked.delete(id));
    this.asked.set(id, asking);
    return asking;
  }

  /**
   * Shows a change at once, over whatever the server tells meanwhile, until the function it returns is called: with what the
   * server has confirmed, if that is to be shown until its event comes, or without when it refused or has told already.
   */
  change(id: string, shown: Partial<ConversationView>): (confirmed?: Partial<ConversationView>) => void {
    const changing = this.changing.get(id) ?? { told: this.get(id), shown: new Set() };
    const head = changing.told?.head;
    changing.shown.add(shown);
    this.changing.set(id, changing);
    if (changing.told) this.put(changing.told);
    return (confirmed) => {
      if (!changing.shown.delete(shown)) return;
      if (changing.shown.size === 0) this.changing.delete(id);
      const { told } = changing;
      if (told) this.put(told.head === head ? { ...told, ...confirmed } : told);
    };
  }

  /** Asks for the server's word after it refused a change: it may know something of the conversation that was not told. */
  refused(id: string): void {
    void this.fetch(id).catch(() => undefined);
  }

  /** Puts a contact's new name or address into every conversation of theirs that is known. */
  contactChanged(contact: ConversationView['contact']): void {
    for (const { id, contact: of } of this.known.value.values())
      if (of.id === contact.id) this.update(id, (told) => ({ ...told, contact }));
  }

  receive(event: ConversationEvent): void {
    const view = this.get(event.conversationId);
    if (view && event.prev <= view.head) this.update(view.id, (told) => applyEvent(told, event));
    else if (!view && broughtBy(event)) this.put(broughtBy(event)!);
    else if (!view || event.seq > view.head) void this.fetch(event.conversationId).catch(() => undefined);
  }

  /** For this member it is not there any more. */
  forget(id: string): void {
    const before = this.get(id);
    if (!before) return;
    this.tell(id, undefined);
    const next = new Map(this.known.value);
    next.delete(id);
    this.known.set(next);
    const { value: counts } = this.counts;
    this.counts.set(counts && recount(counts, before, undefined, this.memberId));
    this.recountLater();
  }

  /** Finds what a lost hint would have told. */
  receiveHead(head: Head): void {
    let moved = false;
    for (const [id, seq] of Object.entries(head)) {
      const behind = () => (this.get(id)?.head ?? seq) < seq;
      if (behind()) setTimeout(() => behind() && void this.fetch(id).catch(() => undefined), HEAD_PATIENCE);
      if (this.get(id) || this.elsewhere.get(id) === seq) continue;
      this.elsewhere.set(id, seq);
      moved = true;
    }
    // Not one question for each: those that belong in a list come with it.
    if (moved) this.refresh();
  }

  /** Reads the lists again. */
  refresh(): void {
    void this.recount();
    const read = Object.keys(this.lists.value) as ViewName[];
    for (const view of new Set([...VIEWS, ...read, this.view])) {
      if (view === this.view || view === 'open') void this.load(view, Math.min(Math.max(1, this.listOf(view).pages), PAGES_AGAIN));
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
        const page = await api.conversations({ ...filterOf(view), limit: PAGE, cursor: nextCursor ?? undefined });
        items.push(...page.items);
        nextCursor = page.nextCursor;
        read += 1;
      } while (nextCursor && read < pages);
      if (this.loads.get(view) !== load) return;
      this.learn(items, this.stale(view, items));
      this.setList(view, { status: 'ready', loadingMore: false, pages: read, nextCursor, until: nextCursor ? items.at(-1)! : null });
    } catch (error) {
      if (this.loads.get(view) !== load) return;
      if (this.listOf(view).status !== 'ready') this.setList(view, { ...LOADING, status: 'failed', error });
    }
  }

  /** What this view held and the server does not list any more: it moved while nobody told. */
  private stale(view: ViewName, fresh: readonly ConversationView[]): string[] {
    const ids = new Set(fresh.map(({ id }) => id));
    const newest = fresh[0];
    const gone = listed(this.known.value, view, this.listOf(view), this.memberId).filter(
      (held) => !ids.has(held.id) && (!newest || byNewest(held, newest) >= 0),
    );
    for (const { id } of gone) if (this.isOpen(id)) void this.fetch(id).catch(() => undefined);
    return gone.map(({ id }) => id);
  }

  learn(views: readonly ConversationView[], forget: readonly string[] = []): void {
    const next = new Map(this.known.value);
    for (const id of forget) if (!this.isOpen(id)) next.delete(id);
    for (const view of views) next.set(view.id, this.tell(view.id, fresher(this.told(view.id), view)));
    this.known.set(next);
  }

  /** Changes what the server told of a conversation, if it is known. */
  update(id: string, change: (told: ConversationView) => ConversationView): void {
    const told = this.told(id);
    const after = told && change(told);
    if (after && after !== told) this.put(after);
  }

  private put(told: ConversationView): void {
    const before = this.get(told.id);
    const view = this.tell(told.id, told);
    this.known.set(new Map(this.known.value).set(view.id, view));
    const { value: counts } = this.counts;
    const after = counts && recount(counts, before, view, this.memberId);
    if (after === counts) return;
    this.counts.set(after);
    this.recountLater();
  }

  private told(id: string): ConversationView | undefined {
    const changing = this.changing.get(id);
    return changing ? changing.told : this.get(id);
  }

  /** Keeps what the server told, and says what is shown of it. */
  private tell<V extends ConversationView | undefined>(id: string, told: V): V {
    const changing = this.changing.get(id);
    if (!changing) return told;
    changing.told = told;
    return [...changing.shown].reduce<V>((view, shown) => view && { ...view, ...shown }, told);
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

  private setList(view: ViewName, list: ListState): void {
    this.lists.update((lists) => ({ ...lists, [view]: list }));
  }
}
