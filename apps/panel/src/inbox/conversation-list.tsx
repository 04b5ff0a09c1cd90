import { ActionIcon, Button, Checkbox, Skeleton, Title, Tooltip } from '@mantine/core';
import type { ConversationView, MemberVerdict } from '@sotto/protocol';
import { IconArrowUp, IconListCheck, IconMenu2 } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCell, useCellPart } from '../live/cell';
import { useDesk } from '../live/desk-context';
import { useViewName } from '../live/view-names';
import { listed, LOADING, type ViewName } from '../live/views';
import { useMay } from '../session/session';
import { useKeys } from '../shell/keys';
import { useLayout } from '../shell/layout';
import { useShell } from '../shell/shell-context';
import { contactName } from '../words/names';
import { useNow } from '../words/time';
import { BulkBar } from './bulk-bar';
import classes from './conversation-list.module.css';
import { ConversationRow } from './conversation-row';
import { EmptyList, FailedList } from './empty-list';
import { useRowCursor } from './row-cursor';
import { useSteady } from './steady';
import type { Selection } from './use-selection';
import { useVerdicts } from './use-verdict';

const ROW = 68;
/** How long a still pointer keeps the rows under it from moving. */
const POINTER_RESTS = 2_500;
const NEAR_END = 6;

interface Props {
  view: ViewName;
  chosen: string | undefined;
  selection: Selection;
}

