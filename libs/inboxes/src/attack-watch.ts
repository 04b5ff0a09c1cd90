import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '@sotto/kernel';
import { CONFIG, Limits, type Config, type Limit } from '@sotto/platform';

const MINUTE_MS = 60_000;
/** Work is asked for until so many minutes in a row were calm, so that it does not come and go. */
const CALM_MINUTES = 5;
const EASIEST = 16;
const HARDEST = 20;

/** Zero bits to find, for so many sessions in a time: none up to what is usual, then one more each time they double. */
export function difficultyOf(sessions: number, usual: number): number {
  return sessions <= usual ? 0 : Math.min(HARDEST, EASIEST + Math.floor(Math.log2(sessions / usual)));
}

/** Notices when more sessions are opened in an inbox than people open, those refused among them. Counted by calendar minutes. */
@Injectable()
export class AttackWatch {
  private readonly arrivals: Limit;
  private readonly usual: number;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly clock: Clock,
    limits: Limits,
  ) {
    this.usual = config.limits.attackSessions;
    this.arrivals = limits.make({
      name: 'inbox-arrivals',
      points: Number.MAX_SAFE_INTEGER,
      seconds: ((CALM_MINUTES + 2) * MINUTE_MS) / 1_000,
      withoutRedis: 'local',
    });
  }

  /** Counts one who wants a session; answers what is asked of them. */
  async arrive(inboxId: string): Promise<number> {
    await this.arrivals.take(this.counter(inboxId, 0));
    return this.difficulty(inboxId);
  }

  /** What is asked at present: what the worst of the last minutes calls for. 0 in peace. */
  async difficulty(inboxId: string): Promise<number> {
    const minutes = Array.from({ length: CALM_MINUTES + 1 }, (_, ago) => this.arrivals.taken(this.counter(inboxId, ago)));
    return difficultyOf(Math.max(...(await Promise.all(minutes))), this.usual);
  }

  private counter(inboxId: string, minutesAgo: number): string {
    return `${inboxId}:${Math.floor(this.clock.now().getTime() / MINUTE_MS) - minutesAgo}`;
  }
}
