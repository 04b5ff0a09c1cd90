import { Inject, Injectable } from '@nestjs/common';
import { networkOf } from '@sotto/access';
import { AppError, type Suspicion } from '@sotto/kernel';
import { CONFIG, KeyRing, Limits, type Config, type Limit } from '@sotto/platform';
import type { NewVisitorSession, WidgetTicket } from '@sotto/protocol';
import { AttackWatch, difficultyOf } from './attack-watch.js';
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
 * What a flood of new sessions meets before anything is written: a share a minute for each network, and tickets, which cost work
 * while the inbox is under attack, or where one network opens more in an hour than people behind one address usually do. In
 * peace nobody is refused for a ticket; what was odd is noted for the filter.
 */
@Injectable()
export class FloodGate {
  private readonly byMinute: Limit;
  private readonly byHour: Limit;
  private readonly redeemed: Limit;
  private readonly usualAnHour: number;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly keys: KeyRing,
    private readonly tickets: Tickets,
    private readonly attacks: AttackWatch,
    limits: Limits,
  ) {
    const points = config.limits.visitorSessions;
    this.byMinute = limits.make({ name: 'visitor-sessions', points, seconds: MINUTE, withoutRedis: 'local' });
    // Counts and refuses nobody: offices and carriers have many people behind one address.
    this.byHour = limits.make({ name: 'visitor-sessions-hour', points: Number.MAX_SAFE_INTEGER, seconds: HOUR, withoutRedis: 'local' });
    this.usualAnHour = config.limits.visitorSessionsAnHour;
    this.redeemed = limits.make({ name: 'widget-ticket', points: 1, seconds: GOOD_FOR, withoutRedis: 'local' });
  }

  /** For somebody at this address. */
  async ticket(inbox: { id: string; key: string }, address: string): Promise<WidgetTicket> {
    return this.tickets.issue(inbox.key, Math.max(await this.attacks.difficulty(inbox.id), await this.askedOf(address)));
  }

  /** Counts a session against where it comes from; of IPv6 a /64 is one place. Throws `rate.limited`. */
  async takeAddress(address: string): Promise<void> {
    const place = this.placeOf(address);
    await this.byMinute.take(place);
    await this.byHour.take(place);
  }

  /** Lets somebody new in, and tells what is odd about them. Throws `proof.required` where work is asked for. */
  async admit(inbox: { id: string; key: string }, pass: Pass, address: string): Promise<Suspicion | null> {
    const asked = Math.max(await this.attacks.arrive(inbox.id), await this.askedOf(address));
    const ticket = await this.redeem(inbox.key, pass, asked);
    if (!ticket && asked > 0)
      throw new AppError(
        'proof.required',
        'Very many want in at the moment. Fetch the inbox again, do the work that its ticket asks for, and send both within ten minutes.',
      );
    if (pass.website) return 'trap';
    return !ticket || ticket.ageMs < FAST_MS ? 'fast' : null;
  }

  private placeOf = (address: string): string => this.keys.keyedHash(networkOf(address, { v4: 32, v6: 64 }));

  /** The work that is asked of one place, whatever happens elsewhere. */
  private async askedOf(address: string): Promise<number> {
    return difficultyOf(await this.byHour.taken(this.placeOf(address)), this.usualAnHour);
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
