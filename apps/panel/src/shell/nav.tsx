import { Text, Tooltip, VisuallyHidden } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { IconAlertOctagon, IconCircleCheck, IconMessages, IconSearch, IconUser, IconUserQuestion, type Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCell } from '../live/cell';
import { useDesk } from '../live/desk-context';
import { useMyTeams } from '../live/view-names';
import { viewsFor, type FixedView } from '../live/views';
import { membersQuery } from '../session/session';
import { initials } from '../words/names';
import { Brand } from './brand';
import classes from './nav.module.css';
import { PersonMenu } from './person-menu';
import { SETTINGS_LINKS } from './settings-links';
import { MOD } from './shortcuts-dialog';

export const VIEW_ICONS: Readonly<Record<FixedView, Icon>> = {
  open: IconMessages,
  mine: IconUser,
  unassigned: IconUserQuestion,
  resolved: IconCircleCheck,
  spam: IconAlertOctagon,
};

export function Nav({ compact }: { compact: boolean }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const teams = useMyTeams(desk.me.member.id);
  return (
    <nav className={classes.nav} data-compact={compact || undefined} aria-label={t('nav.main')}>
      <div className={classes.head}>
        <Brand className={classes.mark} />
        {!compact && <span className={classes.account}>{desk.me.account.name}</span>}
      </div>
      <div className={classes.section}>
        <Tip compact={compact} label={t('nav.search')}>
          <button
            type="button"
            className={`${classes.link} ${compact ? '' : classes.search}`}
            onClick={spotlight.open}
            aria-label={t('nav.search')}
            aria-keyshortcuts="Control+K Meta+K"
          >
            <IconSearch size={17} stroke={1.7} aria-hidden />
            {!compact && (
              <>
                <span className={classes.label}>{t('nav.search')}</span>
                <span className={classes.count} aria-hidden="true">
                  {MOD} K
                </span>
              </>
            )}
          </button>
        </Tip>
      </div>
      <Section compact={compact} title={t('nav.views')}>
        {viewsFor(desk.me.permissions).map((view) => (
          <ViewLink key={view} view={view} compact={compact} />
        ))}
      </Section>
      {teams.length > 0 && (
        <Section compact={compact} title={t('nav.myTeams')}>
          {teams.map(({ id, name }) => (
            <li key={id}>
              <Tip compact={compact} label={name}>
                <Link to="/inbox/$view" params={{ view: `team-${id}` }} className={classes.link}>
                  <span className={classes.letters} aria-hidden="true">
                    {initials(name)}
                  </span>
                  <Label compact={compact}>{name}</Label>
                </Link>
              </Tip>
            </li>
          ))}
        </Section>
      )}
      <Section compact={compact} title={t('nav.settings')}>
        {SETTINGS_LINKS.filter(({ needs }) => desk.me.permissions.includes(needs)).map(({ to, words, icon: LinkIcon }) => (
          <li key={to}>
            <Tip compact={compact} label={t(words)}>
              <Link to={to} className={classes.link}>
                <LinkIcon size={18} stroke={1.7} aria-hidden />
                <Label compact={compact}>{t(words)}</Label>
              </Link>
            </Tip>
          </li>
        ))}
      </Section>
      <div className={classes.foot}>
        {!compact && <Presence />}
        <PersonMenu compact={compact} />
      </div>
    </nav>
  );
}

function Section({ compact, title, children }: { compact: boolean; title: string; children: ReactNode }) {
  return (
    <div className={classes.section}>
      {compact ? (
        <VisuallyHidden component="h2">{title}</VisuallyHidden>
      ) : (
        <Text component="h2" className={classes.heading}>
          {title}
        </Text>
      )}
      <ul className={classes.links}>{children}</ul>
    </div>
  );
}

function ViewLink({ view, compact }: { view: FixedView; compact: boolean }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const count = useCell(desk.conversations.counts)?.[view];
  const ViewIcon = VIEW_ICONS[view];
  return (
    <li>
      <Tip compact={compact} label={t(`views.${view}`)}>
        <Link to="/inbox/$view" params={{ view }} className={classes.link} data-view={view}>
          <ViewIcon size={18} stroke={1.7} aria-hidden />
          <Label compact={compact}>{t(`views.${view}`)}</Label>
          {count && (count.count > 0 || !compact) && (
            <span className={classes.count}>
              <span aria-hidden="true">{count.more ? `${count.count}+` : count.count}</span>
              <VisuallyHidden>{t(count.more ? 'views.countMore' : 'views.count', { count: count.count })}</VisuallyHidden>
            </span>
          )}
        </Link>
      </Tip>
    </li>
  );
}

function Label({ compact, children }: { compact: boolean; children: string }) {
  return compact ? <VisuallyHidden>{children}</VisuallyHidden> : <span className={classes.label}>{children}</span>;
}

function Tip({ compact, label, children }: { compact: boolean; label: string; children: ReactElement }) {
  return (
    <Tooltip label={label} position="right" disabled={!compact}>
      {children}
    </Tooltip>
  );
}

function Presence() {
  const { t } = useTranslation();
  const desk = useDesk();
  const members = useQuery(membersQuery).data?.items ?? [];
  const others = useCell(desk.online).filter((id) => id !== desk.me.member.id);
  if (others.length === 0) return null;
  const names = members.filter(({ id }) => others.includes(id)).map(({ name }) => name);
  return (
    <Tooltip label={names.join(', ')} disabled={names.length === 0}>
      <div className={classes.presence}>
        <span className={classes.here} aria-hidden="true" />
        {t('nav.online', { count: others.length })}
      </div>
    </Tooltip>
  );
}
