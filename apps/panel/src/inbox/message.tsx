import { Button } from '@mantine/core';
import { IconCheck, IconChecks, IconClock, IconLock } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCell } from '../live/cell';
import { useDesk } from '../live/desk-context';
import { PlainText } from '../words/plain-text';
import type { Mark } from '../words/reasons';
import { clock, moment } from '../words/time';
import type { ThreadItem } from './thread-items';
import classes from './thread.module.css';

type Item = Extract<ThreadItem, { type: 'message' }>;

interface Props {
  item: Item;
  /** What to call the visitor. */
  visitor: string;
  marks?: readonly Mark[] | undefined;
}

export const Message = memo(
  function Message({ item, visitor, marks }: Props) {
    const { t, i18n } = useTranslation();
    const team = item.actor.kind !== 'visitor';
    const author = item.actor.kind === 'visitor' ? visitor : (item.actor.name ?? t('thread.somebody'));
    return (
      <article
        className={classes.message}
        data-side={team ? 'team' : 'visitor'}
        data-kind={item.kind}
        data-continued={item.continued || undefined}
        data-delivery={item.delivery ?? undefined}
      >
        {!item.continued && (
          <header className={classes.meta}>
            {item.kind === 'note' && (
              <span className={classes.noteMark}>
                <IconLock size={12} stroke={2} aria-hidden /> {t('thread.note')}
              </span>
            )}
            <span className={classes.author}>{author}</span>
            <time dateTime={item.at} title={moment(item.at, i18n.language)}>
              {clock(item.at, i18n.language)}
            </time>
          </header>
        )}
        <div className={classes.bubble}>
          <PlainText marks={marks}>{item.body}</PlainText>
        </div>
        {item.delivery && <DeliveryLine item={item} />}
      </article>
    );
  },
  (a, b) =>
    a.visitor === b.visitor &&
    a.marks === b.marks &&
    a.item.key === b.item.key &&
    a.item.seq === b.item.seq &&
    a.item.delivery === b.item.delivery &&
    a.item.continued === b.item.continued,
);

function DeliveryLine({ item }: { item: Item }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const online = useCell(desk.connection).name === 'online';
  const failure = useCell(desk.pending).find((message) => message.clientMessageId === item.clientMessageId)?.failed?.message;
  if (item.delivery === 'failed') {
    return (
      <div className={classes.state} data-failed role="alert">
        {t('thread.notSent')}
        {failure && `: ${failure}`}
        <Button size="compact-xs" variant="default" onClick={() => desk.retry(item.clientMessageId)}>
          {t('common.retry')}
        </Button>
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => desk.discard(item.clientMessageId)}>
          {t('inboxes.discard')}
        </Button>
      </div>
    );
  }
  const waits = item.delivery === 'sending';
  const StateIcon = waits ? IconClock : item.delivery === 'seen' ? IconChecks : IconCheck;
  return (
    <div className={classes.state}>
      <StateIcon size={13} stroke={2} aria-hidden />
      {waits ? t(online ? 'thread.sending' : 'thread.waiting') : t(item.delivery === 'seen' ? 'thread.seen' : 'thread.sent')}
    </div>
  );
}
