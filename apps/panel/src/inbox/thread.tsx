import { Button, Skeleton } from '@mantine/core';
import type { Thread as ThreadEvents } from '@sotto/client';
import type { ActorView, ConversationEvent, ConversationView, ScreeningReason } from '@sotto/protocol';
import { IconArrowDown } from '@tabler/icons-react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCell } from '../live/cell';
import { useDesk } from '../live/desk-context';
import { contactName } from '../words/names';
import { marksIn } from '../words/reasons';
import { day, daysBetween, useNow } from '../words/time';
import { Activity } from './activity';
import { Message } from './message';
import { threadItems } from './thread-items';
import classes from './thread.module.css';

/** Pixels from the end that still count as "at the end", and from the start that ask for older messages. */
const NEAR = 48;
const NEAR_START = 160;

export function Thread({
  conversation,
  thread,
  loadingEarlier,
  reasons,
}: {
  conversation: ConversationView;
  thread: ThreadEvents;
  loadingEarlier: boolean;
  /** To be pointed at in the first message. */
  reasons: readonly ScreeningReason[] | undefined;
}) {
  const { t } = useTranslation();
  const desk = useDesk();
  const { id } = conversation;
  const me = useMemo<ActorView>(() => ({ kind: 'member', id: desk.me.member.id, name: desk.me.member.name }), [desk]);
  const pending = useCell(desk.pending);
  const mine = useMemo(() => pending.filter((message) => message.thread === id), [pending, id]);
  const [firstUnread] = useState(
    () =>
      thread.events.find((event) => event.type === 'message.created' && event.actor.kind === 'visitor' && event.seq > thread.read.agents)
        ?.seq ?? null,
  );
  const items = useMemo(() => threadItems(thread, mine, me, firstUnread), [thread, mine, me, firstUnread]);
  const { scroll, below, toEnd, onScroll } = useStickyEnd(items, thread, mine.length);
  // Whoever is held back is not told that somebody looked.
  useReading(id, thread.last, conversation.read.agents, !below && conversation.status !== 'spam');
  const marks = useMemo(() => reasons && marksIn(reasons), [reasons]);
  const firstSeq = thread.earlier ? undefined : thread.events.find(isVisitors)?.seq;

  const older = () => void desk.threads.loadEarlier(id);
  const name = contactName(t, conversation);
  return (
    <div className={classes.wrap}>
      <div
        ref={scroll}
        className={classes.scroll}
        role="log"
        aria-label={t('thread.label')}
        tabIndex={0}
        onScroll={(event) => {
          onScroll();
          if (thread.earlier && event.currentTarget.scrollTop < NEAR_START) older();
        }}
      >
        <div className={classes.inner}>
          {thread.earlier && (
            <Button className={classes.older} variant="subtle" size="compact-sm" color="gray" loading={loadingEarlier} onClick={older}>
              {t('thread.olderButton')}
            </Button>
          )}
          {items.map((item) => {
            if (item.type === 'day') return <Day key={item.key} at={item.at} />;
            if (item.type === 'unread') return <UnreadLine key={item.key} />;
            if (item.type === 'activity') return <Activity key={item.key} event={item.event} />;
            return <Message key={item.key} item={item} visitor={name} marks={item.seq === firstSeq ? marks : undefined} />;
          })}
          <Writers conversation={conversation} />
        </div>
      </div>
      {below && (
        <Button
          className={classes.jump}
          size="compact-sm"
          radius="xl"
          variant="default"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={toEnd}
        >
          {t('thread.newMessages')}
        </Button>
      )}
    </div>
  );
}

const isVisitors = ({ type, actor }: ConversationEvent) => type === 'message.created' && actor.kind === 'visitor';

function Day({ at }: { at: string }) {
  const { t, i18n } = useTranslation();
  const now = useNow(60_000);
  const days = daysBetween(Date.parse(at), now);
  return <div className={classes.day}>{days === 0 ? t('thread.today') : days === 1 ? t('thread.yesterday') : day(at, i18n.language)}</div>;
}

function UnreadLine() {
  const { t } = useTranslation();
  return <div className={classes.unread}>{t('thread.unreadLine')}</div>;
}

/** Who is writing; never what. */
function Writers({ conversation }: { conversation: ConversationView }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const writers = useCell(desk.writers).filter((notice) => notice.conversationId === conversation.id);
  const visitor = writers.some(({ actor }) => actor.kind === 'visitor');
  const colleague = writers.find(({ actor }) => actor.kind === 'member')?.actor.name;
  const words = visitor
    ? t('thread.typing', { name: contactName(t, conversation) })
    : colleague
      ? t('thread.colleagueTyping', { name: colleague })
      : null;
  return (
    <div className={classes.typing} aria-live="off">
      {words && (
        <>
          <span className={classes.dots} aria-hidden="true">
            <span />
            <span />
            <span />
          </span>
          {words}
        </>
      )}
    </div>
  );
}

/** Stays at the end while the reader is there, and keeps the place when older messages come in front. */
function useStickyEnd(items: readonly unknown[], thread: ThreadEvents, sending: number) {
  const scroll = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const before = useRef({ first: thread.events[0]?.seq, height: 0, sending: 0, last: thread.last });
  const [below, setBelow] = useState(false);

  useLayoutEffect(() => {
    const element = scroll.current;
    if (!element) return;
    const { first, height, sending: sentBefore, last } = before.current;
    const prepended = first !== undefined && thread.events[0] !== undefined && thread.events[0].seq < first;
    if (prepended && !atEnd.current) element.scrollTop += element.scrollHeight - height;
    else if (atEnd.current || sending > sentBefore) element.scrollTop = element.scrollHeight;
    else if (thread.last > last) setBelow(true);
    before.current = { first: thread.events[0]?.seq, height: element.scrollHeight, sending, last: thread.last };
  }, [items, thread, sending]);

  useEffect(() => {
    const element = scroll.current;
    if (!element) return;
    // The composer grows and the keyboard of a phone opens: the end stays in sight.
    const watcher = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);

  const onScroll = () => {
    const element = scroll.current;
    if (!element) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    before.current.height = element.scrollHeight;
    if (atEnd.current) setBelow(false);
  };
  const toEnd = () => {
    const element = scroll.current;
    element?.scrollTo({ top: element.scrollHeight });
    element?.focus();
  };
  return { scroll, below, toEnd, onScroll };
}

/** Tells the server what was seen: only while the page is looked at and the end is in sight. */
function useReading(id: string, last: number, read: number, atEnd: boolean): void {
  const desk = useDesk();
  useEffect(() => {
    const tell = () => {
      if (atEnd && last > read && document.visibilityState === 'visible' && document.hasFocus()) desk.read(id, last);
    };
    tell();
    document.addEventListener('visibilitychange', tell);
    window.addEventListener('focus', tell);
    return () => {
      document.removeEventListener('visibilitychange', tell);
      window.removeEventListener('focus', tell);
    };
  }, [desk, id, last, read, atEnd]);
}

export function ThreadSkeleton() {
  const { t } = useTranslation();
  return (
    <div className={classes.wrap} role="status" aria-label={t('common.loading')}>
      <div className={classes.scroll}>
        <div className={`${classes.inner} ${classes.skeleton}`}>
          <Skeleton height={44} width="46%" radius="lg" />
          <Skeleton height={64} width="58%" radius="lg" ml="auto" />
          <Skeleton height={44} width="38%" radius="lg" />
        </div>
      </div>
    </div>
  );
}
