// The frame of all screens, and the part of it that is behind the sign-in.

import type { FetchQueryOptions } from '@tanstack/react-query'
import { createRootRoute, createRoute, redirect } from '@tanstack/react-router'
import { queries } from './api/client.ts'
import { sessionQuery } from './api/session.ts'
import { setUpQuery } from './api/set-up.ts'
import { openKept } from './kept.ts'
import { NotFound } from './shell/page.tsx'
import { Root, Shell } from './shell/shell.tsx'

export const root = createRootRoute({
  component: Root,
  notFoundComponent: NotFound,
})

export const session = () => queries.ensureQueryData(sessionQuery)

/** Asks for the data of a screen while its code is loaded. A link that is only pointed at loads the code. */
export function ask<Data, Key extends readonly unknown[]>(
  pointed_at: boolean,
  query: FetchQueryOptions<Data, Error, Data, Key>,
): void {
  if (!pointed_at) void queries.prefetchQuery(query)
}

/** Everything behind the sign-in. */
export const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: async ({ location }) => {
    const { setup, operator, drafts_key } = await session()
    if (setup) throw redirect({ to: '/setup' })
    if (!operator || !drafts_key) throw redirect({ to: '/login', search: { to: location.href } })
    await openKept(operator.operator_id, drafts_key)
  },
  loader: ({ preload }) => ask(preload, setUpQuery),
  component: Shell,
})
