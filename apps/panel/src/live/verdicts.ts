import { ApiError, isOffline } from '@sotto/client';
import type { BulkAnswer, ConversationView, MemberVerdict, TeachAnswer } from '@sotto/protocol';
import { api } from '../api';
import type { Conversations } from './conversations';

/** Each is learned one after the other, so that one call does not run out of time. */
const AT_ONCE = 25;

/** What a verdict changes of a conversation. Since when somebody waits comes with the event. */
export function judged({ status }: ConversationView, verdict: MemberVerdict): Partial<ConversationView> {
  const screening = { verdict, by: 'member' as const };
  if (verdict === 'spam') return { status: 'spam', screening, waitingSince: null, overdue: false };
  return { status: status === 'spam' ? 'open' : status, screening };
}

/** What members say of conversations: shown at once, and as before where the server refuses. */
export class Verdicts {
  constructor(private readonly conversations: Conversations) {}

  give(view: ConversationView, verdict: MemberVerdict): Promise<TeachAnswer> {
    return this.answered(view, judged(view, verdict), () => api.teach(view.id, verdict));
  }

  /** Takes one's own verdict back; `before` is the conversation as it was. */
  takeBack(before: ConversationView): Promise<TeachAnswer> {
    return this.answered(this.conversations.get(before.id) ?? before, restored(before), () => api.untaught(before.id));
  }

  giveMany(views: readonly ConversationView[], verdict: MemberVerdict): Promise<BulkAnswer> {
    return this.many(
      views,
      (view) => judged(view, verdict),
      (ids) => api.teachMany(ids, verdict),
    );
  }

  takeBackMany(before: readonly ConversationView[]): Promise<BulkAnswer> {
    return this.many(before, restored, (ids) => api.untaughtMany(ids));
  }

  private async answered(view: ConversationView, shown: Partial<ConversationView>, call: () => Promise<TeachAnswer>): Promise<TeachAnswer> {
    const settle = this.conversations.change(view.id, shown);
    try {
      const answer = await call();
      settle({ status: answer.status, screening: answer.screening });
      return answer;
    } catch (error) {
      this.conversations.refused(view.id);
      throw error;
    } finally {
      settle();
    }
  }

  private async many(
    views: readonly ConversationView[],
    shown: (view: ConversationView) => Partial<ConversationView>,
    call: (ids: string[]) => Promise<BulkAnswer>,
  ): Promise<BulkAnswer> {
    const changes = views.map((view) => {
      const change = shown(view);
      return { id: view.id, change, settle: this.conversations.change(view.id, change) };
    });
    const sum: BulkAnswer = { done: [], failed: [] };
    try {
      for (let at = 0; at < changes.length; at += AT_ONCE) {
        const some = changes.slice(at, at + AT_ONCE);
        const ids = some.map(({ id }) => id);
        const { done, failed } = await call(ids).catch((error: unknown) => refused(ids, error));
        for (const { id, change, settle } of some) if (done.includes(id)) settle(change);
        sum.done.push(...done);
        sum.failed.push(...failed);
      }
    } finally {
      for (const { settle } of changes) settle();
    }
    for (const { id } of sum.failed) this.conversations.refused(id);
    return sum;
  }
}

function restored({ status, screening, waitingSince, overdue }: ConversationView): Partial<ConversationView> {
  return { status, screening, waitingSince, overdue };
}

function refused(ids: readonly string[], error: unknown): BulkAnswer {
  if (!(error instanceof ApiError)) throw error;
  const code = isOffline(error) ? 'overloaded' : error.code;
  return { done: [], failed: ids.map((id) => ({ id, code })) };
}
