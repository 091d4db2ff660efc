// The frame of all screens, and the part of it that is behind the sign-in.

import type { FetchQueryOptions } from '@tanstack/react-query'
import { createRootRoute, createRoute } from '@tanstack/react-router'
import { queries } from './api/client.ts'
import { setUpQuery } from './api/set-up.ts'
import { NotFound } from './shell/page.tsx'
import { Root, Shell } from './shell/shell.tsx'
import { signedIn } from './start/signed-in.ts'

export const root = createRootRoute({
  component: Root,
  notFoundComponent: NotFound,
})

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
  beforeLoad: async ({ location }) => void (await signedIn(location.href)),
  loader: ({ preload }) => ask(preload, setUpQuery),
  component: Shell,
})

/** Another lead or conflict is another screen: no state is carried over. */
export const remountDeps = ({ params }: { params: { id: string } }) => params
