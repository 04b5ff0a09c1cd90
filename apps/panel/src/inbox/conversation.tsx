import { Button, Drawer, EmptyState } from '@mantine/core';
import { IconCloudOff, IconMessageOff } from '@tabler/icons-react';
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
import { Composer, type ComposerHandle } from './composer';
import { ContactPanel } from './contact-panel';
import { ConversationHead } from './conversation-head';
import classes from './conversation.module.css';
import { Judged } from './judged';
import { ThreadSkeleton } from './thread';
import { useCurrentToast, useStatusChange } from './use-status-change';
import { useVerdict } from './use-verdict';
import type { Judge } from './verdict-buttons';

interface Props {
  id: string;
  view: ViewName;
  /** Rows of the list are chosen: the keys for a verdict are theirs. */
  many: boolean;
}

export function Conversation({ id, view, many }: Props) {
  const { t } = useTranslation();
  const desk = useDesk();
  const layout = useLayout();
  const conversation = useCellPart(desk.conversations.known, (known) => known.get(id));
  const { status, thread, loadingEarlier } = useCell(desk.threads.of(id));
  const mayUpdate = useMay('conversation.update');
  const mayTeach = useMay('screening.teach');
  const [details, setDetails] = useState(false);
  const [assigning, setAssigning] = useState(false);
  const composer = useRef<ComposerHandle>(null);
  const changeStatus = useStatusChange();
  const giveVerdict = useVerdict(view);
  useCurrentToast(id, conversation?.status);
  const missing = conversation === undefined;
  const held = conversation?.status === 'spam';

  useEffect(() => {
    if (missing && status !== 'gone' && status !== 'hidden') void desk.conversations.fetch(id).catch(() => undefined);
  }, [desk, id, missing, status]);
  const toggle = () => void (conversation && mayUpdate && changeStatus(conversation));
  const judge: Judge | undefined = mayTeach ? (verdict) => conversation && giveVerdict(conversation, verdict) : undefined;
  useKeys({
    r: () => composer.current?.write('message'),
    n: () => composer.current?.write('note'),
    a: mayUpdate && !held ? () => setAssigning(true) : undefined,
    e: toggle,
    '!': judge && !many ? () => judge('spam') : undefined,
    h: judge && !many ? () => judge('ham') : undefined,
  });

  if (status === 'gone' || status === 'hidden') return <Trouble kind={status} view={view} />;
  if (status === 'failed') return <Trouble kind="failed" view={view} onRetry={() => desk.threads.retry(id)} />;
  const beside = layout === 'wide';
  return (
    <div className={classes.page} data-layout={layout} data-beside={beside || undefined}>
      <section className={classes.main} aria-label={conversation ? contactName(t, conversation) : t('common.loading')}>
        <ConversationHead
          conversation={conversation}
          view={view}
          assigning={assigning}
          onAssigning={setAssigning}
          onStatus={toggle}
          onVerdict={judge}
          onDetails={() => setDetails(true)}
        />
        {conversation && thread ? (
          <Judged conversation={conversation} thread={thread} loadingEarlier={loadingEarlier} onVerdict={judge} />
        ) : (
          <ThreadSkeleton />
        )}
        {conversation && !held && <Composer conversation={conversation} handle={composer} />}
        {held && <p className={classes.noAnswer}>{t('screening.noAnswer')}</p>}
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
