import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { teamsQuery } from '../settings/queries';
import { teamOf, type ViewName } from './views';

/** What a view is called: a team's by the team. */
export function useViewName(view: ViewName): string {
  const { t } = useTranslation();
  const teams = useQuery(teamsQuery).data?.items;
  const teamId = teamOf(view);
  if (teamId === null) return t(`views.${view as Exclude<ViewName, `team-${string}`>}`);
  return teams?.find(({ id }) => id === teamId)?.name ?? t('thread.team');
}

/** The teams the person is in. */
export function useMyTeams(memberId: string): { id: string; name: string }[] {
  const teams = useQuery(teamsQuery).data?.items ?? [];
  return teams.filter(({ memberIds }) => memberIds.includes(memberId));
}
