import { ActionIcon, Button, Drawer, EmptyState, Title, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconArrowBackUp, IconArrowLeft, IconCheck, IconClock, IconCloudOff, IconMessageOff, IconUserCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCell, useCellPart } from '../live/cell';
import { useDesk } from '../live/desk-context';
import type { ViewName } from '../live/views';
import { useMay } from '../session/session';
import { useKeys } from '../shell/keys';
import { useLayout } from '../shell/layout';
import { contactName } from '../words/names';
import { lasting, useNow } from '../words/time';
import { AssignMenu } from './assign-menu';
import { Composer, type ComposerHandle } from './composer';
import { ContactPanel } from './contact-panel';
import classes from './conversation.module.css';
import { Thread, ThreadSkeleton } from './thread';
import { TeamMenu } from './team-menu';
import { useCurrentToast, useStatusChange } from './use-status-change';

export function Conversation({ id, view }: { id: string; view: ViewName }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const layout = useLayout();
  const conversation = useCellPart(desk.conversations.known, (known) => known.get(id));
  const { status, thread, loadingEarlier } = useCell(desk.threads.of(id));
  const mayUpdate = useMay('conversation.update');
  const [details, setDetails] = useState(false);
  const [assigning, setAssigning] = useState(false);
  const composer = useRef<ComposerHandle>(null);
  const changeStatus = useStatusChange();
  useCurrentToast(id, conversation?.status);
  const missing = conversation === undefined;

  useEffect(() => {
    if (missing && status !== 'gone' && status !== 'hidden') void desk.conversations.fetch(id).catch(() => undefined);
  }, [desk, id, missing, status]);
  const toggle = () => conversation && mayUpdate && changeStatus(conversation);
  useKeys({
    r: () => composer.current?.write('message'),
    n: () => composer.current?.write('note'),
    a: mayUpdate ? () => setAssigning(true) : undefined,
    e: toggle || undefined,
  });

  if (status === 'gone' || status === 'hidden') return <Trouble kind={status} view={view} />;
  if (status === 'failed') return <Trouble kind="failed" view={view} onRetry={() => desk.threads.retry(id)} />;
  const beside = layout === 'wide';
  return (
    <div className={classes.page} data-layout={layout} data-beside={beside || undefined}>
      <section className={classes.main} aria-label={conversation ? contactName(t, conversation) : t('common.loading')}>
        <header className={classes.head}>
          {layout === 'narrow' && (
            <ActionIcon component={Link} to={`/inbox/${view}`} size="lg" aria-label={t('thread.backToList')}>
              <IconArrowLeft size={20} stroke={1.7} />
            </ActionIcon>
          )}
          <div className={classes.titles}>
            {conversation && (
              <>
                <Title order={layout === 'narrow' ? 1 : 2} className={classes.name}>
                  {contactName(t, conversation)}
                </Title>
                {(conversation.contact.name ?? conversation.contact.email) !== null && (
                  <span className={classes.number}>#{conversation.number}</span>
                )}
                <StatusMark id={id} narrow={layout === 'narrow'} />
              </>
            )}
          </div>
          {conversation && mayUpdate && <TeamMenu conversation={conversation} compact={layout === 'narrow'} />}
          {conversation && mayUpdate && (
            <AssignMenu conversation={conversation} opened={assigning} onChange={setAssigning} compact={layout === 'narrow'} />
          )}
          {conversation && mayUpdate && (
            <StatusButton resolved={conversation.status === 'resolved'} compact={layout === 'narrow'} onClick={toggle} />
          )}
          {!beside && (
            <Tooltip label={t('thread.details')}>
              <ActionIcon size="lg" aria-label={t('thread.details')} onClick={() => setDetails(true)}>
                <IconUserCircle size={20} stroke={1.7} />
              </ActionIcon>
            </Tooltip>
          )}
        </header>
        {conversation && thread ? (
          <Thread conversation={conversation} thread={thread} loadingEarlier={loadingEarlier} />
        ) : (
          <ThreadSkeleton />
        )}
        {conversation && <Composer conversation={conversation} handle={composer} />}
      </section>
      {conversation && beside && (
        <aside className={classes.beside} aria-label={t('contact.title')}>
          <ContactPanel conversation={conversation} view={view} />
        </aside>
      )}
      {conversation && !beside && (
        <Drawer
          opened={details}
          onClose={() => setDetails(false)}
          position="right"
          size={320}
          title={t('contact.title')}
          closeButtonProps={{ 'aria-label': t('common.close') }}
          padding={0}
          styles={{ header: { padding: '12px 16px' } }}
        >
          <ContactPanel conversation={conversation} view={view} />
        </Drawer>
      )}
    </div>
  );
}

