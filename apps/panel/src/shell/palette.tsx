import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight';
import { IconAlertOctagon, IconKeyboard, IconMessage, IconSearch, IconShieldCheck } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api';
import { useVerdict } from '../inbox/use-verdict';
import { useCellPart } from '../live/cell';
import { useDesk } from '../live/desk-context';
import { isView, viewsFor } from '../live/views';
import { ME_LINKS } from '../me/me-links';
import { useMe } from '../session/session';
import { contactName } from '../words/names';
import classes from './palette.module.css';
import { VIEW_ICONS } from './nav';
import { THEMES } from './person-menu';
import { SETTINGS_LINKS } from './settings-links';
import { useShell } from './shell-context';

/** A ticket number or a whole e-mail address; nothing else can be looked up. */
const LOOKUP = /^(#?\d{1,15}|[^\s@]+@[^\s@]+\.[^\s@]+)$/;

/** Enter without a choice takes the first result. */
function chooseFirst(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
  const list = event.currentTarget.closest('[role="dialog"]');
  if (!list?.querySelector('[data-selected]')) list?.querySelector<HTMLElement>('[data-action]')?.click();
}

export function Palette() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { openShortcuts } = useShell();
  const { permissions } = useMe();
  const { setColorScheme } = useMantineColorScheme();
  const [query, setQuery] = useState('');
  const [asked] = useDebouncedValue(query.trim(), 180);
  const lookup = LOOKUP.test(asked);
  const found = useQuery({
    queryKey: ['palette', asked],
    queryFn: ({ signal }) => api.conversations({ q: asked, limit: 8 }, signal),
    enabled: lookup,
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });
  const conversations: SpotlightActionData[] = (lookup ? (found.data?.items ?? []) : []).map((one) => ({
    id: one.id,
    label: `#${one.number} ${contactName(t, one)}`,
    description: one.lastMessage?.preview ?? t('list.noMessage'),
    keywords: [query, `#${one.number}`, one.contact.email ?? ''],
    leftSection: <IconMessage size={18} stroke={1.7} />,
    onClick: () => void navigate({ to: '/inbox/$view/$id', params: { view: one.status, id: one.id } }),
  }));
  const pages: SpotlightActionData[] = [
    ...viewsFor(permissions).map((view) => {
      const ViewIcon = VIEW_ICONS[view];
      return {
        id: `view-${view}`,
        label: t('palette.openView', { view: t(`views.${view}`) }),
        leftSection: <ViewIcon size={18} stroke={1.7} />,
        onClick: () => void navigate({ to: '/inbox/$view', params: { view } }),
      };
    }),
    ...SETTINGS_LINKS.filter(({ needs }) => permissions.includes(needs)).map(({ to, words, icon: LinkIcon }) => ({
      id: to,
      label: t(words),
      description: t('nav.settings'),
      leftSection: <LinkIcon size={18} stroke={1.7} />,
      onClick: () => void navigate({ to }),
    })),
    ...ME_LINKS.map(({ to, words, icon: LinkIcon }) => ({
      id: to,
      label: t(words),
      description: t('me.title'),
      leftSection: <LinkIcon size={18} stroke={1.7} />,
      onClick: () => void navigate({ to }),
    })),
  ];
  const verdicts = useVerdictDeeds();
  const deeds: SpotlightActionData[] = [
    ...verdicts,
    ...THEMES.map(({ value, words, icon: ThemeIcon }) => ({
      id: `theme-${value}`,
      label: t('palette.theme', { theme: t(words) }),
      leftSection: <ThemeIcon size={18} stroke={1.7} />,
      onClick: () => setColorScheme(value),
    })),
    { id: 'shortcuts', label: t('nav.shortcuts'), leftSection: <IconKeyboard size={18} stroke={1.7} />, onClick: openShortcuts },
  ];
  const groups: SpotlightActionGroupData[] = [
    { group: t('palette.conversations'), actions: conversations },
    { group: t('palette.goTo'), actions: pages },
    { group: t('palette.actions'), actions: deeds },
  ];
  return (
    <Spotlight
      actions={groups.filter(({ actions }) => actions.length > 0)}
      query={query}
      onQueryChange={setQuery}
      shortcut={['mod + K']}
      tagsToIgnore={[]}
      triggerOnContentEditable
      nothingFound={lookup && found.isFetching ? t('palette.searching') : t('palette.nothing')}
      scrollable
      // What scrolls can be reached by keyboard.
      scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
      maxHeight={420}
      radius="lg"
      centered={false}
      yOffset="14vh"
      overlayProps={{ blur: 0, backgroundOpacity: 0.3 }}
      classNames={{ actionsGroup: classes.group, header: classes.unseen }}
      searchProps={{
        onKeyDown: chooseFirst,
        leftSection: <IconSearch size={18} stroke={1.7} />,
        placeholder: t('palette.placeholder'),
        'aria-label': t('nav.search'),
      }}
      title={t('nav.search')}
    />
  );
}

/** Spam or not spam, for the conversation that is open. */
function useVerdictDeeds(): SpotlightActionData[] {
  const { t } = useTranslation();
  const desk = useDesk();
  const { id, view } = useParams({ strict: false });
  const judge = useVerdict(view && isView(view) ? view : 'open');
  const conversation = useCellPart(desk.conversations.known, (known) => (id ? known.get(id) : undefined));
  if (!conversation || !desk.me.permissions.includes('screening.teach')) return [];
  const number = `#${conversation.number}`;
  return [
    {
      id: 'spam',
      label: `${t('screening.spam')}: ${number}`,
      leftSection: <IconAlertOctagon size={18} stroke={1.7} />,
      onClick: () => judge(conversation, 'spam'),
    },
    {
      id: 'not-spam',
      label: `${t('screening.notSpam')}: ${number}`,
      leftSection: <IconShieldCheck size={18} stroke={1.7} />,
      onClick: () => judge(conversation, 'ham'),
    },
  ];
}
