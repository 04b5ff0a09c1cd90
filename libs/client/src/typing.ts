import type { TypingNotice } from '@sotto/protocol';

/** Milliseconds between two notices while somebody keeps writing. */
const AGAIN = 3_000;
/** Milliseconds without a key after which somebody counts as done. */
const IDLE = 4_000;
/** Milliseconds after which a notice is forgotten; see `TypingNotice`. */
const FORGET = 6_000;

/** Turns key strokes into few notices. */
export class TypingSender {
  private last = -Infinity;
  private typing = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (typing: boolean) => void) {}

  stroke(now = Date.now()): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stop(), IDLE);
    if (this.typing && now - this.last < AGAIN) return;
    this.typing = true;
    this.last = now;
    this.send(true);
  }

  /** The message was sent, emptied or left. */
  stop(): void {
    clearTimeout(this.timer);
    if (!this.typing) return;
    this.typing = false;
    this.send(false);
  }
}

/** Who is writing right now, forgotten when no further notice comes. */
export class TypingWatcher {
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private writers = new Map<string, TypingNotice>();

  constructor(private readonly onChange: (writers: readonly TypingNotice[]) => void) {}

  receive(notice: TypingNotice): void {
    const key = `${notice.conversationId} ${notice.actor.kind} ${notice.actor.id}`;
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    const had = this.writers.delete(key);
    if (notice.typing) {
      this.writers.set(key, notice);
      this.timers.set(
        key,
        setTimeout(() => this.receive({ ...notice, typing: false }), FORGET),
      );
    }
    if (had !== notice.typing) this.onChange([...this.writers.values()]);
  }

  /** A message of a writer ends the notice. */
  arrived(conversationId: string, actor: TypingNotice['actor']): void {
    this.receive({ conversationId, actor, typing: false });
  }

  close(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.writers = new Map();
  }
}
