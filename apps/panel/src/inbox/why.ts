import type { ConversationView, ScreeningExplanation } from '@sotto/protocol';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { api } from '../api';

/** What the filter says of a conversation; asked again whenever somebody has judged it since. */
export function useExplanation({ id, status, screening }: ConversationView, enabled: boolean): UseQueryResult<ScreeningExplanation> {
  return useQuery({
    queryKey: ['screening', id, status, screening?.verdict, screening?.by],
    queryFn: ({ signal }) => api.explain(id, signal),
    enabled,
    staleTime: 10_000,
  });
}

/** Whether somebody should look: it is held back, or the filter is not sure. */
export const needsLook = ({ status, screening }: ConversationView): boolean => status === 'spam' || screening?.verdict === 'unsure';

/** Who decided, in one calm sentence. */
export function decision(t: TFunction, { screening }: ConversationView, found: ScreeningExplanation | undefined): string {
  // Where the filter found nothing odd, a conversation says nothing of it.
  if (!screening)
    return t(!found ? 'why.nothing' : !found.first ? 'why.never' : found.first.by === 'trusted' ? 'why.trusted' : 'why.filterHam');
  const { verdict, by } = screening;
  switch (by) {
    case 'filter':
      return t(verdict === 'spam' ? 'why.filterSpam' : verdict === 'unsure' ? 'why.filterUnsure' : 'why.filterHam');
    case 'member': {
      const name = found?.lessons.find((lesson) => lesson.verdict === verdict)?.member.name || t('why.somebody');
      return t(verdict === 'spam' ? 'why.memberSpam' : 'why.memberHam', { name });
    }
    case 'block':
      return found?.block ? t('why.blockReason', { reason: found.block.reason }) : t('why.block');
    case 'flood':
      return t('why.flood');
    case 'trusted':
      return t('why.trusted');
  }
}
