import { ActionIcon, Title } from '@mantine/core';
import { IconMenu2 } from '@tabler/icons-react';
import { Link, Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useLayout } from '../shell/layout';
import { useShell } from '../shell/shell-context';
import { ME_LINKS } from './me-links';
import classes from './me.module.css';

/** What a member decides about themselves. */
export function MePage() {
  const { t } = useTranslation();
  const layout = useLayout();
  const { openMenu } = useShell();
  return (
    <div className={classes.page}>
      {layout === 'narrow' && (
        <div className={classes.bar}>
          <ActionIcon size="lg" onClick={openMenu} aria-label={t('nav.menu')}>
            <IconMenu2 size={20} stroke={1.7} />
          </ActionIcon>
        </div>
      )}
      <div className={classes.inner}>
        <Title order={1}>{t('me.title')}</Title>
        <nav className={classes.tabs} aria-label={t('me.title')}>
          {ME_LINKS.map(({ to, words }) => (
            <Link key={to} to={to} activeOptions={{ exact: true }} className={classes.tab}>
              {t(words)}
            </Link>
          ))}
        </nav>
        <Outlet />
      </div>
    </div>
  );
}
