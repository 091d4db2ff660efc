// A clash for newcomers to practise on: handed to the agent of the demo, and there again once it is settled.

import type { Target } from '../../client/client.ts'
import { accepted, type Systems } from './place.ts'

const LOGIN = 'ann'
const LEAD = {
  njExternalLeadId: 'PRACTICE',
  Name: 'Pat Practice',
  StreetAddress: '1 Station Street',
  City: 'Brunswick',
  State: 'VIC',
  PostCode: '3056',
  Email: 'pat@example.com',
  // Of the numbers that Australia keeps for fiction.
  Mobile: '0491 570 156',
}
const NOTE =
  'For practice: Pat is made up, so decide as you like. Another one comes when you have settled it.'

/** The values that the floor and the sync want, in turn: what is saved already would not clash. */
const WANTED = [
  { floor: { City: 'Carlton', PostCode: '3053' }, sync: { City: 'Docklands', PostCode: '3008' } },
  { floor: { City: 'Fitzroy', PostCode: '3065' }, sync: { City: 'Southbank', PostCode: '3006' } },
] as const

/** Does nothing while one waits. */
export async function practice({ office, crm }: Systems, target: Target): Promise<void> {
  // A second insert is refused, and names the lead that is there.
  const { lead_id } = await office.insertLeadFast(target, LEAD)
  if (!lead_id) return
  const waiting = await accepted(office.conflicts({ lead_id }))
  if (waiting.items.length > 0) return
  const { fields, version } = await accepted(office.lead(lead_id))
  const { floor, sync } = WANTED.find(
    (one) => ![one.floor.City, one.sync.City].includes(fields.City as never),
  )!
  await accepted(office.patchLead(lead_id, version, { fields: { ...floor, Name: `Pat ${floor.City}` } }))
  const held = await accepted(
    crm.patchLead(lead_id, version, { fields: { ...sync, Name: `Pat ${sync.City}` } }, 'hold'),
  )
  const { items: people } = (await office.operators()).body
  const ann = people.find(({ login }) => login === LOGIN)
  if (ann && 'conflict_id' in held)
    await office.assignConflict(held.conflict_id, { operator_id: ann.operator_id, was: null, note: NOTE })
}
