import { Drawer } from '@mantine/core';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { chooseLanguage } from '../i18n';
import { DeskProvider, deskFor } from '../live/desk-context';
import { useMe } from '../session/session';
import { StepUpProvider } from '../session/step-up';
import { Banners } from './banners';
import { ConnectionBar } from './connection-bar';
import classes from './frame.module.css';
import { ShellContext } from './shell-context';
import { useLayout } from './layout';
import { Nav } from './nav';
import { Palette } from './palette';
import { ShortcutsDialog } from './shortcuts-dialog';
import { useShellKeys } from './shell-keys';
import { PageTitle } from './page-title';

/** The signed-in part: navigation, the connection's state, and the page. */
export function Frame() {
  const { t } = useTranslation();
  const me = useMe();
  const desk = deskFor(me);
  const layout = useLayout();
  const [menu, setMenu] = useState(false);
  const [shortcuts, setShortcuts] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });

  useEffect(() => {
    desk.start();
    return () => desk.stop();
  }, [desk]);
  useEffect(() => setMenu(false), [path]);
  useEffect(() => {
    if (me.language) chooseLanguage(me.language);
  }, [me.language]);
  useShellKeys(() => setShortcuts(true));
  const shell = useMemo(() => ({ openMenu: () => setMenu(true), openShortcuts: () => setShortcuts(true) }), []);

  return (
    <DeskProvider value={desk}>
      <ShellContext value={shell}>
        <a className="skip-link" href="#content">
          {t('common.skip')}
        </a>
        <div className={classes.frame} data-layout={layout}>
          {layout !== 'narrow' && (
            <div className={classes.nav}>
              <Nav compact={layout === 'medium'} />
            </div>
          )}
          <StepUpProvider>
            <div>
              <ConnectionBar />
              <Banners />
            </div>
            <main className={classes.content} id="content" tabIndex={-1}>
              <Outlet />
            </main>
          </StepUpProvider>
        </div>
        <Drawer
          opened={menu && layout === 'narrow'}
          onClose={() => setMenu(false)}
          size={288}
          withCloseButton={false}
          padding={0}
          title={t('nav.menu')}
          classNames={{ header: classes.unseen }}
          styles={{ body: { height: '100%' } }}
        >
          <Nav compact={false} />
        </Drawer>
        <ShortcutsDialog opened={shortcuts} onClose={() => setShortcuts(false)} />
        <Palette />
        <PageTitle />
      </ShellContext>
    </DeskProvider>
  );
}
