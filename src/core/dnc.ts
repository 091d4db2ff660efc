// Why a number may be called or not, in one sentence for people.

import type { DncList } from './result.ts'

/** An entry as far as the sentence speaks of it. Times are RFC 3339. */
export interface Evidence {
  list: DncList
  campaign_id: number | null
  reason: string | null
  expires_at: string | null
  added_at: string
  added_by: string
  removed_at: string | null
  removed_by: string | null
  removed_reason: string | null
  /** Neither removed nor lapsed. */
  standing: boolean
  /** It is the one that blocks. */
  blocks: boolean
}

/** `entries`: what speaks about the number in the campaign (null: anywhere), the newest first. */
export function explainDnc(entries: readonly Evidence[], campaign_id: number | null): string {
  const blocking = entries.find(({ blocks }) => blocks)
  if (blocking?.list === 'private') return `${onList(blocking)}: may not be called in any campaign`
  if (blocking) return `${onList(blocking)}: may not be called in this campaign`

  const standing = entries.filter((entry) => entry.standing)
  const client = standing.find(({ list }) => list === 'client')
  const of_campaigns = standing.filter(({ list }) => list === 'campaign')
  const where = campaign_id === null ? 'in every campaign' : 'in this campaign'
  if (client) {
    const despite = of_campaigns.length > 0 ? `${names(of_campaigns)}, but ` : ''
    return `${despite}${onList(client)}: may be called ${where}`
  }
  if (of_campaigns.length > 0) return `${names(of_campaigns)}: may be called in the other campaigns only`
  const past = entries.find(({ list }) => list !== 'client')
  return past
    ? `on no list now, ${past.removed_at === null ? lapsed(past) : removed(past)}: may be called ${where}`
    : `on no list: may be called ${where}`
}

const listOf = ({ list, campaign_id }: Evidence) =>
  list === 'campaign' ? `the list of campaign ${campaign_id}` : `the ${list} list`

const day = (time: string) => time.slice(0, 10)

function onList(entry: Evidence): string {
  const { added_at, added_by, reason, expires_at } = entry
  const until = expires_at === null ? '' : `, until ${expires_at}`
  return `on ${listOf(entry)} since ${day(added_at)} by ${added_by}${because(reason)}${until}`
}

const because = (reason: string | null) => (reason === null ? '' : ` (${reason})`)

const removed = (entry: Evidence) =>
  `removed from ${listOf(entry)} on ${day(entry.removed_at!)} by ${entry.removed_by}${because(entry.removed_reason)}`

const lapsed = (entry: Evidence) => `lapsed from ${listOf(entry)} on ${day(entry.expires_at!)}`

function names(entries: readonly Evidence[]): string {
  const ids = [...new Set(entries.map(({ campaign_id }) => campaign_id!))].sort((a, b) => a - b)
  return ids.length === 1
    ? `on the list of campaign ${ids[0]}`
    : `on the lists of campaigns ${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}`
}
