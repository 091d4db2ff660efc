import type { Reply, RequestOptions } from './answer.ts'
import type { LeadlineClient } from './client.ts'

/** For routes that are functions, because most pages of the app do without them: a method of the client is in all of them. */
export const asked = <Body>(
  client: Pick<LeadlineClient, 'request'>,
  method: string,
  address: string,
  options?: RequestOptions,
) => client.request(method, address, options) as Promise<Reply<Body>>
