import { ApiError, isOffline } from '@sotto/client';
import type { BulkAnswer, ConversationView, MemberVerdict, TeachAnswer } from '@sotto/protocol';
import { api } from '../api';
import type { Conversations } from './conversations';

/** Each is learned one after the other, so that one call does not run out of time. */
const AT_ONCE = 25;

/** The conversation as a verdict leaves it. Since when somebody waits comes with the event. */
export function judged(view: ConversationView, verdict: MemberVerdict): ConversationView {
  const screening = { verdict, by: 'member' as const };
  if (verdict === 'spam') return { ...view, status: 'spam', screening, waitingSince: null, overdue: false };
  return { ...view, status: view.status === 'spam' ? 'open' : view.status, screening };
}

/** What members say of conversations: shown at once, and as before where the server refuses. */
export class Verdicts {
  constructor(private readonly conversations: Conversations) {}

  give(view: ConversationView, verdict: MemberVerdict): Promise<TeachAnswer> {
    return this.answered(view, judged(view, verdict), () => api.teach(view.id, verdict));
  }

  /** Takes one's own verdict back; `before` is the conversation as it was. */
  takeBack(before: ConversationView): Promise<TeachAnswer> {
    const now = this.conversations.get(before.id) ?? before;
    return this.answered(now, restored(now, before), () => api.untaught(before.id));
  }

  giveMany(views: readonly ConversationView[], verdict: MemberVerdict): Promise<BulkAnswer> {
    for (const view of views) this.conversations.put(judged(view, verdict));
    return this.many(views, (ids) => api.teachMany(ids, verdict));
  }

  takeBackMany(before: readonly ConversationView[]): Promise<BulkAnswer> {
    const shown = before.map((view) => this.conversations.get(view.id) ?? view);
    before.forEach((view, at) => this.conversations.put(restored(shown[at]!, view)));
    return this.many(shown, (ids) => api.untaughtMany(ids));
  }

  private async answered(view: ConversationView, shown: ConversationView, call: () => Promise<TeachAnswer>): Promise<TeachAnswer> {
    this.conversations.put(shown);
    try {
      const answer = await call();
      const now = this.conversations.get(view.id);
      // An event that came meanwhile knows more than the answer.
      if (now?.head === view.head) this.conversations.put({ ...now, status: answer.status, screening: answer.screening });
      return answer;
    } catch (error) {
      this.undo(view);
      throw error;
    }
  }

  private async many(views: readonly ConversationView[], call: (ids: string[]) => Promise<BulkAnswer>): Promise<BulkAnswer> {
    const sum: BulkAnswer = { done: [], failed: [] };
    for (let at = 0; at < views.length; at += AT_ONCE) {
      const some = views.slice(at, at + AT_ONCE);
      const { done, failed } = await call(some.map(({ id }) => id)).catch((error: unknown) => refused(some, error));
      sum.done.push(...done);
      sum.failed.push(...failed);
    }
    const failed = new Set(sum.failed.map(({ id }) => id));
    for (const view of views) if (failed.has(view.id)) this.undo(view);
    return sum;
  }

  /** Only if nothing newer came meanwhile; otherwise the server's word is asked for. */
  private undo(view: ConversationView): void {
    if (this.conversations.get(view.id)?.head === view.head) this.conversations.put(view);
    void this.conversations.fetch(view.id).catch(() => undefined);
  }
}

function restored(now: ConversationView, { status, screening, waitingSince, overdue }: ConversationView): ConversationView {
  return { ...now, status, screening, waitingSince, overdue };
}

function refused(views: readonly ConversationView[], error: unknown): BulkAnswer {
  if (!(error instanceof ApiError)) throw error;
  const code = isOffline(error) ? 'overloaded' : error.code;
  return { done: [], failed: views.map(({ id }) => ({ id, code })) };
}
