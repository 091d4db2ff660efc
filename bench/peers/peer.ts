// What every peer can do: take leads, and change one by its external id. How each spells that is in a file of its own.

/** Names and numbers as an Australian writes them: ten digits that begin with 0. */
export interface SampleLead {
  external_id: string
  first_name: string
  last_name: string
  street: string
  city: string
  state: string
  post_code: string
  email: string
  mobile: string
  landline: string
}

/** A lead that a peer has taken, with the id that the peer gave it; null: the peer does not say. */
export interface TakenLead {
  external_id: string
  id: string | null
}

export interface HttpRequest {
  method: 'POST' | 'PUT'
  /** Below the address of the peer. */
  path: string
  headers: Record<string, string>
  body: string
}

export interface HttpAnswer {
  status: number
  body: string
}

/** What became of the leads of one request. */
export interface Outcome {
  taken: number
  /** By rules for leads, such as duplicates: how many, by the reason. */
  refused: Record<string, number>
  /** Anything else. */
  errors: Record<string, number>
  /** Of a single lead that was taken. */
  id: string | null
}

export const taken = (leads = 1, id: string | null = null): Outcome => ({
  taken: leads,
  refused: {},
  errors: {},
  id,
})
export const refused = (why: string, leads = 1): Outcome => ({
  taken: 0,
  refused: { [why]: leads },
  errors: {},
  id: null,
})
export const failed = (why: string, leads = 1): Outcome => ({
  taken: 0,
  refused: {},
  errors: { [why]: leads },
  id: null,
})

/** A peer that takes one lead per request. */
export interface Adapter {
  insert(lead: SampleLead): HttpRequest
  /** A call reached nobody, and the city is another one. */
  update(lead: TakenLead, city: string): HttpRequest
  read(answer: HttpAnswer): Outcome
}

/** A peer as the bench drives it. */
export interface Peer {
  name: string
  /** Leads of one request. */
  rows: number
  insert(leads: readonly SampleLead[]): Promise<Outcome>
  update(leads: readonly TakenLead[], city: string): Promise<Outcome>
}

/** The number as E.164 digits. */
export const e164 = (number: string) => `61${number.slice(1)}`
