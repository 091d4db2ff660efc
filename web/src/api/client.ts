// The one client of the app. It speaks to the server that the page came from, with the cookie of the session.

import { type Answer, LeadlineClient, NoAnswer, type Problem } from '../../../src/client/client.ts'
import { learnTime } from './clock.ts'

/** Below which path the app stands: '/', or that of a proxy. */
export const BASE = new URL(
  document.querySelector<HTMLMetaElement>('meta[name="leadline-base"]')?.content ?? '/',
  window.location.origin,
).pathname

export const client = new LeadlineClient({ url: window.location.origin + BASE, key: null })

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

export type RequestOptions = NonNullable<Parameters<LeadlineClient['request']>[2]>

/**
 * A request whose refusal is an exception, as the cache of queries wants it.
 * @throws Refused, NoAnswer
 */
export async function call<Body>(method: string, path: string, options?: RequestOptions): Promise<Body> {
  const answer = await client.request<Body>(method, path, options)
  learnTime(answer.headers.get('Date'))
  if (answer.status >= 400) throw new Refused(answer as unknown as Answer<Problem>)
  return answer.body
}

export interface Page<Item> {
  items: Item[]
  next_cursor: string | number | null
}

/** Every page of a list; for those that are short. */
export async function all<Item>(path: string): Promise<Item[]> {
  const items: Item[] = []
  let cursor: Page<Item>['next_cursor'] = null
  do {
    const query: Record<string, string | number | undefined> = { limit: 500, cursor: cursor ?? undefined }
    const page: Page<Item> = await call('GET', path, { query })
    items.push(...page.items)
    cursor = page.next_cursor
  } while (cursor !== null)
  return items
}
