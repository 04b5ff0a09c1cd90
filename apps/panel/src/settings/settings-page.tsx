import { ActionIcon } from '@mantine/core';
import { IconMenu2 } from '@tabler/icons-react';
import { Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useLayout } from '../shell/layout';
import { useShell } from '../shell/shell-context';
import classes from './settings.module.css';

export function SettingsPage() {
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
        <Outlet />
      </div>
    </div>
  );
}
