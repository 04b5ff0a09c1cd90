import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { ApiError } from '@sotto/client';
import { LoginPage } from './session/login-page';
import { meQuery, onSessionEnd, queries, setupQuery, type EndReason } from './session/session';
import { Failure, Missing } from './shell/failure';
import { Frame } from './shell/frame';
import { InboxPage } from './inbox/inbox-page';
import { forgetDesk } from './live/desk-context';
import { isView } from './live/views';

const REASONS: readonly EndReason[] = ['logged-out', 'expired', 'access-changed', 'consent.withdrawn', 'consent.stale', 'shutdown'];

const root = createRootRoute({ component: Outlet, notFoundComponent: Missing, errorComponent: Failure });

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('./session/setup-page'), 'SetupPage'),
});

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { to?: string; reason?: EndReason } => ({
    // Only a path of this panel: anything else could lead to another site after signing in.
    to: typeof search['to'] === 'string' && /^\/(?![/\\])/.test(search['to']) ? search['to'] : undefined,
    reason: REASONS.find((reason) => reason === search['reason']),
  }),
  beforeLoad: async () => {
    const state = await queries.fetchQuery(setupQuery).catch(() => ({ needed: false }));
    if (state.needed) throw redirect({ to: '/setup', replace: true });
  },
  component: LoginPage,
});

const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  beforeLoad: async ({ location }) => {
    try {
      await queries.ensureQueryData(meQuery);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'auth.required') throw error;
      throw redirect({ to: '/login', search: { to: location.href === '/' ? undefined : location.href }, replace: true });
    }
  },
  component: Frame,
  errorComponent: Failure,
});

const home = createRoute({
  getParentRoute: () => frame,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox/$view', params: { view: 'open' }, replace: true });
  },
});

const inbox = createRoute({
  getParentRoute: () => frame,
  path: '/inbox/$view',
  beforeLoad: ({ params }) => {
    if (!isView(params.view)) throw redirect({ to: '/inbox/$view', params: { view: 'open' }, replace: true });
  },
  component: InboxPage,
});

const conversation = createRoute({ getParentRoute: () => inbox, path: '$id', component: () => null });

const settings = createRoute({
  getParentRoute: () => frame,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings/settings-page'), 'SettingsPage'),
});
const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/inboxes', replace: true });
  },
});
const inboxes = createRoute({
  getParentRoute: () => settings,
  path: 'inboxes',
  component: lazyRouteComponent(() => import('./settings/inboxes-page'), 'InboxesPage'),
});
const inboxSettings = createRoute({
  getParentRoute: () => settings,
  path: 'inboxes/$inboxId',
  component: lazyRouteComponent(() => import('./settings/inbox-page'), 'InboxSettingsPage'),
});
const policy = createRoute({
  getParentRoute: () => settings,
  path: 'policy',
  component: lazyRouteComponent(() => import('./settings/policy-page'), 'PolicyPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    setup,
    login,
    frame.addChildren([home, inbox.addChildren([conversation]), settings.addChildren([settingsHome, inboxes, inboxSettings, policy])]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

onSessionEnd((reason) => {
  const { pathname, href } = router.state.location;
  if (pathname === '/login' || pathname === '/setup') return;
  const out = reason === 'logged-out';
  // The page still shown asks for what it needs again as soon as it is gone, so it leaves first.
  void router.navigate({ to: '/login', search: { reason, to: out ? undefined : href }, replace: true }).then(() => {
    queries.clear();
    if (out) forgetDesk();
  });
});
