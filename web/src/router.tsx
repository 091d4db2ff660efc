// Every screen with its address. A screen is loaded when it is opened. Operators are turned away here from screens that
// they may not see.

import { createRoute, createRouter, redirect } from '@tanstack/react-router'
import type { Role } from '../../src/client/api.ts'
import { BASE } from './api/client.ts'
import { leadQuery, leadsQuery } from './api/leads.ts'
import { hasRole } from './api/session.ts'
import { app, ask, remountDeps, root } from './app-route.tsx'
import { startHidden } from './home/hidden.ts'
import { lazyScreen } from './load-screen.tsx'
import { placeRoutes } from './place-routes.tsx'
import {
  parseSearch,
  readCallbacksSearch,
  readCampaignsSearch,
  readConflictSearch,
  readDncSearch,
  readHistorySearch,
  readImportRowsSearch,
  readImportsSearch,
  readLeadSearch,
  readLoginSearch,
  readNewImportSearch,
  readNewLeadSearch,
  readWorkSearch,
  stringifySearch,
} from './search.ts'
import { Crashed, Loading, NotFound } from './shell/page.tsx'
import { session, signedIn } from './start/signed-in.ts'
import { withTemporal } from './temporal.ts'

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  beforeLoad: async () => {
    const { setup, operator } = await session()
    // The newly created admin stays on this page.
    if (!setup && !operator) throw redirect({ to: '/login' })
  },
  component: lazyScreen(() => import('./start/setup.tsx'), 'SetupScreen'),
})

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: readLoginSearch,
  beforeLoad: async ({ search }) => {
    const { setup, operator } = await session()
    if (setup) throw redirect({ to: '/setup' })
    if (operator) throw redirect({ href: search.to ?? '/leads' })
  },
  component: lazyScreen(() => import('./start/login.tsx'), 'LoginScreen'),
})

const home = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad: async () => {
    const { operator } = await session()
    if (operator?.role !== 'admin' || startHidden.get()) throw redirect({ to: '/leads' })
  },
  component: lazyScreen(() => import('./home/home.tsx'), 'HomeScreen'),
})

const dashboard = createRoute({
  getParentRoute: () => app,
  path: '/dashboard',
  staticData: { least_role: 'lead' },
  component: lazyScreen(() => import('./dashboard/dashboard.tsx'), 'DashboardScreen'),
})

/** Without the frame of the app. */
const board = createRoute({
  getParentRoute: () => root,
  path: '/board',
  beforeLoad: async ({ location }) => {
    // There it is said whom it is for.
    if (!hasRole(await signedIn(location.href), 'lead')) throw redirect({ to: '/dashboard' })
  },
  component: lazyScreen(() => import('./dashboard/board.tsx'), 'BoardScreen'),
})

const leads = createRoute({
  getParentRoute: () => app,
  path: '/leads',
  validateSearch: readLeadSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ deps, preload }) => ask(preload, leadsQuery(deps)),
  component: lazyScreen(() => import('./leads/leads.tsx'), 'LeadsScreen'),
})

/** Without an id all of them. */
const bulkChanges = createRoute({
  getParentRoute: () => app,
  path: '/bulk-changes/{-$id}',
  staticData: { least_role: 'lead' },
  component: lazyScreen(() => import('./bulk-changes/bulk-changes.tsx'), 'BulkChangesScreen'),
})

const newLead = createRoute({
  getParentRoute: () => app,
  path: '/leads/new',
  validateSearch: readNewLeadSearch,
  component: lazyScreen(() => import('./new-lead/new-lead.tsx'), 'NewLeadScreen'),
})

const lead = createRoute({
  getParentRoute: () => app,
  path: '/leads/$id',
  remountDeps,
  loader: ({ params, preload }) => ask(preload, leadQuery(params.id)),
  component: lazyScreen(() => import('./lead/lead.tsx'), 'LeadScreen'),
})

const work = createRoute({
  getParentRoute: () => app,
  path: '/work',
  validateSearch: readWorkSearch,
  component: lazyScreen(() => import('./calling/work.tsx'), 'WorkScreen'),
})

const callbacks = createRoute({
  getParentRoute: () => app,
  path: '/callbacks',
  validateSearch: readCallbacksSearch,
  component: lazyScreen(() => import('./callbacks/callbacks.tsx'), 'CallbacksScreen'),
})

const merge = createRoute({
  getParentRoute: () => app,
  path: '/leads/$id/merge',
  remountDeps,
  component: lazyScreen(() => import('./merge/merge.tsx'), 'MergeScreen'),
})

const history = createRoute({
  getParentRoute: () => app,
  path: '/leads/$id/history',
  remountDeps,
  validateSearch: readHistorySearch,
  component: lazyScreen(() => import('./history/history.tsx'), 'HistoryScreen'),
})

const conflicts = createRoute({
  getParentRoute: () => app,
  path: '/conflicts',
  validateSearch: readConflictSearch,
  staticData: { least_role: 'lead' },
  component: lazyScreen(() => import('./conflicts/conflicts.tsx'), 'ConflictsScreen'),
})

