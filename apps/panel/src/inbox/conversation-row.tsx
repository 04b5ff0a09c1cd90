import { Tooltip, VisuallyHidden } from '@mantine/core';
import type { ConversationView } from '@sotto/protocol';
import { IconArrowBackUp, IconClock, IconHelpOctagon } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ViewName } from '../live/views';
import { contactName, initials } from '../words/names';
import { lasting, moment, shortTime } from '../words/time';
import classes from './conversation-list.module.css';

/** Everybody waits for a moment; only then is it worth a mark. */
const WORTH_SAYING = 60_000;

interface Props {
  conversation: ConversationView;
  view: ViewName;
  chosen: boolean;
  now: number;
  /** Takes a click with Shift, which chooses the rows up to this one. */
  onRange?: ((id: string, through: true) => void) | undefined;
}

export const ConversationRow = memo(function ConversationRow({ conversation, view, chosen, now, onRange }: Props) {
  const { t, i18n } = useTranslation();
  const { id, number, contact, lastMessage, waitingSince, overdue, assignee, updatedAt } = conversation;
  const held = conversation.status === 'spam';
  // What is in quarantine asks for nobody.
  const unread = held ? 0 : conversation.unread;
  const named = contact.name !== null || contact.email !== null;
  const waits = !held && waitingSince !== null && (overdue || now - Date.parse(waitingSince) >= WORTH_SAYING);
  const waited = waits ? lasting(waitingSince, now, i18n.language) : null;
  return (
    <Link
      to="/inbox/$view/$id"
      params={{ view, id }}
      className={classes.row}
      data-id={id}
      data-unread={unread > 0 || undefined}
      aria-current={chosen ? 'page' : undefined}
      preload={false}
      onClick={(event) => {
        if (!onRange || !event.shiftKey) return;
        event.preventDefault();
        onRange(id, true);
      }}
    >
      <span className={classes.who}>
        <span className={classes.name}>{contactName(t, conversation)}</span>
        {named && <span className={classes.number}>#{number}</span>}
      </span>
      <time className={classes.time} dateTime={updatedAt} title={moment(updatedAt, i18n.language)}>
        {shortTime(updatedAt, now, i18n.language)}
      </time>
      <span className={classes.preview}>
        {lastMessage?.kind === 'note' ? (
          <em>{t('list.note')}: </em>
        ) : (
          lastMessage?.by === 'member' && (
            <>
              <IconArrowBackUp size={13} stroke={2} className={classes.answer} aria-hidden />
              <VisuallyHidden>{t('list.answer')}: </VisuallyHidden>
            </>
          )
        )}
        {lastMessage?.preview ?? t('list.noMessage')}
      </span>
      <span className={classes.marks}>
        <VerdictMark conversation={conversation} />
        {waited && (
          <span className={classes.waiting} data-overdue={overdue || undefined}>
            <IconClock size={12} stroke={2} aria-hidden />
            <span aria-hidden="true">{waited}</span>
            <VisuallyHidden>{t(overdue ? 'list.overdue' : 'list.waiting', { time: waited })}</VisuallyHidden>
          </span>
        )}
        {assignee && (
          <Tooltip label={t('list.assignedTo', { name: assignee.name })}>
            <span className={classes.assignee}>
              <span aria-hidden="true">{initials(assignee.name)}</span>
              <VisuallyHidden>{t('list.assignedTo', { name: assignee.name })}</VisuallyHidden>
            </span>
          </Tooltip>
        )}
        {unread > 0 && (
          <span className={classes.unread}>
            <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
            <VisuallyHidden>{t('list.unread', { count: unread })}</VisuallyHidden>
          </span>
        )}
      </span>
    </Link>
  );
});

const HELD_BY = {
  filter: 'screening.byFilter',
  member: 'screening.byMember',
  block: 'screening.byBlock',
  flood: 'screening.byFlood',
  trusted: 'screening.byMember',
} as const;

/** In quarantine, who put it there; elsewhere only a doubt is worth a mark. */
function VerdictMark({ conversation: { status, screening } }: { conversation: ConversationView }) {
  const { t } = useTranslation();
  if (!screening || (status !== 'spam' && screening.verdict !== 'unsure')) return null;
  if (status === 'spam') return <span className={classes.verdict}>{t(HELD_BY[screening.by])}</span>;
  return (
    <span className={classes.verdict}>
      <IconHelpOctagon size={12} stroke={2} aria-hidden />
      {t('screening.perhaps')}
    </span>
  );
}
