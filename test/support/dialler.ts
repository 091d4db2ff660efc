// What a dialler gets and sends, as the tests read it.

export interface Lead {
  id: string
  version: number
  fields: Record<string, string>
  phones: { field: string; number?: string; state: string; blocked_by?: string }[]
  disposition: string | null
  callback: { local: string; zone: string; at: string } | null
  callback_agent: string | null
  priority: number
  client_approved: boolean
  closed: boolean
}

export interface Leases {
  items: { lease_id: string; expires_at: string; numbers: { field: string; number: string }[]; lead: Lead }[]
}

export interface OutcomeReport {
  disposition: string
  phone: string
  [more: string]: unknown
}

export interface Reported {
  lease_id: string
  lead_id: string
  version: number | null
  applied: boolean
  disposition: string | null
  closed: boolean
  callback_at: string | null
  priority: number | null
  held: string[]
  not_taken: { code: number }[]
}
