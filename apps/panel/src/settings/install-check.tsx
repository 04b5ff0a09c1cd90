import { Alert, Button, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { InboxView } from '@sotto/protocol';
import { IconPlus } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { queries } from '../session/session';
import { failureText } from '../words/failure';
import { ago, useNow } from '../words/time';
import { inboxQuery } from './queries';
import classes from './settings.module.css';

/** Whether the widget was seen on a site, and the site that was refused. */
export function InstallCheck({ inbox, mayChange }: { inbox: InboxView; mayChange: boolean }) {
  const { t, i18n } = useTranslation();
  const now = useNow(1_000);
  const { seen, refused } = inbox;
  const onSite = seen !== null && seen.origin !== new URL(inbox.tryItUrl, window.location.href).origin;
  const allow = useMutation({
    mutationFn: (origin: string) => api.updateInbox(inbox.id, { allowedOrigins: [...inbox.allowedOrigins, origin] }),
    onSuccess: (saved) => queries.setQueryData(inboxQuery(inbox.id).queryKey, saved),
    onError: (error) => notifications.show({ title: t('thread.changeFailed'), message: failureText(t, error), color: 'red' }),
  });
  const time = seen ? ago(seen.at, now, i18n.language) : '';
  const stillRefused = refused !== null && !inbox.allowedOrigins.includes(refused.origin);
  return (
    <>
      <div className={classes.seen}>
        <span className={classes.light} data-seen={onSite || undefined} aria-hidden="true" />
        <div>
          <Text fw={500} data-testid="install-state">
            {onSite ? t('inboxes.seen', { origin: seen.origin, time }) : seen ? t('inboxes.seenTry', { time }) : t('inboxes.waiting')}
          </Text>
          {!onSite && (
            <Text size="sm" c="dimmed">
              {t('inboxes.waitingHint')}
            </Text>
          )}
        </div>
      </div>
      {stillRefused && (
        <Alert mt="md" variant="light" color="amber" role="status">
          <Text size="sm">{t('inboxes.refused', { origin: refused.origin, time: ago(refused.at, now, i18n.language) })}</Text>
          {mayChange && (
            <Button
              mt="xs"
              size="xs"
              variant="default"
              leftSection={<IconPlus size={14} aria-hidden />}
              loading={allow.isPending}
              onClick={() => allow.mutate(refused.origin)}
            >
              {t('inboxes.allow', { origin: refused.origin })}
            </Button>
          )}
        </Alert>
      )}
    </>
  );
}