export function ConversationList({ view, chosen, selection }: Props) {
  const { t } = useTranslation();
  const desk = useDesk();
  const navigate = useNavigate();
  const layout = useLayout();
  const { openMenu } = useShell();
  const name = useViewName(view);
  const now = useNow();
  const known = useCell(desk.conversations.known);
  const list = useCellPart(desk.conversations.lists, (lists) => lists[view] ?? LOADING);
  const memberId = desk.me.member.id;
  const items = useMemo(() => listed(known, view, list, memberId), [known, view, list, memberId]);

  const scroll = useRef<HTMLDivElement>(null);
  const [scrolled, setScrolled] = useState(false);
  const pointing = usePointing();
  const { rows, fresh } = useSteady(items, scrolled || pointing.now);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    getItemKey: (at) => rows[at]?.id ?? at,
    overscan: 8,
  });
  const shown = virtual.getVirtualItems();
  const lastShown = shown.at(-1)?.index ?? 0;

  useEffect(() => {
    if (list.status === 'ready' && lastShown >= rows.length - NEAR_END) void desk.conversations.loadMore(view);
  }, [desk, view, list, lastShown, rows.length]);
  useKeepPlace(scroll, rows);

  const { move, focus, current } = useRowCursor({
    rows,
    chosen,
    list: scroll,
    show: (place) => virtual.scrollToIndex(place, { align: 'auto' }),
  });
  const back = () => {
    void navigate({ to: '/inbox/$view', params: { view } });
    requestAnimationFrame(focus);
  };
  const mayTeach = useMay('screening.teach');
  const judge = useJudging(items, rows, selection);
  const some = selection.ids.size > 0;
  const choose = (id: string, through: boolean) => selection.toggle(id, through ? rows.map((row) => row.id) : undefined);
  const select = () => {
    const id = current();
    if (id !== undefined && rows.some((row) => row.id === id)) choose(id, false);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    x: mayTeach ? select : undefined,
    '!': some ? () => judge('spam') : undefined,
    h: some ? () => judge('ham') : undefined,
    Escape: some ? selection.clear : chosen ? back : undefined,
  });

  const showFresh = () => {
    pointing.release();
    setScrolled(false);
    scroll.current?.scrollTo({ top: 0 });
  };

  return (
    <section className={classes.list} aria-label={t('list.label', { view: name })}>
      <div className={classes.head}>
        {layout === 'narrow' && (
          <ActionIcon size="lg" onClick={openMenu} aria-label={t('nav.menu')}>
            <IconMenu2 size={20} stroke={1.7} />
          </ActionIcon>
        )}
        <Title order={1} className={classes.title}>
          {name}
        </Title>
        {mayTeach && view !== 'spam' && (rows.length > 0 || selection.on) && (
          <Tooltip label={t(selection.on ? 'screening.stopSelecting' : 'screening.select')}>
            <ActionIcon
              size="lg"
              aria-pressed={selection.on}
              aria-label={t('screening.select')}
              onClick={() => selection.setOn(!selection.on)}
            >
              <IconListCheck size={18} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      {selection.on && rows.length > 0 && <BulkBar rows={rows} selection={selection} onVerdict={judge} />}
      {fresh > 0 && (
        <Button
          className={classes.fresh}
          size="compact-sm"
          radius="xl"
          leftSection={<IconArrowUp size={14} />}
          onClick={showFresh}
          aria-label={t('list.freshLabel', { count: fresh })}
        >
          {t('list.fresh', { count: fresh })}
        </Button>
      )}
      <div
        ref={scroll}
        className={classes.scroll}
        onScroll={(event) => setScrolled(event.currentTarget.scrollTop > 8)}
        onPointerMove={(event) => event.pointerType === 'mouse' && pointing.touch()}
        onPointerLeave={pointing.release}
      >
        {list.status === 'loading' && rows.length === 0 && <ListSkeleton />}
        {list.status === 'failed' && rows.length === 0 && <FailedList error={list.error} onRetry={() => desk.conversations.reload(view)} />}
        {list.status === 'ready' && rows.length === 0 && !list.nextCursor && <EmptyList view={view} />}
        {rows.length > 0 && (
          <ul className={classes.rows} style={{ height: virtual.getTotalSize() }}>
            {shown.map(({ index, key, start }) => {
              const conversation = rows[index];
              return (
                conversation && (
                  <li
                    key={key}
                    className={classes.item}
                    style={{ transform: `translateY(${start}px)` }}
                    data-selecting={selection.on || undefined}
                    aria-setsize={rows.length}
                    aria-posinset={index + 1}
                  >
                    {selection.on && (
                      <Checkbox
                        size="xs"
                        className={classes.box}
                        checked={selection.ids.has(conversation.id)}
                        aria-label={t('screening.selectOne', { name: `${contactName(t, conversation)} #${conversation.number}` })}
                        onChange={({ nativeEvent }) => choose(conversation.id, nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)}
                      />
                    )}
                    <ConversationRow
                      conversation={conversation}
                      view={view}
                      chosen={conversation.id === chosen}
                      now={now}
                      onRange={selection.on ? choose : undefined}
                    />
                  </li>
                )
              );
            })}
          </ul>
        )}
        {rows.length > 0 && list.loadingMore && <p className={classes.foot}>{t('list.more')}</p>}
        {rows.length > 20 && list.status === 'ready' && !list.nextCursor && <p className={classes.foot}>{t('list.end')}</p>}
      </div>
    </section>
  );
}

/** Judges the rows that are chosen, and lets go of those that leave the list. */
function useJudging(items: readonly ConversationView[], rows: readonly ConversationView[], { ids, keep, clear }: Selection) {
  const judgeMany = useVerdicts();
  useEffect(() => keep(new Set(items.map(({ id }) => id))), [items, keep]);
  return (verdict: MemberVerdict) => {
    const chosen = rows.filter(({ id }) => ids.has(id));
    clear();
    if (chosen.length > 0) judgeMany(chosen, verdict);
  };
}

/** Whether a pointer has moved over the list a moment ago. */
function usePointing() {
  const [now, setNow] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const release = () => {
    clearTimeout(timer.current);
    setNow(false);
  };
  const touch = () => {
    clearTimeout(timer.current);
    setNow(true);
    timer.current = setTimeout(() => setNow(false), POINTER_RESTS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return { now, touch, release };
}

/** When rows above the visible ones go, the visible ones stay where they are. */
function useKeepPlace(scroll: { current: HTMLDivElement | null }, rows: readonly { id: string }[]): void {
  const before = useRef(rows);
  useLayoutEffect(() => {
    const element = scroll.current;
    const old = before.current;
    before.current = rows;
    if (!element || old === rows || element.scrollTop <= 8) return;
    const first = Math.ceil(element.scrollTop / ROW);
    const anchor = old[first]?.id;
    const now = rows.findIndex(({ id }) => id === anchor);
    if (now >= 0 && now !== first) element.scrollTop += (now - first) * ROW;
  });
}

function ListSkeleton() {
  const { t } = useTranslation();
  return (
    <div className={classes.skeletons} role="status" aria-label={t('common.loading')}>
      {[62, 48, 70, 54, 40, 66].map((width, at) => (
        <div key={at} className={classes.skeleton}>
          <Skeleton height={11} width={`${width - 14}%`} radius="sm" />
          <Skeleton height={9} width={`${width + 20}%`} radius="sm" />
        </div>
      ))}
    </div>
  );
}
