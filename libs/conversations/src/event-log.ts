import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Database, Jobs, LiveFeed, query, type Config, type Tx } from '@sotto/platform';
import type { ScreeningState } from '@sotto/protocol';
import { appendActivity, type Activity, type Locked } from './activity.js';
import { shownScreening } from './screening/shown.js';
import type { StoredEvent } from './stored-event.js';

/** What `live.publish` hands to listeners in this process with an `event` hint. */
export type LocalEvent = StoredEvent;

/** Writes down what happens to conversations and tells of it, once it is certain. */
@Injectable()
export class EventLog {
  /** What happens in conversations whose first message is not shown yet. */
  private readonly held = new Map<string, StoredEvent[]>();

  constructor(
    private readonly database: Database,
    private readonly live: LiveFeed,
    private readonly jobs: Jobs,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Adds an activity to a locked conversation; it is told after commit. */
  async happen(tx: Tx, conversation: Locked, activity: Activity): Promise<void> {
    const event = await appendActivity(tx, conversation, activity);
    this.database.afterCommit(tx, () => this.publish(event));
  }

  assign(tx: Tx, conversation: Locked, assigneeId: string | null, by: Activity['by']): Promise<void> {
    return this.happen(tx, conversation, {
      type: 'assigned',
      data: { assigneeId, fromAssigneeId: conversation.assigneeId },
      visibleToVisitor: false,
      by,
      set: { assignee_id: assigneeId },
    });
  }

  /** Makes it another team's, or with null everybody's. */
  giveTo(tx: Tx, conversation: Locked, teamId: string | null, by: Activity['by']): Promise<void> {
    return this.happen(tx, conversation, {
      type: 'team.changed',
      data: { teamId, fromTeamId: conversation.teamId },
      visibleToVisitor: false,
      by,
      set: { team_id: teamId },
    });
  }

  /**
   * A verdict on it: spam goes into quarantine, where nobody is waited for; whatever else is in it comes out and goes on from
   * where it was. A contact who has written meanwhile, or has no answer yet, waits from now on.
   */
  async screen(tx: Tx, conversation: Locked, screening: ScreeningState | null, by: Activity['by']): Promise<void> {
    const { status: from, spamFrom } = conversation;
    const spam = screening?.verdict === 'spam';
    const status = spam ? 'spam' : (spamFrom ?? from);
    const leaves = from === 'spam' && !spam;
    const waitingSince = leaves ? await waitsSince(tx, conversation) : spam ? null : conversation.waitingSince;
    await this.happen(tx, conversation, {
      type: 'screened',
      data: {
        status,
        from,
        screening: screening && shownScreening(screening.verdict, screening.by),
        waitingSince: waitingSince ? new Date(waitingSince).toISOString() : null,
      },
      visibleToVisitor: false,
      by,
      set: {
        status,
        spam_from: spam ? (from === 'spam' ? spamFrom : from) : null,
        verdict: screening?.verdict ?? null,
        verdict_by: screening?.by ?? null,
        waiting_since: waitingSince,
        ...(spam ? { overdue: false } : {}),
      },
    });
    if (!leaves || !waitingSince) return;
    const { id: conversationId, accountId } = conversation;
    const overdue = { accountId, conversationId, since: new Date(waitingSince).getTime() };
    await this.jobs.enqueue(tx, 'conversation.overdue', overdue, { startAfterSeconds: this.config.overdueSeconds });
    if (status !== 'resolved') return;
    // What its visitor added in quarantine opens it again, as it would have outside.
    const data = { status: 'open', from: status };
    await this.happen(tx, conversation, { type: 'status.changed', data, visibleToVisitor: true, by, set: { status: 'open' } });
  }

  /**
   * Keeps to itself what happens in a conversation until the function it returns is called, and then tells it in order: so
   * that a first message that waits for its verdict is not overtaken by the second.
   */
  hold(conversationId: string): () => void {
    const events: StoredEvent[] = [];
    this.held.set(conversationId, events);
    return () => {
      if (this.held.get(conversationId) !== events) return;
      this.held.delete(conversationId);
      for (const event of events.sort((a, b) => a.seq - b.seq)) this.publish(event);
    };
  }

  /** Tells of an event that is committed. */
  publish(event: StoredEvent): void {
    const { accountId, conversationId, seq } = event;
    const held = this.held.get(conversationId);
    if (held) {
      held.push(event);
      return;
    }
    this.live.publish({ type: 'event', accountId, conversationId, seq }, event satisfies LocalEvent);
  }
}

/** Now, if the contact's message is the newest; of what was resolved, if they wrote it in quarantine. */
async function waitsSince(tx: Tx, { id, spamFrom }: Locked): Promise<Date | null> {
  const [row] = await query<{ at: Date | null }>(
    tx,
    `select date_trunc('milliseconds', clock_timestamp()) as at
       from (select m.author_kind, m.seq from message m where m.conversation_id = $1 and m.kind = 'message' order by m.seq desc limit 1) newest
      where newest.author_kind = 'visitor'
        and ($2 = 'open' or newest.seq > (select max(m.seq) from message m where m.conversation_id = $1 and m.type = 'screened' and m.data->>'status' = 'spam'
                                            and m.data->>'from' <> 'spam'))`,
    [id, spamFrom],
  );
  return row?.at ?? null;
}
