/** What a lane needs of an event. */
interface Placed {
  seq: number;
}

export interface LaneSource<E extends Placed> {
  /** Events after a seq, in order, from the database. */
  after(seq: number, limit: number): Promise<E[]>;
  deliver(event: E): Promise<void>;
  failed(error: unknown): void;
}

/** Another writer's commit is usually in hand before this long, in milliseconds; then the database is asked. */
const PATIENCE = 25;
const BATCH = 200;

/**
 * One conversation's events on their way out of this process: each once, in the order of seq, however
 * the hints arrive. Commits of two writers may be announced the wrong way round; a hint from another
 * node carries only a seq. Gaps are filled from the database.
 */
export class Lane<E extends Placed> {
  private readonly early = new Map<number, E>();
  private announced: number;
  private sending = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private reading = false;

  constructor(
    private last: number,
    private readonly source: LaneSource<E>,
  ) {
    this.announced = last;
  }

  /** A hint: the event itself when this process wrote it, else only its seq. */
  take(seq: number, event?: E): void {
    if (seq <= this.last) return;
    this.announced = Math.max(this.announced, seq);
    if (event) this.early.set(seq, event);
    this.drain();
    if (this.last < this.announced) this.fillSoon(event ? PATIENCE : 0);
  }

  private drain(): void {
    for (let event = this.early.get(this.last + 1); event; event = this.early.get(this.last + 1)) {
      this.early.delete(event.seq);
      this.last = event.seq;
      this.send(event);
    }
  }

  private send(event: E): void {
    this.sending = this.sending.then(() => this.source.deliver(event)).catch((error: unknown) => this.source.failed(error));
  }

  private fillSoon(wait: number): void {
    if (this.reading || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.last >= this.announced) return;
      this.reading = true;
      this.fill()
        .catch((error: unknown) => this.source.failed(error))
        .finally(() => {
          this.reading = false;
          // Whatever was announced meanwhile; nothing more was found means a failed read, left to the heartbeat.
          if (this.last < this.announced && this.early.size > 0) this.fillSoon(PATIENCE);
        });
    }, wait);
    this.timer.unref();
  }

  private async fill(): Promise<void> {
    while (this.last < this.announced) {
      const events = await this.source.after(this.last, BATCH);
      if (events.length === 0) return;
      for (const event of events) if (event.seq > this.last) this.early.set(event.seq, event);
      const before = this.last;
      this.drain();
      if (this.last === before) return;
    }
  }
}