const handedOver = createRoute({
  getParentRoute: () => app,
  path: '/conflicts/handed-over',
  component: lazyScreen(() => import('./conflicts/handed-over.tsx'), 'HandedOverScreen'),
})

const conflictRules = createRoute({
  getParentRoute: () => app,
  path: '/conflicts/rules',
  staticData: { least_role: 'lead' },
  component: lazyScreen(() => import('./conflicts/rules.tsx'), 'RulesScreen'),
})

const conflict = createRoute({
  getParentRoute: () => app,
  path: '/conflicts/$id',
  remountDeps,
  validateSearch: readConflictSearch,
  component: lazyScreen(() => import('./conflicts/conflict.tsx'), 'ConflictScreen'),
})

const campaigns = createRoute({
  getParentRoute: () => app,
  path: '/campaigns',
  validateSearch: readCampaignsSearch,
  staticData: { least_role: 'lead' },
  component: lazyScreen(() => import('./campaigns/campaigns.tsx'), 'CampaignsScreen'),
})

const allocation = createRoute({
  getParentRoute: () => app,
  path: '/allocations/$id',
  remountDeps,
  staticData: { least_role: 'lead' },
  component: lazyScreen(() => import('./campaigns/allocation.tsx'), 'AllocationScreen'),
})

const importScreens = () => import('./imports/screens.ts')

const imports = createRoute({
  getParentRoute: () => app,
  path: '/imports',
  validateSearch: readImportsSearch,
  staticData: { least_role: 'lead' },
  component: lazyScreen(importScreens, 'ImportsScreen'),
})

const newImport = createRoute({
  getParentRoute: () => app,
  path: '/imports/new',
  validateSearch: readNewImportSearch,
  staticData: { least_role: 'lead' },
  component: lazyScreen(importScreens, 'NewImportScreen'),
})

/** Without a step it leads to the one at which the import is. */
const oneImport = createRoute({
  getParentRoute: () => app,
  path: '/imports/$id/{-$step}',
  remountDeps: ({ params }) => params.id,
  validateSearch: readImportRowsSearch,
  staticData: { least_role: 'lead' },
  component: lazyScreen(importScreens, 'ImportScreen'),
})

const template = createRoute({
  getParentRoute: () => app,
  path: '/templates/$id',
  remountDeps,
  staticData: { least_role: 'lead' },
  component: lazyScreen(() => import('./template/template.tsx'), 'TemplateScreen'),
})

const outcomes = createRoute({
  getParentRoute: () => app,
  path: '/outcomes',
  staticData: { least_role: 'lead' },
  component: lazyScreen(() => import('./outcomes/sets.tsx'), 'OutcomesScreen'),
})

const outcomeSet = createRoute({
  getParentRoute: () => app,
  path: '/outcomes/$set',
  remountDeps: ({ params }) => params,
  staticData: { least_role: 'lead' },
  component: lazyScreen(() => withTemporal(() => import('./outcomes/set.tsx')), 'OutcomeSetScreen'),
})

const contactHours = createRoute({
  getParentRoute: () => app,
  path: '/contact-hours',
  staticData: { least_role: 'lead' },
  component: lazyScreen(() => import('./contact-hours/list.tsx'), 'ContactHoursScreen'),
})

const oneContactHours = createRoute({
  getParentRoute: () => app,
  path: '/contact-hours/$id',
  remountDeps,
  staticData: { least_role: 'lead' },
  component: lazyScreen(() => import('./contact-hours/contact-hours.tsx'), 'OneContactHoursScreen'),
})

const dnc = createRoute({
  getParentRoute: () => app,
  path: '/dnc',
  validateSearch: readDncSearch,
  component: lazyScreen(() => import('./dnc/dnc.tsx'), 'DncScreen'),
})

const anywhere = createRoute({ getParentRoute: () => app, path: '$', component: NotFound })

const routeTree = root.addChildren([
  setup,
  login,
  board,
  app.addChildren([
    home,
    work,
    callbacks,
    dashboard,
    leads,
    bulkChanges,
    newLead,
    lead,
    merge,
    history,
    conflicts,
    handedOver,
    conflictRules,
    conflict,
    campaigns,
    allocation,
    imports,
    newImport,
    oneImport,
    template,
    outcomes,
    outcomeSet,
    contactHours,
    oneContactHours,
    dnc,
    ...placeRoutes,
    anywhere,
  ]),
])

export const router = createRouter({
  routeTree,
  basepath: BASE,
  defaultPreload: 'intent',
  // The cache of queries decides what is fresh.
  defaultPreloadStaleTime: 0,
  defaultPendingComponent: Loading,
  defaultErrorComponent: Crashed,
  scrollRestoration: true,
  getScrollRestorationKey: ({ state, href }) => state.scrolled_as ?? state.__TSR_key ?? href,
  parseSearch,
  stringifySearch,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
  interface StaticDataRouteOption {
    /** The screen is for this role and those above it. */
    least_role?: Role
  }
}
