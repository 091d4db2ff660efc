// People at the screens: a client that keeps cookies and says where it comes from, as browsers do.

import type { Server } from '../../src/cli/server.ts'
import { LeadlineClient } from '../../src/client/client.ts'
import type { Role } from '../../src/core/operator.ts'
import { createOperator } from '../../src/db/operators.ts'
import { ensureTeam } from '../../src/db/teams.ts'
import { COOKIE } from '../../src/http/door/sessions.ts'
import { hashPassword } from '../../src/intake/password.ts'
import { openSession } from '../../src/intake/sign-in.ts'

/** The password of every operator of `asOperator`. */
export const PASSWORD = 'six tall poplars'

/** Cookies by name, and a fetch that sends and keeps them. */
export class Browser {
  readonly cookies = new Map<string, string>()
  /** Set-Cookie headers as they came, newest last. */
  readonly set_cookies: string[] = []

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const headers = new Headers(init.headers)
    if (this.cookies.size > 0)
      headers.set('Cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    if (!headers.has('Origin')) headers.set('Origin', new URL(String(input)).origin)
    const response = await fetch(input, { ...init, headers })
    for (const line of response.headers.getSetCookie()) {
      this.set_cookies.push(line)
      const [, name, value, rest] = /^([^=]+)=([^;]*)(.*)$/.exec(line)!
      if (/max-age=0/i.test(rest!)) this.cookies.delete(name!)
      else this.cookies.set(name!, value!)
    }
    return response
  }
}

/** An operator at a screen; nobody is signed in at first. */
export class OperatorClient extends LeadlineClient {
  readonly browser: Browser
  readonly operator: { operator_id: number; login: string; name: string; role: Role }
  readonly password = PASSWORD

  constructor(url: string, operator: OperatorClient['operator'], browser = new Browser()) {
    super({ url, key: null, fetch: browser.fetch })
    this.browser = browser
    this.operator = operator
  }
}

let password_hash: Promise<string> | undefined
let people = 0

export async function signedInOperator(
  { pool, url }: Pick<Server, 'pool' | 'url'>,
  role: Role,
  teams: string[],
): Promise<OperatorClient> {
  // Worked out once for a test file: it is costly on purpose.
  password_hash ??= hashPassword(PASSWORD)
  const [hash, n] = [await password_hash, ++people]
  const made = { login: `${role}-${n}`, name: `Robin ${role} ${n}`, role }
  const { operator, token } = await pool.transaction(async (tx) => {
    const team_ids: number[] = []
    for (const team of teams) team_ids.push(await ensureTeam(tx, team))
    const operator_id = await createOperator(tx, {
      ...made,
      password_hash: hash,
      created_by: 'system',
      team_ids,
    })
    return (await openSession(tx, operator_id!, hash, { request_id: 'test' }))!
  })
  const client = new OperatorClient(url, { operator_id: operator.operator_id, ...made })
  client.browser.cookies.set(COOKIE, token)
  return client
}
