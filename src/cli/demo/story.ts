// Gives the demo's contact centre a past: leads, calls, changes, clashes that wait.
// Everything comes in through the API, as it would; only the times are moved into the past afterwards.

import type { LeadDocument, Target } from '../../client/client.ts'
import { spreadIntoPast } from '../../db/demo.ts'
import type { Pool } from '../../db/pool.ts'
import { person, pickOne, randomFrom } from './people.ts'
import type { Systems } from './place.ts'

const ROWS_MAX = 1_000
/** Outcomes for called leads, weighted by repetition. */
const OUTCOMES = [
  ...['No Answer', 'No Answer', 'No Answer', 'Answering Machine', 'Busy', 'Callback', 'Callback'],
  ...['Client Approved Callback', 'Sale', 'Pitch No Sale', 'Pitch No Sale', 'Wrong Number'],
]
const CONFLICTS = 9

export async function tellStory(
  systems: Systems,
  pool: Pool,
  targets: readonly Target[],
  leads: number,
  say: (line: string) => void,
): Promise<void> {
  const random = randomFrom(2026)
  const share = [0.5, 0.3, 0.2]
  let n = 0
  const people: { target: Target; lead: Record<string, string> }[] = []
  for (const [i, target] of targets.entries()) {
    const size = Math.round(leads * share[i]!)
    for (let k = 0; k < size; k++) people.push({ target, lead: person(n++, random) })
  }
  for (const { target, rows } of chunks(people)) {
    const { code, body } = await systems.crm.insertLead(target, rows)
    if (code !== 0) throw new Error(`the demo's leads were refused: ${body.message}`)
  }
  say(`${people.length} leads have come in`)
  const called = people.filter((_, i) => i % 3 === 0)
  const outcomes = called.map(({ target, lead }) => ({ target, lead: outcomeOf(lead, random) }))
  for (const { target, rows } of chunks(outcomes)) await systems.office.updateLead(target, rows)
  await systems.office.addToDnc({
    list: 'private',
    phones: people.filter((_, i) => i % 97 === 5).map(({ lead }) => lead.Mobile!),
    reason: 'asked us not to call',
    source: 'letters of spring',
  })
  for (const campaign_id of new Set(targets.map((target) => target.campaign_id)))
    await spreadIntoPast(pool, campaign_id, 14)
  for (const { target, lead } of people.slice(1, 1 + CONFLICTS * 7).filter((_, i) => i % 7 === 0))
    await clash(systems, target, lead.njExternalLeadId!, random)
  say(`${called.length} of them have been called, ${CONFLICTS} changes wait for a decision`)
}

/** Someone changes the lead; the sync, which saw it before, wants something else: answered 110, and held. */
export async function clash(systems: Systems, target: Target, id: string, random: () => number) {
  const base = { njExternalLeadId: id, Mobile: '<NO CHANGE>' }
  // A lead that has never been called needs an outcome before an update may leave it out.
  await systems.office.updateLeadFast(target, { ...base, njDisposition: 'No Answer' })
  const seen = await systems.office.updateLeadFast(target, {
    ...base,
    City: pickOne(random, ['Carlton', 'Fitzroy', 'Richmond']),
    PostCode: pickOne(random, ['3053', '3065', '3121']),
    Name: `${pickOne(random, ['Maria', 'Peter', 'Sofia'])} ${pickOne(random, ['Costa', 'Larsen', 'Nowak'])}`,
  })
  return systems.crm.updateLeadFast(target, {
    ...base,
    njVersion: (seen.version ?? 2) - 1,
    City: pickOne(random, ['Docklands', 'Southbank', 'Kensington']),
    PostCode: pickOne(random, ['3008', '3006', '3031']),
    Email: 'new.address@example.com',
    ...(random() < 0.5 ? { Name: 'M. Costa-Larsen' } : {}),
  })
}

function outcomeOf(lead: Record<string, string>, random: () => number): LeadDocument {
  const njDisposition = pickOne(random, OUTCOMES)
  const outcome = { njExternalLeadId: lead.njExternalLeadId!, Mobile: '<NO CHANGE>', njDisposition }
  return njDisposition.includes('Callback') ? { ...outcome, njCallBackDate: dateIn(random) } : outcome
}

/** A quarter of an hour within three days back and ten days ahead, as the classic API writes it. */
function dateIn(random: () => number): string {
  const at = Temporal.Now.plainDateTimeISO().add({ minutes: Math.floor((random() * 13 - 3) * 24 * 60) })
  const hour = String(9 + (at.hour % 10)).padStart(2, '0')
  const minute = String(Math.floor(at.minute / 15) * 15).padStart(2, '0')
  return `${at.toPlainDate().toString().replaceAll('-', '/')} ${hour}:${minute}`
}

/** Rows of one target, as many as one call takes. */
function* chunks<Row extends { target: Target; lead: LeadDocument }>(rows: readonly Row[]) {
  for (const [target, all] of Map.groupBy(rows, ({ target }) => target))
    for (let from = 0; from < all.length; from += ROWS_MAX)
      yield { target, rows: all.slice(from, from + ROWS_MAX).map(({ lead }) => lead) }
}
