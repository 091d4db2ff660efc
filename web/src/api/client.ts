// The client of the app, the exception for refusals, and the cache of answers.

import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import type { Page } from '../../../src/client/answer.ts'
import { type Answer, LeadlineClient, NoAnswer, type Problem } from '../../../src/client/client.ts'
import { createStore } from '../store.ts'
import { learnTime } from './clock.ts'

/** The path that the app is served below: '/', or that of a proxy. */
export const BASE = new URL(
  document.querySelector<HTMLMetaElement>('meta[name="leadline-base"]')?.content ?? '/',
  window.location.origin,
).pathname

/** It speaks to the server that the page came from, with the cookie of the session. */
export const client = new LeadlineClient({
  url: window.location.origin + BASE,
  key: null,
  fetch: async (...request) => {
    const response = await fetch(...request)
    learnTime(response.headers.get('Date'))
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

/** Notices the end of the session, whichever request met it. */
function notice(error: unknown): void {
  if (error instanceof Refused && error.problem.name === 'UNAUTHORIZED') sessionEnded.set(true)
}

export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: notice }),
  mutationCache: new MutationCache({
    onError: (error, _variables, _context, mutation) => {
      // A wrong password at the sign-in does not end a session.
      if (mutation.meta?.signs_in !== true) notice(error)
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
