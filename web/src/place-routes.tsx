// The addresses of the screens for those who run the place.

import { createRoute } from '@tanstack/react-router'
import { app, remountDeps } from './app-route.tsx'
import { lazyScreen } from './load-screen.tsx'
import { readActionsSearch, readAuditSearch, readKeysSearch } from './search.ts'

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

export const placeRoutes = [people, keys, audit, actions, newAction, action] as const
