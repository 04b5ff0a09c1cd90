import { Injectable } from '@nestjs/common';
import { Database, LiveFeed, type Tx } from '@sotto/platform';
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

  /** Tells of an event that is committed. */
  publish(event: StoredEvent): void {
    const { accountId, conversationId, seq } = event;
    this.live.publish({ type: 'event', accountId, conversationId, seq }, event satisfies LocalEvent);
  }
}
