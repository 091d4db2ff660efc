// The cache of what the server said. A session that has ended is noticed here, whichever request met it.

import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { Refused } from './client.ts'
import { sessionEnded } from './session-ended.ts'

function notice(error: unknown): void {
  if (error instanceof Refused && error.problem.name === 'UNAUTHORIZED') sessionEnded.set(true)
}

/** Only what may pass by itself is tried again. */
const retry = (failures: number, error: unknown) =>
  failures < 2 && (error instanceof Refused ? error.problem.retryable : true)

export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: notice }),
  mutationCache: new MutationCache({
    onError: (error, _variables, _context, mutation) => {
      // A wrong password at the sign-in is no ended session.
      if (mutation.meta?.signs_in !== true) notice(error)
    },
  }),
  defaultOptions: {
    queries: { retry, staleTime: 5_000, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
})
