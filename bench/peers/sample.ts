// Leads that no peer has: random Australian numbers, none twice in a run.

import { Dealer, externalId, LANDLINES, landline, MOBILES, mobile } from '../numbers.ts'
import type { SampleLead } from './peer.ts'

export class SampleLeads {
  readonly #run: string
  readonly #mobiles = new Dealer(MOBILES)
  readonly #landlines = new Dealer(LANDLINES)
  #count = 0

  /** `run`: makes external ids and addresses this run's own. */
  constructor(run: string) {
    this.#run = run
  }

  next(): SampleLead {
    const number = ++this.#count
    return {
      external_id: externalId(this.#run, `p${number}`),
      first_name: 'Jane',
      last_name: `Smith ${this.#run} ${number}`,
      street: '12 Langridge Street',
      city: 'Abbotsford',
      state: 'Vic',
      post_code: '3067',
      email: `jane.${this.#run}.${number}@example.com`,
      mobile: mobile(this.#mobiles.deal()),
      landline: landline(this.#landlines.deal()),
    }
  }
}
