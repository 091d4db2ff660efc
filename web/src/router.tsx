// Every screen with its address. Screens are loaded when they are opened; who may not see one is turned away here.

import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { BASE } from './api/client.ts'
import { queries } from './api/queries.ts'
import { type Role, type Session, sessionQuery } from './api/session.ts'
import { readConflictSearch } from './screens/conflicts/search.ts'
import { readHistorySearch } from './screens/lead/history-search.ts'
import { readLeadSearch } from './screens/leads/search.ts'
import { Crashed } from './shell/error.tsx'
import { Loading } from './shell/loading.tsx'
import { NotFound } from './shell/not-found.tsx'
import { Root } from './shell/root.tsx'
import { Shell } from './shell/shell.tsx'

const root = createRootRouteWithContext<{ queries: typeof queries }>()({
  component: Root,
  notFoundComponent: NotFound,
})

const session = (): Promise<Session> => queries.ensureQueryData(sessionQuery)

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  beforeLoad: async () => {
    const { setup, operator } = await session()
    // The newly created admin stays on this page.
    if (!setup && !operator) throw redirect({ to: '/login' })
  },
  component: lazyRouteComponent(() => import('./screens/setup.tsx'), 'SetupScreen'),
})

/** Where to go after the sign-in: a path of this app, or nowhere. Named even when it is not set, or the raw one stays. */
const readReturn = ({ to }: Record<string, unknown>): { to?: string } => ({
  to: typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : undefined,
})

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: readReturn,
  beforeLoad: async ({ search }) => {
    const { setup, operator } = await session()
    if (setup) throw redirect({ to: '/setup' })
    if (operator) throw redirect({ href: search.to ?? '/leads' })
  },
  component: lazyRouteComponent(() => import('./screens/login.tsx'), 'LoginScreen'),
})

/** Everything that needs somebody to be signed in. */
const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: async ({ location }) => {
    const { setup, operator } = await session()
    if (setup) throw redirect({ to: '/setup' })
    if (!operator) throw redirect({ to: '/login', search: { to: location.href } })
    return { operator }
  },
  component: Shell,
})

/** For the roles from this one on. */
const least = (role: Role) => ({
  staticData: { least_role: role },
})

const home = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/leads' })
  },
})

const leads = createRoute({
  getParentRoute: () => app,
  path: '/leads',
  validateSearch: readLeadSearch,
  component: lazyRouteComponent(() => import('./screens/leads/leads.tsx'), 'LeadsScreen'),
})

const newLead = createRoute({
  getParentRoute: () => app,
  path: '/leads/new',
  validateSearch: ({ allocation_id: id }: Record<string, unknown>): { allocation_id?: number } => ({
    allocation_id: /^[1-9]\d{0,9}$/.test(String(id)) ? Number(id) : undefined,
  }),
  component: lazyRouteComponent(() => import('./screens/new-lead/new-lead.tsx'), 'NewLeadScreen'),
})

const lead = createRoute({
  getParentRoute: () => app,
  path: '/leads/$id',
  component: lazyRouteComponent(() => import('./screens/lead/lead.tsx'), 'LeadScreen'),
})

const merge = createRoute({
  getParentRoute: () => app,
  path: '/leads/$id/merge',
  component: lazyRouteComponent(() => import('./screens/lead/merge.tsx'), 'MergeScreen'),
})

const history = createRoute({
  getParentRoute: () => app,
  path: '/leads/$id/history',
  validateSearch: readHistorySearch,
  component: lazyRouteComponent(() => import('./screens/lead/history.tsx'), 'HistoryScreen'),
})

const conflicts = createRoute({
  getParentRoute: () => app,
  path: '/conflicts',
  validateSearch: readConflictSearch,
  ...least('lead'),
  component: lazyRouteComponent(() => import('./screens/conflicts/conflicts.tsx'), 'ConflictsScreen'),
})

const conflict = createRoute({
  getParentRoute: () => app,
  path: '/conflicts/$id',
  ...least('lead'),
  component: lazyRouteComponent(() => import('./screens/conflicts/conflict.tsx'), 'ConflictScreen'),
})

const anywhere = createRoute({ getParentRoute: () => app, path: '$', component: NotFound })

const routeTree = root.addChildren([
  setup,
  login,
  app.addChildren([home, leads, newLead, lead, merge, history, conflicts, conflict, anywhere]),
])

export const router = createRouter({
  routeTree,
  context: { queries },
  basepath: BASE,
  defaultPreload: 'intent',
  // The cache of queries decides what is fresh.
  defaultPreloadStaleTime: 0,
  defaultPendingComponent: Loading,
  defaultErrorComponent: Crashed,
  scrollRestoration: true,
  // Addresses as people write them: ?q=0383218199, not quoted JSON.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const pairs = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
    const written = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()
    return written === '' ? '' : `?${written}`
  },
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
  interface StaticDataRouteOption {
    least_role?: Role
  }
}
