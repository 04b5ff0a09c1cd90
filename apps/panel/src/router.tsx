import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { ApiError } from '@sotto/client';
import { LoginPage } from './session/login-page';
import { forgetAnswers, meQuery, onSessionEnd, queries, setupQuery, signInStateQuery, type EndReason } from './session/session';
import { Failure, Missing } from './shell/failure';
import { FILTER_PARTS, type FilterPart } from './settings/screening/parts-of-page';
import { Frame } from './shell/frame';
import { InboxPage } from './inbox/inbox-page';
import { forgetDesk } from './live/desk-context';
import { isView } from './live/views';

const REASONS: readonly EndReason[] = [
  'logged-out',
  'expired',
  'access-changed',
  'address-refused',
  'ended-elsewhere',
  'unfinished',
  'password-set',
  'shutdown',
];
/** Pages for whoever is not signed in: the end of a session is no news there. */
const FRONT = /^\/(setup|login|forgot|reset|join)$/;

/** Only a path of this panel: anything else could lead to another site after signing in. */
const ownPath = (to: unknown): string | undefined => (typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : undefined);

const root = createRootRoute({ component: Outlet, notFoundComponent: Missing, errorComponent: Failure });

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('./session/setup-page'), 'SetupPage'),
});

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { to?: string; reason?: EndReason; sso?: 'failed' } => ({
    to: ownPath(search['to']),
    reason: REASONS.find((reason) => reason === search['reason']),
    sso: search['sso'] === 'failed' ? 'failed' : undefined,
  }),
  beforeLoad: async ({ search: { to, reason } }) => {
    // A server that does not answer is told about by the form itself.
    const [setUp, signIn] = await Promise.all([
      queries.fetchQuery(setupQuery).catch(() => ({ needed: false })),
      queries.fetchQuery(signInStateQuery).catch(() => ({ stage: null })),
    ]);
    if (setUp.needed) throw redirect({ to: '/setup', replace: true });
    if (signIn.stage === 'enrolment') throw redirect({ to: '/enrol', search: { to }, replace: true });
    if (signIn.stage === 'full' && !reason) throw redirect({ to: to ?? '/', replace: true });
  },
  component: LoginPage,
});

const enrol = createRoute({
  getParentRoute: () => root,
  path: '/enrol',
  validateSearch: (search: Record<string, unknown>): { to?: string } => ({ to: ownPath(search['to']) }),
  beforeLoad: async ({ search: { to } }) => {
    const { stage } = await queries.fetchQuery(signInStateQuery);
    if (stage === 'full') throw redirect({ to: '/me/security', replace: true });
    if (stage !== 'enrolment') throw redirect({ to: '/login', search: { to }, replace: true });
  },
  component: lazyRouteComponent(() => import('./session/enrol-page'), 'EnrolPage'),
  errorComponent: Failure,
});
const forgot = createRoute({
  getParentRoute: () => root,
  path: '/forgot',
  component: lazyRouteComponent(() => import('./session/forgot-page'), 'ForgotPage'),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset',
  component: lazyRouteComponent(() => import('./session/reset-page'), 'ResetPage'),
});
const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  component: lazyRouteComponent(() => import('./session/join-page'), 'JoinPage'),
});

const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  beforeLoad: async ({ location }) => {
    try {
      await queries.ensureQueryData(meQuery);
    } catch (error) {
      const code = error instanceof ApiError ? error.code : null;
      const refused = code === 'address.refused';
      if (!refused && code !== 'auth.required' && code !== 'auth.second-factor-required' && code !== 'auth.enrolment-required') throw error;
      const to = location.href === '/' ? undefined : location.href;
      throw redirect({ to: '/login', search: { to, reason: refused ? 'address-refused' : undefined }, replace: true });
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
const members = createRoute({
  getParentRoute: () => settings,
  path: 'members',
  component: lazyRouteComponent(() => import('./settings/members-page'), 'MembersPage'),
});
const roles = createRoute({
  getParentRoute: () => settings,
  path: 'roles',
  component: lazyRouteComponent(() => import('./settings/roles-page'), 'RolesPage'),
});
const teams = createRoute({
  getParentRoute: () => settings,
  path: 'teams',
  component: lazyRouteComponent(() => import('./settings/teams-page'), 'TeamsPage'),
});
const accountSecurity = createRoute({
  getParentRoute: () => settings,
  path: 'security',
  component: lazyRouteComponent(() => import('./settings/security-page'), 'SecurityPage'),
});
const sso = createRoute({
  getParentRoute: () => settings,
  path: 'sso',
  component: lazyRouteComponent(() => import('./settings/sso-page'), 'SsoPage'),
});
const mail = createRoute({
  getParentRoute: () => settings,
  path: 'mail',
  component: lazyRouteComponent(() => import('./settings/mail-page'), 'MailPage'),
});
const tokens = createRoute({
  getParentRoute: () => settings,
  path: 'tokens',
  component: lazyRouteComponent(() => import('./settings/tokens-page'), 'TokensPage'),
});
const spamFilter = createRoute({
  getParentRoute: () => settings,
  path: 'screening',
  validateSearch: (search: Record<string, unknown>): { part?: FilterPart } => ({
    part: FILTER_PARTS.find((part) => part === search['part']),
  }),
  component: lazyRouteComponent(() => import('./settings/screening/screening-page'), 'ScreeningPage'),
});
const audit = createRoute({
  getParentRoute: () => settings,
  path: 'audit',
  component: lazyRouteComponent(() => import('./settings/audit-page'), 'AuditPage'),
});

const myself = createRoute({
  getParentRoute: () => frame,
  path: '/me',
  component: lazyRouteComponent(() => import('./me/me-page'), 'MePage'),
});
const profile = createRoute({
  getParentRoute: () => myself,
  path: '/',
  component: lazyRouteComponent(() => import('./me/profile-page'), 'ProfilePage'),
});
const security = createRoute({
  getParentRoute: () => myself,
  path: 'security',
  component: lazyRouteComponent(() => import('./me/security-page'), 'SecurityPage'),
});
const signIns = createRoute({
  getParentRoute: () => myself,
  path: 'sign-ins',
  component: lazyRouteComponent(() => import('./me/sign-ins-page'), 'SignInsPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    setup,
    login,
    enrol,
    forgot,
    reset,
    join,
    frame.addChildren([
      home,
      inbox.addChildren([conversation]),
      myself.addChildren([profile, security, signIns]),
      settings.addChildren([
        settingsHome,
        inboxes,
        inboxSettings,
        policy,
        members,
        roles,
        teams,
        accountSecurity,
        sso,
        mail,
        tokens,
        spamFilter,
        audit,
      ]),
    ]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

let leaving = false;
onSessionEnd((reason) => {
  const { pathname, href } = router.state.location;
  // The first reason is the right one; what fails after it fails because of it.
  if (leaving || FRONT.test(pathname)) return;
  leaving = true;
  const out = reason === 'logged-out';
  // The page still shown asks for what it needs again as soon as it is gone, so it leaves first.
  void router.navigate({ to: '/login', search: { reason, to: out ? undefined : href }, replace: true }).then(() => {
    leaving = false;
    forgetAnswers();
    if (out) forgetDesk();
  });
});
