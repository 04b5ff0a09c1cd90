import { Injectable } from '@nestjs/common';
import { AppError } from '@sotto/kernel';

/** Calls worked on at the same time by one process. Beyond it, waiting would only make everybody late. */
const MAX = 2_000;
const RETRY_AFTER_SECONDS = 1;

/** Refuses calls openly when there are too many, instead of queueing them in memory. */
@Injectable()
export class InFlight {
  private running = 0;

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= MAX) throw new AppError('overloaded', undefined, { retryAfter: RETRY_AFTER_SECONDS });
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
    }
  }
}
