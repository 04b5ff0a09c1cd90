import type { ConversationEvent } from '@sotto/protocol';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { clock, daysBetween, moment } from '../words/time';
import classes from './thread.module.css';

type ActivityEvent = Exclude<ConversationEvent, { type: 'message.created' }>;

/** What happened, as a small line between the messages. */
export function Activity({ event }: { event: ActivityEvent }) {
  const { t, i18n } = useTranslation();
  return (
    <div className={classes.activity} data-alert={event.type === 'reply.overdue' || undefined}>
      <span>{sentence(t, event, i18n.language)}</span>
      {event.type !== 'reply.overdue' && (
        <time dateTime={event.at} title={moment(event.at, i18n.language)}>
          {clock(event.at, i18n.language)}
        </time>
      )}
    </div>
  );
}

/** The hour; the day as well when it was another one. */
function sinceWhen({ waitingSince, at }: Extract<ActivityEvent, { type: 'reply.overdue' }>, language: string): string {
  const sameDay = daysBetween(Date.parse(waitingSince), Date.parse(at)) === 0;
  return sameDay ? clock(waitingSince, language) : moment(waitingSince, language);
}

function sentence(t: TFunction, event: ActivityEvent, language: string): string {
  const name =
    event.actor.kind === 'system'
      ? t('thread.system')
      : (event.actor.name ?? t(event.actor.kind === 'visitor' ? 'list.visitorPlain' : 'thread.somebody'));
  switch (event.type) {
    case 'status.changed':
      if (event.status === 'resolved') return t('thread.resolvedBy', { name });
      return event.actor.kind === 'visitor' ? t('thread.reopenedByVisitor') : t('thread.reopenedBy', { name });
    case 'screened':
      return screened(t, event, name);
    case 'assigned':
      if (!event.assignee) return t('thread.unassigned', { name });
      if (event.assignee.id === event.actor.id) return t('thread.assignedSelf', { name });
      return t('thread.assignedTo', { name, assignee: event.assignee.name });
    case 'team.changed':
      return event.team ? t('thread.teamGiven', { name, team: event.team.name }) : t('thread.teamTaken', { name });
    case 'contact.changed': {
      const contact = [event.contact.name, event.contact.email].filter(Boolean).join(', ');
      return contact ? t('thread.contactNamed', { name, contact }) : t('thread.contactChanged', { name });
    }
    case 'reply.overdue':
      return t('thread.overdue', { time: sinceWhen(event, language) });
  }
}

/** What a member said, or what Sotto made of it by itself. */
function screened(t: TFunction, { actor, status, from, screening }: Extract<ActivityEvent, { type: 'screened' }>, name: string): string {
  if (actor.kind === 'member') {
    if (screening?.by !== 'member') return t('screening.tookBack', { name });
    return t(screening.verdict === 'spam' ? 'screening.saidSpam' : 'screening.saidHam', { name });
  }
  if (status === 'spam') return t(screening?.by === 'block' ? 'screening.heldByBlock' : 'screening.held');
  return t(from === 'spam' ? 'screening.letThrough' : screening?.verdict === 'unsure' ? 'screening.notSure' : 'screening.looked');
}
