// The client of the app, the exception for refusals, and the cache of answers.

import { MutationCache, QueryClient } from '@tanstack/react-query'
import type { Page } from '../../../src/client/answer.ts'
import { type Answer, LeadlineClient, NoAnswer, type Problem } from '../../../src/client/client.ts'
import { createStore } from '../store.ts'
import { learnTime } from './clock.ts'
import { BASE, connected, lookForServer } from './connection.ts'

export { BASE }

/** It speaks to the server that the page came from, with the cookie of the session. */
export const client = new LeadlineClient({
  url: window.location.origin + BASE,
  key: null,
  fetch: async (...request) => {
    const response = await fetch(...request).catch((error) => {
      if (!(error instanceof Error && error.name === 'AbortError')) void lookForServer()
      throw error
    })
    connected.set(true)
    learnTime(response.headers.get('Date'))
    if (response.status === 401 && isSignedIn()) sessionEnded.set(true)
    return response
  },
})

/** The server said no: with its code, what to do, and the id to find the request by. */
export class Refused extends Error {
  readonly problem: Problem
  readonly status: number
  readonly retry_after_s: number | null
  constructor({ body, status, retry_after_s }: Answer<Problem>) {
    super(body.name)
    this.problem = body
    this.status = status
    this.retry_after_s = retry_after_s
  }
}

export { NoAnswer }

/**
 * Unwraps the body of an answer and throws a refusal, as the cache of queries expects.
 * @throws Refused, NoAnswer
 */
export async function must<Given extends Answer>(
  asked: Promise<Given>,
): Promise<Exclude<Given['body'], Problem>> {
  const answer = await asked
  if (!answer.ok) throw new Refused(answer as Answer<Problem>)
  return answer.body as Exclude<Given['body'], Problem>
}

/** Reads every page of a list; for short lists. */
export async function all<Item>(
  ask: (page: { limit: number; cursor?: number }) => Promise<Answer<Page<Item> | Problem>>,
): Promise<Item[]> {
  const items: Item[] = []
  let cursor: number | undefined
  do {
    const page: Page<Item> = await must(ask({ limit: 500, cursor }))
    items.push(...page.items)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return items
}

/** Whether the session ended during the work: the screen stays as it is, a dialog asks the operator to sign in. */
export const sessionEnded = createStore(false)

/** Whether this page belongs to an operator; a wrong password at the sign-in ends no session. */
const isSignedIn = () => queries.getQueryData<{ operator: unknown }>(['session'])?.operator != null

/** What the end of the session refused. Nothing of it was written. */
const interrupted: (() => Promise<unknown>)[] = []

/** Does it again, once, after the operator has signed in again. */
export function repeatInterrupted(): void {
  for (const again of interrupted.splice(0)) again().catch(() => undefined)
}

export const queries = new QueryClient({
  mutationCache: new MutationCache({
    onError: (error, variables, _context, mutation) => {
      const is_refused = error instanceof Refused && error.problem.name === 'UNAUTHORIZED'
      if (is_refused && sessionEnded.get() && mutation.meta?.signs_in !== true)
        interrupted.push(() => mutation.execute(variables))
    },
  }),
  defaultOptions: {
    queries: {
      // Only failures that can pass by themselves are retried.
      retry: (failures, error) => failures < 2 && (error instanceof Refused ? error.problem.retryable : true),
      staleTime: 5_000,
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})
