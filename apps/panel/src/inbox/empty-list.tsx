import { Button, EmptyState } from '@mantine/core';
import {
  IconCircleCheck,
  IconCloudOff,
  IconExternalLink,
  IconMessageCirclePlus,
  IconMoodSmile,
  IconUser,
  IconShieldCheck,
  IconUsersGroup,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCell } from '../live/cell';
import { useDesk } from '../live/desk-context';
import { teamOf, type ViewName } from '../live/views';
import { failureText } from '../words/failure';
import { inboxesQuery } from '../settings/queries';
import classes from './conversation-list.module.css';

const WORDS = {
  open: ['list.emptyOpen', 'list.emptyOpenHint', IconMoodSmile],
  mine: ['list.emptyMine', 'list.emptyMineHint', IconUser],
  unassigned: ['list.emptyUnassigned', 'list.emptyUnassignedHint', IconCircleCheck],
  resolved: ['list.emptyResolved', 'list.emptyResolvedHint', IconCircleCheck],
  spam: ['screening.emptySpam', 'screening.emptySpamHint', IconShieldCheck],
  team: ['list.emptyTeam', 'list.emptyTeamHint', IconUsersGroup],
} as const;

/** Nothing in this view; before the very first conversation, how to get one. */
export function EmptyList({ view }: { view: ViewName }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const counts = useCell(desk.conversations.counts);
  const inbox = useQuery(inboxesQuery).data?.items[0];
  const first = counts !== null && counts.open.count === 0 && counts.resolved.count === 0 && (view === 'open' || view === 'unassigned');
  const [title, hint, EmptyIcon] = WORDS[teamOf(view) === null ? (view as Exclude<ViewName, `team-${string}`>) : 'team'];
  if (first) {
    return (
      <EmptyState
        className={classes.empty}
        icon={<IconMessageCirclePlus stroke={1.4} />}
        title={t('list.firstTitle')}
        description={t('list.firstHint')}
      >
        <EmptyState.Actions style={{ justifyContent: 'center' }}>
          {inbox && (
            <Button
              component="a"
              href={inbox.tryItUrl}
              target="_blank"
              rel="noopener"
              size="xs"
              rightSection={<IconExternalLink size={14} />}
            >
              {t('list.tryIt')}
            </Button>
          )}
          {inbox && (
            <Button component={Link} to={`/settings/inboxes/${inbox.id}`} variant="default" size="xs">
              {t('list.install')}
            </Button>
          )}
        </EmptyState.Actions>
      </EmptyState>
    );
  }
  return (
    <EmptyState className={classes.empty} icon={<EmptyIcon stroke={1.4} />} title={t(title)} description={t(hint)}>
      {view === 'mine' && (counts?.unassigned.count ?? 0) > 0 && (
        <EmptyState.Actions style={{ justifyContent: 'center' }}>
          <Button component={Link} to="/inbox/unassigned" variant="default" size="xs">
            {t('list.toUnassigned')}
          </Button>
        </EmptyState.Actions>
      )}
    </EmptyState>
  );
}

export function FailedList({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <EmptyState className={classes.empty} icon={<IconCloudOff stroke={1.4} />} title={t('list.failed')} description={failureText(t, error)}>
      <EmptyState.Actions style={{ justifyContent: 'center' }}>
        <Button size="xs" variant="default" onClick={onRetry}>
          {t('common.retry')}
        </Button>
      </EmptyState.Actions>
    </EmptyState>
  );
}
