import { ApiError, type VisitorApi } from '@sotto/client';
import type { NewVisitorSession, VisitorSessionView, WidgetTicket } from '@sotto/protocol';
import { work } from './proof/work';

/** A ticket older than this is not tried: the server takes them for ten minutes. */
const GOOD_FOR_MS = 9.5 * 60_000;
/** A ticket fetched while the visitor waits has to be so old, or they would look like a program. Known to the server, too. */
const READING_MS = 1_500;
/** How often a ticket is fetched anew, should the attack grow faster than the work is done. */
const ROUNDS = 3;

type Pass = Pick<NewVisitorSession, 'ticket' | 'nonce'>;

/** The visitor has thought better of it while the page was still working. */
export class Cancelled extends Error {}

/** Opens sessions with the ticket that came with the page; another is fetched, silently, when that is spent, old or too easy. */
export class Entrance {
  private at = Date.now();
  private spent = false;
  private waiting: AbortController | undefined;

  constructor(
    private readonly api: VisitorApi,
    private readonly key: string,
    private ticket: WidgetTicket,
    /** Told while something takes longer than the call itself; until then it may be cancelled. */
    private readonly onWait: (waiting: boolean) => void,
  ) {}

  /** Throws `Cancelled` when it was, and before that nothing has left the page. */
  async open(input: NewVisitorSession): Promise<VisitorSessionView> {
    for (let round = 1; ; round++) {
      try {
        return await this.api.createSession({ ...input, ...(await this.pass()) });
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'proof.required' || round === ROUNDS) throw error;
      }
    }
  }

  /** A ticket that came along with something else, taken if there is need of one. */
  offer(ticket: WidgetTicket): void {
    if (this.isUseless) this.take(ticket);
  }

  cancel(): void {
    this.waiting?.abort(new Cancelled());
  }

  private get isUseless(): boolean {
    return this.spent || Date.now() - this.at > GOOD_FOR_MS;
  }

  private take(ticket: WidgetTicket): void {
    this.ticket = ticket;
    this.at = Date.now();
    this.spent = false;
  }

  private async pass(): Promise<Pass> {
    const { isUseless } = this;
    if (!isUseless && this.ticket.difficulty === 0) return this.spend();
    const { signal } = (this.waiting = new AbortController());
    const cancelled = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    this.onWait(true);
    try {
      return await Promise.race([this.prepare(isUseless, signal), cancelled]);
    } finally {
      this.waiting = undefined;
      this.onWait(false);
    }
  }

  private async prepare(isUseless: boolean, signal: AbortSignal): Promise<Pass> {
    if (isUseless) this.take((await this.api.config(this.key)).ticket);
    signal.throwIfAborted();
    const { ticket } = this;
    const waited = isUseless && new Promise((resolve) => setTimeout(resolve, READING_MS));
    const nonce = ticket.difficulty > 0 ? await work(ticket, signal) : undefined;
    await waited;
    signal.throwIfAborted();
    return this.spend(nonce);
  }

  private spend(nonce?: string): Pass {
    this.spent = true;
    return { ticket: this.ticket.ticket, ...(nonce && { nonce }) };
  }
}
