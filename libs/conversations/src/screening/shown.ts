import type { ScreeningState, Verdict, VerdictBy } from '@sotto/protocol';

/** What is said of a conversation; nothing where the filter found nothing odd. */
export const shownScreening = (verdict: Verdict | null, by: VerdictBy | null): ScreeningState | null =>
  verdict === null || by === null || (verdict === 'ham' && by !== 'member') ? null : { verdict, by };
