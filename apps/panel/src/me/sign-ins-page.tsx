import { Badge, Button, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { SessionView, SignInView } from '@sotto/protocol';
import { IconAlertTriangle, IconCheck, IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { queries } from '../session/session';
import { Group, PageFailure, PageSkeleton } from '../settings/parts';
import { failureText } from '../words/failure';
import { ago, moment, useNow } from '../words/time';
import classes from './me.module.css';
import { sessionsQuery, signInsQuery } from './queries';

/** Where the member is signed in now, and who tried to be lately. */
export function SignInsPage() {
  const { t } = useTranslation();
  const sessions = useQuery({ ...sessionsQuery, refetchInterval: 15_000 });
  const signIns = useQuery(signInsQuery);

  if (sessions.isPending || signIns.isPending) return <PageSkeleton />;
  if (!sessions.data) return <PageFailure error={sessions.error} onRetry={() => void sessions.refetch()} />;
  if (!signIns.data) return <PageFailure error={signIns.error} onRetry={() => void signIns.refetch()} />;
  return (
    <>
      <Group title={t('me.sessions')} hint={t('me.sessionsHint')}>
        <Sessions sessions={sessions.data.items} />
      </Group>
      <Group title={t('me.recent')} hint={t('me.recentHint')}>
        {signIns.data.items.length === 0 ? (
          <Text c="dimmed">{t('me.recentNone')}</Text>
        ) : (
          <ul className={classes.rows} aria-label={t('me.recent')}>
            {signIns.data.items.map((signIn) => (
              <SignIn key={`${signIn.at} ${signIn.outcome}`} signIn={signIn} />
            ))}
          </ul>
        )}
      </Group>
    </>
  );
}

function Sessions({ sessions }: { sessions: readonly SessionView[] }) {
  const { t } = useTranslation();
  const settled = {
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
    onError: (error: unknown) => void notifications.show({ message: failureText(t, error), color: 'red' }),
  };
  const end = useMutation({
    mutationFn: ({ id }: SessionView) => api.endSession(id),
    onSuccess: (_, { device }) => notifications.show({ message: t('me.ended', { device }) }),
    ...settled,
  });
  const endOthers = useMutation({
    mutationFn: () => api.endOtherSessions(),
    onSuccess: () => notifications.show({ message: t('me.endedOthers') }),
    ...settled,
  });
  return (
    <>
      <ul className={classes.rows} aria-label={t('me.sessions')}>
        {sessions.map((session) => (
          <Session
            key={session.id}
            session={session}
            ending={end.isPending && end.variables.id === session.id}
            onEnd={() => end.mutate(session)}
          />
        ))}
      </ul>
      {sessions.length > 1 && (
        <Button size="xs" variant="default" mt="sm" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
          {t('me.endOthers')}
        </Button>
      )}
    </>
  );
}

function Session({ session, ending, onEnd }: { session: SessionView; ending: boolean; onEnd: () => void }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const { device, address, current, lastUsedAt, createdAt, remembered } = session;
  const DeviceIcon = /Android|iOS|iPhone|iPad/.test(device) ? IconDeviceMobile : IconDeviceDesktop;
  return (
    <li className={classes.row}>
      <DeviceIcon size={22} stroke={1.5} className={classes.icon} aria-hidden />
      <div className={classes.what} style={{ flex: 1 }}>
        <Text>
          {device}
          {current && (
            <Badge variant="light" size="sm" ml={8}>
              {t('me.thisBrowser')}
            </Badge>
          )}
        </Text>
        <Text size="sm" c="dimmed">
          {address}
          {!current && `, ${t('me.lastUsed', { time: ago(lastUsedAt, now, i18n.language) })}`}
        </Text>
        <Text size="sm" c="dimmed">
          {t(remembered ? 'me.sinceRemembered' : 'me.since', { time: moment(createdAt, i18n.language) })}
        </Text>
      </div>
      {!current && (
        <Button size="xs" variant="default" loading={ending} onClick={onEnd} aria-label={t('me.endNamed', { device })}>
          {t('me.end')}
        </Button>
      )}
    </li>
  );
}

const OUTCOMES = {
  'signed-in': 'me.outcomeIn',
  'code-wrong': 'me.outcomeCode',
  'password-wrong': 'me.outcomePassword',
  'address-refused': 'me.outcomeAddress',
} as const;

function SignIn({ signIn: { at, device, address, outcome } }: { signIn: SignInView }) {
  const { t, i18n } = useTranslation();
  const good = outcome === 'signed-in';
  const OutcomeIcon = good ? IconCheck : IconAlertTriangle;
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <Text>{moment(at, i18n.language)}</Text>
        <Text size="sm" c="dimmed">
          {device}, {address}
        </Text>
      </div>
      <span className={classes.outcome} data-bad={!good || undefined}>
        <OutcomeIcon size={16} stroke={1.8} aria-hidden />
        {t(OUTCOMES[outcome])}
      </span>
    </li>
  );
}
