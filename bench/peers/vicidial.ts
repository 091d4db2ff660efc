// VICIdial's non-agent API: a form in, lines of text out, always with status 200. It takes user and password as
// parameters; they are in the body, because addresses end up in logs.

import { type Adapter, failed, type HttpAnswer, type Outcome, refused, taken } from './peer.ts'

export interface VicidialAccess {
  user: string
  password: string
  list_id: string
}

/** A number is the country's code and the rest without the leading zero. */
const COUNTRY = '61'
const national = (number: string) => number.slice(1)

export function vicidial({ user, password, list_id }: VicidialAccess): Adapter {
  const request = (parameters: Record<string, string>) => ({
    method: 'POST' as const,
    path: '/vicidial/non_agent_api.php',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ source: 'leadline-bench', user, pass: password, ...parameters }).toString(),
  })
  return {
    insert: (lead) =>
      request({
        function: 'add_lead',
        list_id,
        duplicate_check: 'DUPLIST',
        dnc_check: 'Y',
        phone_code: COUNTRY,
        phone_number: national(lead.mobile),
        alt_phone: national(lead.landline),
        vendor_lead_code: lead.external_id,
        first_name: lead.first_name,
        last_name: lead.last_name,
        address1: lead.street,
        city: lead.city,
        // Two letters at most.
        state: lead.state.slice(0, 2),
        postal_code: lead.post_code,
        email: lead.email,
      }),
    update: ({ external_id }, city) =>
      request({
        function: 'update_lead',
        search_method: 'VENDOR_LEAD_CODE',
        vendor_lead_code: external_id,
        city,
        status: 'NA',
      }),
    read,
  }
}

const REFUSAL = /^(?:ERROR|NOTICE): (?:add_lead|update_lead) (DUPLICATE|PHONE NUMBER IN|NO MATCHES FOUND)\b/m
// The text of a refused sign-in repeats the password: no more of an answer is shown than is known.
const SIGN_IN = /Username\/Password|Login incorrect/i
const ERROR = /^ERROR: ((?:add_lead|update_lead) [A-Z ,_/]+?) - /m

function read({ status, body }: HttpAnswer): Outcome {
  if (status !== 200) return failed(`HTTP ${status}`)
  const done = /^SUCCESS: (?:add_lead LEAD HAS BEEN ADDED|update_lead LEAD HAS BEEN UPDATED) - (.*)$/m.exec(
    body,
  )
  if (done !== null) return taken(1, done[1]!.split('|')[3] ?? null)
  const why = REFUSAL.exec(body)?.[1]
  if (why !== undefined) return refused(why === 'PHONE NUMBER IN' ? 'DNC' : why)
  if (SIGN_IN.test(body)) return failed('a refused sign-in')
  return failed(ERROR.exec(body)?.[1] ?? 'an answer that is not understood')
}
