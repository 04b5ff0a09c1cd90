import { ActionIcon, Button, Title, Tooltip, VisuallyHidden } from '@mantine/core';
import type { ConversationView } from '@sotto/protocol';
import { IconArrowBackUp, IconArrowLeft, IconCheck, IconClock, IconUserCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ViewName } from '../live/views';
import { useMay } from '../session/session';
import { useLayout } from '../shell/layout';
import { contactName } from '../words/names';
import { lasting, useNow } from '../words/time';
import { AssignMenu } from './assign-menu';
import { ConversationMenu } from './conversation-menu';
import classes from './conversation.module.css';
import { TeamMenu } from './team-menu';
import { SpamButton, VerdictButtons, type Judge } from './verdict-buttons';
import { needsLook } from './why';

interface Props {
  conversation: ConversationView | undefined;
  view: ViewName;
  assigning: boolean;
  onAssigning: (opened: boolean) => void;
  onStatus: () => void;
  /** Undefined where one may not say what is spam. */
  onVerdict: Judge | undefined;
  onDetails: () => void;
}

/** Whose conversation it is, and what can be done with it. */
export function ConversationHead({ conversation, view, assigning, onAssigning, onStatus, onVerdict, onDetails }: Props) {
  const { t } = useTranslation();
  const layout = useLayout();
  const mayUpdate = useMay('conversation.update');
  const narrow = layout === 'narrow';
  return (
    <header className={classes.head}>
      {narrow && (
        <ActionIcon component={Link} to={`/inbox/${view}`} size="lg" aria-label={t('thread.backToList')}>
          <IconArrowLeft size={20} stroke={1.7} />
        </ActionIcon>
      )}
      <div className={classes.titles}>
        {conversation && (
          <>
            <Title order={narrow ? 1 : 2} className={classes.name}>
              {contactName(t, conversation)}
            </Title>
            {(conversation.contact.name ?? conversation.contact.email) !== null && (
              <span className={classes.number}>#{conversation.number}</span>
            )}
            <StatusMark conversation={conversation} narrow={narrow} />
          </>
        )}
      </div>
      {conversation && mayUpdate && conversation.status !== 'spam' && <TeamMenu conversation={conversation} compact={narrow} />}
      {conversation && mayUpdate && conversation.status !== 'spam' && (
        <AssignMenu conversation={conversation} opened={assigning} onChange={onAssigning} compact={narrow} />
      )}
      {conversation && onVerdict && !narrow && conversation.status === 'spam' && (
        <VerdictButtons conversation={conversation} onVerdict={onVerdict} />
      )}
      {conversation && onVerdict && !narrow && !needsLook(conversation) && <SpamButton onVerdict={onVerdict} />}
      {conversation && mayUpdate && conversation.status !== 'spam' && (
        <StatusButton resolved={conversation.status === 'resolved'} compact={narrow} onClick={onStatus} />
      )}
      {conversation && <ConversationMenu conversation={conversation} onVerdict={narrow ? onVerdict : undefined} />}
      {layout !== 'wide' && (
        <Tooltip label={t('thread.details')}>
          <ActionIcon size="lg" aria-label={t('thread.details')} onClick={onDetails}>
            <IconUserCircle size={20} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      )}
    </header>
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

/** In quarantine, resolved, or for how long somebody has been waiting. */
function StatusMark({ conversation, narrow }: { conversation: ConversationView; narrow: boolean }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const { status, waitingSince, overdue } = conversation;
  // On a phone the words above the messages say it.
  if (status === 'spam') return narrow ? null : <span className={classes.status}>{t('screening.inQuarantine')}</span>;
  if (status === 'resolved') return <span className={classes.status}>{t('thread.resolved')}</span>;
  if (narrow) return null;
  if (!waitingSince || (!overdue && now - Date.parse(waitingSince) < WORTH_SAYING)) return null;
  const time = lasting(waitingSince, now, i18n.language);
  return (
    <span className={classes.status} data-overdue={overdue || undefined} title={t(overdue ? 'list.overdue' : 'list.waiting', { time })}>
      <IconClock size={12} stroke={2} aria-hidden />
      <span aria-hidden="true">{time}</span>
      <VisuallyHidden>{t(overdue ? 'list.overdue' : 'list.waiting', { time })}</VisuallyHidden>
    </span>
  );
}
