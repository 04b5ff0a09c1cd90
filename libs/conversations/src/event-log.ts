import { Injectable } from '@nestjs/common';
import { Database, LiveFeed, query, type Tx } from '@sotto/platform';
import type { ConversationStatus, ScreeningState } from '@sotto/protocol';
import { appendActivity, type Activity, type Locked } from './activity.js';
import type { StoredEvent } from './stored-event.js';

/** What `live.publish` hands to listeners in this process with an `event` hint. */
export type LocalEvent = StoredEvent;

/** Writes down what happens to conversations and tells of it, once it is certain. */
@Injectable()
export class EventLog {
  constructor(
    private readonly database: Database,
    private readonly live: LiveFeed,
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
   * A verdict on it, which moves it into quarantine or out of it. What waits there waits for nobody; out of it, its contact
   * waits from now on, unless they have an answer.
   */
  async screen(
    tx: Tx,
    conversation: Locked,
    screening: ScreeningState | null,
    by: Activity['by'],
    status: ConversationStatus = statusBy(conversation, screening),
  ): Promise<void> {
    const from = conversation.status;
    const waitingSince = status === from ? conversation.waitingSince : status === 'open' ? await waitsSince(tx, conversation.id) : null;
    await this.happen(tx, conversation, {
      type: 'screened',
      data: {
        status,
        from,
        screening: screening && { verdict: screening.verdict, by: screening.by },
        waitingSince: waitingSince ? new Date(waitingSince).toISOString() : null,
      },
      visibleToVisitor: false,
      by,
      set: {
        status,
        verdict: screening?.verdict ?? null,
        verdict_by: screening?.by ?? null,
        waiting_since: waitingSince,
        ...(status === 'spam' ? { overdue: false } : {}),
      },
    });
  }

  /** Tells of an event that is committed. */
  publish(event: StoredEvent): void {
    const { accountId, conversationId, seq } = event;
    this.live.publish({ type: 'event', accountId, conversationId, seq }, event satisfies LocalEvent);
  }
}

/** Spam goes into quarantine; whatever else is in it comes out. */
function statusBy({ status }: Locked, screening: ScreeningState | null): ConversationStatus {
  if (screening?.verdict === 'spam') return 'spam';
  return status === 'spam' ? 'open' : status;
}

async function waitsSince(tx: Tx, conversationId: string): Promise<Date | null> {
  const [row] = await query<{ at: Date | null }>(
    tx,
    `select case when (select m.author_kind from message m where m.conversation_id = $1 and m.kind = 'message' order by m.seq desc limit 1) = 'visitor'
                 then date_trunc('milliseconds', clock_timestamp()) end as at`,
    [conversationId],
  );
  return row?.at ?? null;
}
