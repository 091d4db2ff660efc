// EspoCRM's REST API. It has no external id and no do-not-call list: a lead is changed by EspoCRM's own id, and only
// duplicates are refused.

import { type Adapter, e164, failed, type HttpAnswer, type Outcome, refused, taken } from './peer.ts'

export function espocrm(key: string): Adapter {
  const request = (method: 'POST' | 'PUT', path: string, body: object) => ({
    method,
    path: `/api/v1/${path}`,
    headers: { 'X-Api-Key': key, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  return {
    insert: (lead) =>
      request('POST', 'Lead', {
        firstName: lead.first_name,
        lastName: lead.last_name,
        addressStreet: lead.street,
        addressCity: lead.city,
        addressState: lead.state,
        addressPostalCode: lead.post_code,
        emailAddress: lead.email,
        phoneNumberData: [
          { phoneNumber: `+${e164(lead.mobile)}`, type: 'Mobile', primary: true },
          { phoneNumber: `+${e164(lead.landline)}`, type: 'Home', primary: false },
        ],
      }),
    update: ({ id }, city) =>
      request('PUT', `Lead/${encodeURIComponent(id!)}`, { addressCity: city, status: 'In Process' }),
    read,
  }
}

function read({ status, body }: HttpAnswer): Outcome {
  if (status === 409) return refused('409')
  if (status !== 200 && status !== 201) return failed(`HTTP ${status}`)
  const id = idOf(body)
  return id === null ? failed('an answer without an id') : taken(1, id)
}

function idOf(body: string): string | null {
  try {
    return (JSON.parse(body) as { id?: string }).id ?? null
  } catch {
    return null
  }
}
