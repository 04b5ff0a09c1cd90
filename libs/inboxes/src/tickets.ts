import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '@sotto/kernel';
import { KeyRing } from '@sotto/platform';
import type { WidgetTicket } from '@sotto/protocol';

/** What a ticket of ours says. `ageMs` may be a little below 0 where two nodes' clocks differ. */
export interface ReadTicket {
  ageMs: number;
  difficulty: number;
}

const RANDOM_BYTES = 9;
const PURPOSE = 'widget-ticket';

/** Tickets are signed and kept nowhere: moment, difficulty and random bits, and of the visitor nothing. */
@Injectable()
export class Tickets {
  constructor(
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {}

  issue(inboxKey: string, difficulty: number): WidgetTicket {
    const random = randomBytes(RANDOM_BYTES).toString('base64url');
    const text = `${this.clock.now().getTime().toString(36)}.${difficulty}.${random}`;
    return { ticket: `${text}.${this.sign(inboxKey, text)}`, difficulty };
  }

  /** Null for what this installation did not issue for this very inbox. */
  read(inboxKey: string, ticket: string): ReadTicket | null {
    const end = ticket.lastIndexOf('.');
    const text = ticket.slice(0, Math.max(end, 0));
    const given = Buffer.from(ticket.slice(end + 1));
    const right = Buffer.from(this.sign(inboxKey, text));
    if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
    const [moment = '', difficulty] = text.split('.');
    return { ageMs: this.clock.now().getTime() - parseInt(moment, 36), difficulty: Number(difficulty) };
  }

  private sign(inboxKey: string, text: string): string {
    return this.keys.keyedHash(PURPOSE, inboxKey, text);
  }
}
