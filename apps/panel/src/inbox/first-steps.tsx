import { ActionIcon, Button, Text, Title, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconExternalLink, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCell } from '../live/cell';
import { useDesk } from '../live/desk-context';
import { inboxesQuery, policiesQuery } from '../settings/queries';
import { Snippet } from '../settings/snippet';
import classes from './nothing-chosen.module.css';

/** What a new owner does next. A step is ticked when it has happened, not when it was clicked. */
export function FirstSteps({ onHide }: { onHide: () => void }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const counts = useCell(desk.conversations.counts);
  const inboxes = useQuery({ ...inboxesQuery, refetchInterval: 10_000 }).data?.items ?? [];
  const policy = useQuery(policiesQuery).data?.items[0];
  const inbox = inboxes[0];
  const tried = counts !== null && counts.open.count + counts.resolved.count > 0;
  const installed = inboxes.some(({ seen }) => seen !== null && seen.origin !== window.location.origin);

  return (
    <section className={classes.card} aria-labelledby="first-steps">
      <div className={classes.top}>
        <div>
          <Title order={2} id="first-steps">
            {t('first.title')}
          </Title>
          <Text c="dimmed">{t('first.intro')}</Text>
        </div>
        <Tooltip label={t('first.dismiss')}>
          <ActionIcon onClick={onHide} aria-label={t('first.dismiss')}>
            <IconX size={17} />
          </ActionIcon>
        </Tooltip>
      </div>
      <ol className={classes.steps}>
        <Step number={1} done={tried} title={t('first.try')} hint={t('first.tryHint')}>
          {inbox && (
            <Button
              component="a"
              href={inbox.tryItUrl}
              target="_blank"
              rel="noopener"
              size="xs"
              rightSection={<IconExternalLink size={14} aria-hidden />}
            >
              {t('first.tryButton')}
              <VisuallyHidden>, {t('common.opensNewTab')}</VisuallyHidden>
            </Button>
          )}
        </Step>
        <Step
          number={2}
          done={installed}
          title={t('first.install')}
          hint={t('first.installHint')}
          extra={inbox && !installed && <Snippet code={inbox.snippet} />}
        >
          {inbox && (
            <Button component={Link} to={`/settings/inboxes/${inbox.id}`} size="xs" variant="default">
              {t('first.installButton')}
            </Button>
          )}
        </Step>
        <Step number={3} done={policy !== undefined && policy.currentVersion > 1} title={t('first.policy')} hint={t('first.policyHint')}>
          <Button component={Link} to="/settings/policy" size="xs" variant="default">
            {t('first.policyButton')}
          </Button>
        </Step>
      </ol>
    </section>
  );
}

interface StepProps {
  number: number;
  title: string;
  hint: string;
  done?: boolean;
  extra?: ReactNode;
  children?: ReactNode;
}

function Step({ number, title, hint, done = false, extra, children }: StepProps) {
  const { t } = useTranslation();
  return (
    <li className={classes.step} data-done={done || undefined}>
      <span className={classes.mark} data-done={done || undefined} aria-hidden="true">
        {done ? <IconCheck size={14} stroke={2.6} /> : number}
      </span>
      <div>
        <Title order={3} fw={550} className={done ? classes.done : undefined}>
          {title}
          {done && <VisuallyHidden> ({t('first.done')})</VisuallyHidden>}
        </Title>
        {!done && (
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        )}
        {extra}
        {children && !done && <div className={classes.actions}>{children}</div>}
      </div>
    </li>
  );
}
