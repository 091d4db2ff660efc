import { expect, test } from 'vitest'
import { type Evidence, explainDnc } from './dnc.ts'

const ENTRY: Evidence = {
  list: 'private',
  campaign_id: null,
  reason: null,
  expires_at: null,
  added_at: '2026-03-01T02:03:04.567Z',
  added_by: 'key:7',
  removed_at: null,
  removed_by: null,
  removed_reason: null,
  standing: true,
  blocks: false,
}
const REMOVED = {
  standing: false,
  removed_at: '2026-05-01T00:00:00Z',
  removed_by: 'operator:3',
  removed_reason: 'asked us back',
}
const of = (campaign_id: number, more: Partial<Evidence> = {}): Evidence => ({
  ...ENTRY,
  list: 'campaign',
  campaign_id,
  ...more,
})
const client: Evidence = { ...ENTRY, list: 'client', reason: 'customer' }

test.each<[entries: Evidence[], campaign_id: number | null, sentence: string]>([
  [[], null, 'on no list: may be called in every campaign'],
  [[], 41, 'on no list: may be called in this campaign'],
  [
    [{ ...ENTRY, blocks: true, reason: 'asked us' }],
    41,
    'on the private list since 2026-03-01 by key:7 (asked us): may not be called in any campaign',
  ],
  [
    [{ ...ENTRY, blocks: true, expires_at: '2027-06-30T00:00:00Z' }, client],
    null,
    'on the private list since 2026-03-01 by key:7, until 2027-06-30T00:00:00Z: may not be called in any campaign',
  ],
  [
    [of(41, { blocks: true })],
    41,
    'on the list of campaign 41 since 2026-03-01 by key:7: may not be called in this campaign',
  ],
  [
    [of(41), client],
    41,
    'on the list of campaign 41, but on the client list since 2026-03-01 by key:7 (customer): may be called in this campaign',
  ],
  [
    [of(43), of(41), of(43), of(42), client],
    null,
    'on the lists of campaigns 41, 42 and 43, but on the client list since 2026-03-01 by key:7 (customer): may be called in every campaign',
  ],
  [[client], 41, 'on the client list since 2026-03-01 by key:7 (customer): may be called in this campaign'],
  [[of(41)], null, 'on the list of campaign 41: may be called in the other campaigns only'],
  [[of(41), of(42)], null, 'on the lists of campaigns 41 and 42: may be called in the other campaigns only'],
  [
    [
      { ...client, standing: false, expires_at: '2026-02-01T00:00:00Z' },
      { ...ENTRY, ...REMOVED },
    ],
    null,
    'on no list now, removed from the private list on 2026-05-01 by operator:3 (asked us back): may be called in every campaign',
  ],
  [
    [of(41, { standing: false, expires_at: '2026-06-30T00:00:00Z' }), { ...ENTRY, ...REMOVED }],
    41,
    'on no list now, lapsed from the list of campaign 41 on 2026-06-30: may be called in this campaign',
  ],
])('%#: %s in campaign %s', (entries, campaign_id, sentence) => {
  expect(explainDnc(entries, campaign_id)).toBe(sentence)
})