function StatusButton({ resolved, compact, onClick }: { resolved: boolean; compact: boolean; onClick: () => void }) {
  const { t } = useTranslation();
  const words = t(resolved ? 'thread.reopen' : 'thread.resolve');
  const StatusIcon = resolved ? IconArrowBackUp : IconCheck;
  if (compact) {
    return (
      <ActionIcon size="lg" onClick={onClick} aria-label={words} aria-keyshortcuts="e">
        <StatusIcon size={20} stroke={1.9} />
      </ActionIcon>
    );
  }
  return (
    <Tooltip label={`${words} (e)`}>
      <Button
        size="xs"
        variant={resolved ? 'default' : 'light'}
        leftSection={<StatusIcon size={15} stroke={2} aria-hidden />}
        onClick={onClick}
        aria-keyshortcuts="e"
      >
        {words}
      </Button>
    </Tooltip>
  );
}

/** Everybody waits for a moment; only then is it worth a mark. */
const WORTH_SAYING = 60_000;

/** Resolved, or for how long somebody has been waiting. */
function StatusMark({ id, narrow }: { id: string; narrow: boolean }) {
  const { t, i18n } = useTranslation();
  const desk = useDesk();
  const now = useNow();
  const conversation = useCellPart(desk.conversations.known, (known) => known.get(id));
  if (!conversation) return null;
  if (conversation.status === 'resolved') return <span className={classes.status}>{t('thread.resolved')}</span>;
  const { waitingSince, overdue } = conversation;
  if (!waitingSince || narrow || (!overdue && now - Date.parse(waitingSince) < WORTH_SAYING)) return null;
  const time = lasting(waitingSince, now, i18n.language);
  return (
    <span className={classes.status} data-overdue={overdue || undefined} title={t(overdue ? 'list.overdue' : 'list.waiting', { time })}>
      <IconClock size={12} stroke={2} aria-hidden />
      <span aria-hidden="true">{time}</span>
      <VisuallyHidden>{t(overdue ? 'list.overdue' : 'list.waiting', { time })}</VisuallyHidden>
    </span>
  );
}

function Trouble({ kind, view, onRetry }: { kind: 'gone' | 'hidden' | 'failed'; view: ViewName; onRetry?: () => void }) {
  const { t } = useTranslation();
  const TroubleIcon = kind === 'failed' ? IconCloudOff : IconMessageOff;
  const titles = { gone: 'thread.missing', hidden: 'thread.hidden', failed: 'thread.failed' } as const;
  return (
    <section className={classes.main}>
      <div className={classes.middle}>
        <EmptyState
          icon={<TroubleIcon stroke={1.4} />}
          title={t(titles[kind])}
          description={kind === 'failed' ? t('errors.offline') : kind === 'hidden' ? t('thread.hiddenHint') : undefined}
        >
          <EmptyState.Actions>
            {onRetry && <Button onClick={onRetry}>{t('common.retry')}</Button>}
            <Button component={Link} to={`/inbox/${view}`} variant="default">
              {t('thread.backToList')}
            </Button>
          </EmptyState.Actions>
        </EmptyState>
      </div>
    </section>
  );
}
