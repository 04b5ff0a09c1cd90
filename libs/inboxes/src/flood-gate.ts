import { Inject, Injectable } from '@nestjs/common';
import { networkOf } from '@sotto/access';
import { AppError, type Suspicion } from '@sotto/kernel';
import { CONFIG, KeyRing, Limits, type Config, type Limit } from '@sotto/platform';
import type { NewVisitorSession, WidgetTicket } from '@sotto/protocol';
import { AttackWatch } from './attack-watch.js';
import { zeroBits } from './proof.js';
import { Tickets, type ReadTicket } from './tickets.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
/** How long a ticket is good for, in seconds. */
const GOOD_FOR = 10 * MINUTE;
/** Nobody reads the notice, ticks the box and presses the button sooner. */
const FAST_MS = 1_500;
/** Bits a ticket may ask for less than is asked now, or people would do their work twice while an attack grows. */
const GRACE_BITS = 1;

type Pass = Pick<NewVisitorSession, 'ticket' | 'nonce' | 'website'>;

/**
 * What a flood of new sessions meets before anything is written: a share for each network, and tickets, which cost work while
 * the inbox is under attack. In peace nobody is refused for a ticket; what was odd is noted for the filter.
 */
@Injectable()
export class FloodGate {
  private readonly byMinute: Limit;
  private readonly byHour: Limit;
  private readonly redeemed: Limit;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly keys: KeyRing,
    private readonly tickets: Tickets,
    private readonly attacks: AttackWatch,
    limits: Limits,
  ) {
    const points = config.limits.visitorSessions;
    this.byMinute = limits.make({ name: 'visitor-sessions', points, seconds: MINUTE, withoutRedis: 'local' });
    this.byHour = limits.make({ name: 'visitor-sessions-hour', points: points * 3, seconds: HOUR, withoutRedis: 'local' });
    this.redeemed = limits.make({ name: 'widget-ticket', points: 1, seconds: GOOD_FOR, withoutRedis: 'local' });
  }

  async ticket(inbox: { id: string; key: string }): Promise<WidgetTicket> {
    return this.tickets.issue(inbox.key, await this.attacks.difficulty(inbox.id));
  }

  /** Counts a session against where it comes from; of IPv6 a /64 is one place. Throws `rate.limited`. */
  async takeAddress(address: string): Promise<void> {
    const place = this.keys.keyedHash(networkOf(address, { v4: 32, v6: 64 }));
    await this.byMinute.take(place);
    await this.byHour.take(place);
  }

  /** Lets somebody new in, and tells what is odd about them. Throws `proof.required` while under attack. */
  async admit(inbox: { id: string; key: string }, pass: Pass): Promise<Suspicion | null> {
    const asked = await this.attacks.arrive(inbox.id);
    const ticket = await this.redeem(inbox.key, pass, asked);
    if (!ticket && asked > 0)
      throw new AppError(
        'proof.required',
        'Very many want in at the moment. Fetch the inbox again, do the work that its ticket asks for, and send both within ten minutes.',
      );
    if (pass.website) return 'trap';
    return !ticket || ticket.ageMs < FAST_MS ? 'fast' : null;
  }

  private async redeem(inboxKey: string, { ticket, nonce }: Pass, asked: number): Promise<ReadTicket | null> {
    const read = ticket === undefined ? null : this.tickets.read(inboxKey, ticket);
    if (!read || read.ageMs > GOOD_FOR * 1_000 || read.difficulty < asked - GRACE_BITS) return null;
    if (asked > 0 && zeroBits(`${ticket}.${nonce}`) < read.difficulty) return null;
    // Last of all: a ticket whose work is missing may come again with it.
    return (await this.isFirst(ticket!)) ? read : null;
  }

  private async isFirst(ticket: string): Promise<boolean> {
    try {
      await this.redeemed.take(this.keys.keyedHash('redeemed', ticket));
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'rate.limited') return false;
      throw error;
    }
  }
}
