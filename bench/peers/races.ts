// Many inserts of one new number at once: one lead must get in, each time.

import type { Peer, SampleLead } from './peer.ts'

export type Raced = {
  races: number
  /** Leads that got in, of all races. */
  got_in: number
  /** Races in which several leads got in, and in which none did. */
  several: number
  none: number
}

/** `next`: a lead with numbers of its own; the racers differ by their external ids alone. */
export async function race(
  peer: Peer,
  races: number,
  racers: number,
  next: () => SampleLead,
): Promise<Raced> {
  const raced: Raced = { races, got_in: 0, several: 0, none: 0 }
  for (let i = 0; i < races; i++) {
    const lead = next()
    const runners = Array.from({ length: racers }, (_, k) => ({
      ...lead,
      external_id: `${lead.external_id.slice(0, 15)}${k}`,
    }))
    const outcomes = await Promise.all(runners.map((runner) => peer.insert([runner])))
    const got_in = outcomes.reduce((all, { taken }) => all + taken, 0)
    raced.got_in += got_in
    if (got_in > 1) raced.several++
    if (got_in === 0) raced.none++
  }
  return raced
}
