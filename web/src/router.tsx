// Every screen with its address. A screen is loaded when it is opened. Operators are turned away here from screens that
// they may not see.

import { createRoute, createRouter, redirect } from '@tanstack/react-router'
import type { Role } from '../../src/client/api.ts'
import { BASE } from './api/client.ts'
import { leadQuery, leadsQuery } from './api/leads.ts'
import { app, ask, root, session } from './app-route.tsx'
import { startHidden } from './home/hidden.ts'
import { lazyScreen } from './load-screen.tsx'
import {
  readActionsSearch,
  readAuditSearch,
  readCampaignsSearch,
  readConflictSearch,
  readDncSearch,
  readHistorySearch,
  readImportRowsSearch,
  readImportsSearch,
  readKeysSearch,
  readLeadSearch,
  readNewImportSearch,
  readNewLeadSearch,
} from './search.ts'
import { Crashed, Loading, NotFound } from './shell/page.tsx'
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

/** Where to go after the sign-in: a path of this app. Set even when undefined, or the raw value would stay. */
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
  component: lazyScreen(() => import('./start/login.tsx'), 'LoginScreen'),
})

/** Another lead or conflict is another screen: no state is carried over. */
const remountDeps = ({ params }: { params: { id: string } }) => params

const home = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad: async () => {
    const { operator } = await session()
    if (operator?.role !== 'admin' || startHidden.get()) throw redirect({ to: '/leads' })
  },
  component: lazyScreen(() => import('./home/home.tsx'), 'HomeScreen'),
})

const leads = createRoute({
  getParentRoute: () => app,
  path: '/leads',
  validateSearch: readLeadSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ deps, preload }) => ask(preload, leadsQuery(deps)),
  component: lazyScreen(() => import('./leads/leads.tsx'), 'LeadsScreen'),
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

const people = createRoute({
  getParentRoute: () => app,
  path: '/people',
  staticData: { least_role: 'admin' },
  component: lazyScreen(() => import('./people/people.tsx'), 'PeopleScreen'),
})

const keys = createRoute({
  getParentRoute: () => app,
  path: '/keys',
  validateSearch: readKeysSearch,
  staticData: { least_role: 'admin' },
  component: lazyScreen(() => import('./keys/keys.tsx'), 'KeysScreen'),
})

const audit = createRoute({
  getParentRoute: () => app,
  path: '/audit',
  validateSearch: readAuditSearch,
  staticData: { least_role: 'admin' },
  component: lazyScreen(() => import('./audit/audit.tsx'), 'AuditScreen'),
})

const actions = createRoute({
  getParentRoute: () => app,
  path: '/actions',
  validateSearch: readActionsSearch,
  staticData: { least_role: 'manager' },
  component: lazyScreen(() => import('./actions/actions.tsx'), 'ActionsScreen'),
})

const newAction = createRoute({
  getParentRoute: () => app,
  path: '/actions/new',
  staticData: { least_role: 'manager' },
  component: lazyScreen(() => import('./actions/editor.tsx'), 'NewActionScreen'),
})

const action = createRoute({
  getParentRoute: () => app,
  path: '/actions/$id',
  remountDeps,
  staticData: { least_role: 'manager' },
  component: lazyScreen(() => import('./actions/editor.tsx'), 'ActionScreen'),
})

const anywhere = createRoute({ getParentRoute: () => app, path: '$', component: NotFound })

const routeTree = root.addChildren([
  setup,
  login,
  app.addChildren([
    home,
    leads,
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
    people,
    keys,
    audit,
    actions,
    newAction,
    action,
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
  // Addresses stay readable: ?q=0383218199, not quoted JSON.
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
    /** The screen is for this role and those above it. */
    least_role?: Role
  }
}
