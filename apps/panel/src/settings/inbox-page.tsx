import { Button, VisuallyHidden } from '@mantine/core';
import { IconChevronLeft, IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMay } from '../session/session';
import { InboxForm } from './inbox-form';
import { InstallCheck } from './install-check';
import { Group, PageFailure, PageHead, PageSkeleton } from './parts';
import { inboxQuery } from './queries';
import classes from './settings.module.css';
import { Snippet } from './snippet';

/** How often the page asks whether the widget was seen, in milliseconds. */
const LOOK_EVERY = 3_000;

export function InboxSettingsPage() {
  const { t } = useTranslation();
  const { inboxId } = useParams({ from: '/frame/settings/inboxes/$inboxId' });
  const manages = useMay('inbox.manage');
  const inbox = useQuery({ ...inboxQuery(inboxId), refetchInterval: LOOK_EVERY });

  if (inbox.isPending) return <PageSkeleton />;
  if (!inbox.data) return <PageFailure error={inbox.error} onRetry={() => void inbox.refetch()} />;
  return (
    <>
      <PageHead
        before={
          <Link to="/settings/inboxes" className={classes.back}>
            <IconChevronLeft size={15} aria-hidden />
            {t('inboxes.title')}
          </Link>
        }
        title={inbox.data.name}
        intro={manages ? undefined : t('inboxes.readOnly')}
        action={
          <Button
            component="a"
            href={inbox.data.tryItUrl}
            target="_blank"
            rel="noopener"
            variant="default"
            rightSection={<IconExternalLink size={15} aria-hidden />}
          >
            {t('inboxes.tryIt')}
            <VisuallyHidden>, {t('common.opensNewTab')}</VisuallyHidden>
          </Button>
        }
      />
      <Group title={t('inboxes.install')} hint={t('inboxes.installHint')}>
        <Snippet code={inbox.data.snippet} />
        <InstallCheck inbox={inbox.data} mayChange={manages} />
      </Group>
      <InboxForm key={inbox.data.id} inbox={inbox.data} readOnly={!manages} />
    </>
  );
}
