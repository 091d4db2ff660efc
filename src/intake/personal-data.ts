// Answers a person who asks what is held about them.

import { type LeadKey, readLeadId } from '../core/lead.ts'
import { ok, type Result, refuse } from '../core/result.ts'
import { readSearch } from '../core/search.ts'
import { audit } from '../db/audit.ts'
import { type DncEvidenceRow, dncEvidence } from '../db/dnc.ts'
import { type RowOfLead, rowsOfLead } from '../db/import-rows.ts'
import { type LeadView, viewFound } from '../db/leads.ts'
import { leadsOfNumber, type Records, recordsOf } from '../db/personal-data.ts'
import type { Pool } from '../db/pool.ts'
import type { Filter } from '../db/search-parts.ts'
import type { Sight } from '../db/sight.ts'
import type { Author } from './actor.ts'
import type { Search, SearchPlace } from './search.ts'

/** One person is on so many leads at most; more are a sample, or a number that many share. */
const PERSON_LEADS_MAX = 200
const DNC_ROWS_MAX = 1_000
/** Leads that have the words of an address, but perhaps not the address. */
const READ_MAX = 5_000
const PAGE_ROWS = 100

interface PersonAsked {
  /** E.164 digits. */
  phone: number | null
  email: string | null
  /** The region in which the e-mail address would be read as a number. */
  region: string
}

interface PersonalData {
  leads: (Records & { lead: LeadView; file_rows: RowOfLead[] })[]
  do_not_call: Omit<DncEvidenceRow, 'blocks'>[]
}

/** All that the caller's teams hold about a person. Leaves an entry in the audit log. */
export async function personalDataOf(
  { pool, search }: { pool: Pool; search: Search },
  { phone, email, region }: PersonAsked,
  sight: Sight,
  by: Author,
): Promise<Result<PersonalData>> {
  const keys = new Map<string, LeadKey>()
  const add = (found: readonly LeadKey[]) => {
    for (const key of found) keys.set(`${key.campaign_id}-${key.number}`, key)
  }
  if (phone !== null) add(await leadsOfNumber(pool, sight, phone, PERSON_LEADS_MAX + 1))
  if (email !== null) {
    const found = await leadsOfEmail(search, email, region, sight, by.actor)
    if (found.refusal) return found
    add(found.ok)
  }
  if (keys.size > PERSON_LEADS_MAX)
    return refuse(
      'TOO_LARGE',
      `more than ${PERSON_LEADS_MAX} leads have this number or address: it does not name one person`,
    )
  const records = await recordsOf(pool, [...keys.values()])
  const views = new Map((await viewFound(pool, records, sight)).map((lead) => [lead.id, lead]))
  const leads: PersonalData['leads'] = []
  for (const { campaign_id, number, ...held } of records) {
    const lead = views.get(`${campaign_id}-${number}`)
    if (lead) leads.push({ lead, ...held, file_rows: await rowsOfLead(pool, sight, number) })
  }
  const entries =
    phone === null ? [] : await dncEvidence(pool, sight, { phone, campaign_id: null }, DNC_ROWS_MAX)
  const do_not_call = entries.map(({ blocks: _, ...entry }) => entry)
  const details = { leads: leads.map(({ lead }) => lead.id) }
  await audit(pool, { ...by, action: 'person.export', subject: 'person', details })
  return ok({ leads, do_not_call })
}

/** The search names the leads that have its words; the address itself decides, in whatever case it is written. */
async function leadsOfEmail(
  search: Search,
  email: string,
  region: string,
  { team_ids }: Sight,
  actor: string,
): Promise<Result<LeadKey[]>> {
  const wanted = email.toLowerCase()
  const query = readSearch(email, region)
  const asked = { by: actor, filter: { ...EVERY_LEAD, team_ids }, query, rows_max: PAGE_ROWS }
  const found: LeadKey[] = []
  let from: SearchPlace | null = null
  for (let read = 0; read < READ_MAX; read += PAGE_ROWS) {
    const page: Awaited<ReturnType<Search['find']>> = await search.find({ ...asked, from })
    if (page.refusal) return page
    for (const { id, fields } of page.ok.items)
      if (Object.values(fields).some((text) => text.trim().toLowerCase() === wanted))
        found.push(readLeadId(id)!)
    if (page.ok.next === null || found.length > PERSON_LEADS_MAX) return ok(found)
    from = page.ok.next
  }
  return refuse('TOO_LARGE', 'too many leads have the words of this address: ask by the phone number')
}

const EVERY_LEAD: Omit<Filter, 'team_ids'> = {
  campaign_id: null,
  allocation_id: null,
  dispositions: null,
  callback_from: null,
  callback_to: null,
  callback_agent: null,
  closed: null,
  has_conflict: null,
  changed_by: null,
  import_id: null,
}
