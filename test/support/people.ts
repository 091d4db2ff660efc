// People with names for tests and pictures of the app: leads as a call centre would have them.

import type { LeadlineClient, Target } from '../../src/client/client.ts'

const NAMES =
  `Jane Citizen, Thomas Nguyen, Maria Kowalska, Oliver Smith, Amelia Brown, Wei Chen, Isla Macdonald,
  Mohammed Al-Farsi, Grace O'Connor, Lucas Silva, Hannah Müller, Noah Williams, Priya Raman, Ella Johansson, Jack Taylor,
  Sofia Papadopoulos, Henry Walker, Chloe Dubois, Daniel Kim, Ruby Anderson`
    .split(',')
    .map((name) => name.trim())

const PLACES = [
  ['12 Hoddle Street', 'Abbotsford', 'Vic', '3067'],
  ['4/88 Beaufort Street', 'Perth', 'WA', '6000'],
  ['301 Ann Street', 'Brisbane', 'Qld', '4000'],
  ['9 Salamanca Place', 'Hobart', 'Tas', '7004'],
  ['77 King William Road', 'Unley', 'SA', '5061'],
] as const

/** The i-th person as the sample template has them. */
export function person(i: number) {
  const name = NAMES[i % NAMES.length]!
  const [StreetAddress, City, State, PostCode] = PLACES[i % PLACES.length]!
  const login = name.toLowerCase().replaceAll(/[^a-z]+/g, '.')
  return {
    Name: name,
    StreetAddress,
    City,
    State,
    PostCode,
    Email: `${login}@example.com`,
    FirstPhone: `04${12_345_000 + i * 7}`,
    ...(i % 3 === 0 ? { SecondPhone: `038321${8100 + i}` } : {}),
    njExternalLeadId: `CRM-${1040 + i}`,
  }
}

/** Leads of all sorts, the last one newest; their ids. */
export async function insertPeople(client: LeadlineClient, target: Target, count = 20): Promise<string[]> {
  const ids: string[] = []
  for (let i = 0; i < count; i++) {
    const { lead_id, body } = await client.insertLeadFast(target, person(i))
    if (!lead_id) throw new Error(`the lead of ${person(i).Name} was refused: ${body.message}`)
    ids.push(lead_id)
  }
  return ids
}

/** An outcome for a lead, by its external id, as a dialler's integration reports it. */
export const outcome = (client: LeadlineClient, target: Target, i: number, more: Record<string, string>) =>
  client.updateLeadFast(
    target,
    { FirstPhone: '<NO CHANGE>', ...more },
    { njExternalLeadId: `CRM-${1040 + i}` },
  )
