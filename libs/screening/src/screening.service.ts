import { Injectable } from '@nestjs/common';
import { Clock } from '@sotto/kernel';
import { query, type Tx } from '@sotto/platform';
import type { MemberVerdict, Verdict, VerdictBy } from '@sotto/protocol';
import { Blocks } from './blocks.js';
import type { ScoreAnswer } from './filter-room.js';
import { Filters } from './filters.js';
import type { ScreenedMessage } from './model/message.js';
import { verdictFor } from './verdict-for.js';

/** Somebody whose words are delivered whatever the filter thinks of them. */
export interface Trust {
  /** A member answered them before, or said of an earlier conversation that it was not spam. */
  knownContact?: boolean;
  /** It answers a mail that we sent. */
  replyToOurMail?: boolean;
  /** The website said who they are, and proved it. */
  verifiedVisitor?: boolean;
}

/** What a door knows of a message that has just come in, besides its text. */
export interface Arrival {
  accountId: string;
  trust: Trust;
  /** Its sender's address, for the block list. */
  email?: string | null;
  /** It came from an address that is blocked, or from a source that sent too much. */
  held?: 'block' | 'flood' | null;
}

export interface Screened {
  verdict: Verdict;
  by: VerdictBy;
  score: number | null;
  threshold: number | null;
}

/** The one call of every door: chat and API today, e-mail and forms later. */
@Injectable()
export class ScreeningService {
  constructor(
    private readonly filters: Filters,
    private readonly blocks: Blocks,
    private readonly clock: Clock,
  ) {}

  /** What the filter makes of a message. Outside any transaction: it may have to learn first. */
  score(accountId: string, message: ScreenedMessage, keepFeatures = false): Promise<ScoreAnswer> {
    return this.filters.score(accountId, message, keepFeatures);
  }

  /** What to do with a message that has come in. Stores nothing; `record` does. */
  async decide(tx: Tx, arrival: Arrival, answer: ScoreAnswer): Promise<Screened> {
    return (await this.rules(tx, arrival))(answer);
  }

  /** As `decide`, for a message whose score is not there yet: what the account says of its sender now, whatever it scores. */
  async rules(tx: Tx, { accountId, trust, email, held }: Arrival): Promise<(answer: ScoreAnswer) => Screened> {
    if (held === 'block' || (await this.blocks.match(tx, accountId, { email }))) return () => decided('spam', 'block');
    if (trust.knownContact || trust.replyToOurMail || trust.verifiedVisitor) return () => decided('ham', 'trusted');
    const own = await this.ownThreshold(tx);
    return ({ z, threshold: automatic, lessons }) => {
      const threshold = own ?? automatic;
      // Whoever fell into the trap is a program, whatever it says.
      if (held === 'flood') return { verdict: 'spam', by: 'flood', score: z, threshold };
      return { verdict: verdictFor(z, threshold, lessons), by: 'filter', score: z, threshold };
    };
  }

  /** The threshold an owner chose; null for the automatic one. */
  async ownThreshold(tx: Tx): Promise<number | null> {
    const [head] = await query<{ threshold: number | null }>(tx, 'select threshold from screening_head');
    return head?.threshold ?? null;
  }

  /** Writes down what was decided of a conversation, once. */
  async record(tx: Tx, of: { accountId: string; conversationId: string; contactId: string }, screened: Screened): Promise<void> {
    await query(
      tx,
      `insert into screening_result (conversation_id, account_id, contact_id, verdict, decided_by, score, threshold, screened_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (conversation_id) do update
         set verdict = excluded.verdict, decided_by = excluded.decided_by, score = excluded.score, threshold = excluded.threshold`,
      [of.conversationId, of.accountId, of.contactId, screened.verdict, screened.by, screened.score, screened.threshold, this.clock.now()],
    );
  }

  /** What was decided of a conversation when it came; null where it was never screened. */
  async firstVerdict(tx: Tx, conversationId: string): Promise<(Screened & { at: string }) | null> {
    const [row] = await query<Screened & { at: Date }>(
      tx,
      'select verdict, decided_by as by, score, threshold, screened_at as at from screening_result where conversation_id = $1',
      [conversationId],
    );
    return row ? { ...row, at: new Date(row.at).toISOString() } : null;
  }

  /** What members say of a conversation now, for the page that shows how well the filter does. */
  async noteMemberVerdict(tx: Tx, conversationId: string, verdict: MemberVerdict | null): Promise<void> {
    await query(tx, 'update screening_result set member_verdict = $2 where conversation_id = $1', [conversationId, verdict]);
  }
}

const decided = (verdict: Verdict, by: VerdictBy): Screened => ({ verdict, by, score: null, threshold: null });
