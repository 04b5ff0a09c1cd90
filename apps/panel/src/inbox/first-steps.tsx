import { ActionIcon, Button, Text, Title, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconExternalLink, IconX } from '@tabler/icons-react';
import type { Permission } from '@sotto/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCell } from '../live/cell';
import { useDesk } from '../live/desk-context';
import { membersQuery, useMe } from '../session/session';
import { inboxesQuery, policiesQuery, securityQuery } from '../settings/queries';
import { Snippet } from '../settings/snippet';
import classes from './nothing-chosen.module.css';

/** What a new owner does next. A step is ticked when it has happened, not when it was clicked. */
export function FirstSteps({ onHide }: { onHide: () => void }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const counts = useCell(desk.conversations.counts);
  const inboxes = useQuery({ ...inboxesQuery, refetchInterval: 10_000 }).data?.items ?? [];
  const policy = useQuery(policiesQuery).data?.items[0];
  const { twoFactor, permissions } = useMe();
  const may = (permission: Permission) => permissions.includes(permission);
  const members = useQuery(membersQuery).data?.items ?? [];
  const allowed = useQuery({ ...securityQuery, enabled: may('security.read') }).data?.ipAllowlist.length ?? 0;
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
        <Step done={tried} title={t('first.try')} hint={t('first.tryHint')}>
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
        <Step done={policy !== undefined && policy.currentVersion > 1} title={t('first.policy')} hint={t('first.policyHint')}>
          <Button component={Link} to="/settings/policy" size="xs" variant="default">
            {t('first.policyButton')}
          </Button>
        </Step>
        {may('member.manage') && (
          <Step done={members.length > 1} title={t('first.invite')} hint={t('first.inviteHint')}>
            <Button component={Link} to="/settings/members" size="xs" variant="default">
              {t('first.inviteButton')}
            </Button>
          </Step>
        )}
        <Step done={twoFactor.enrolled} title={t('first.factor')} hint={t('first.factorHint')}>
          <Button component={Link} to="/me/security" size="xs" variant="default">
            {t('first.factorButton')}
          </Button>
        </Step>
        {may('security.manage') && (
          <Step done={allowed > 0} title={t('first.allowlist')} hint={t('first.allowlistHint')}>
            <Button component={Link} to="/settings/security" size="xs" variant="default">
              {t('first.allowlistButton')}
            </Button>
          </Step>
        )}
      </ol>
    </section>
  );
}

interface StepProps {
  title: string;
  hint: string;
  done?: boolean;
  extra?: ReactNode;
  children?: ReactNode;
}

function Step({ title, hint, done = false, extra, children }: StepProps) {
  const { t } = useTranslation();
  return (
    <li className={classes.step} data-done={done || undefined}>
      <span className={classes.mark} data-done={done || undefined} aria-hidden="true">
        {done && <IconCheck size={14} stroke={2.6} />}
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
