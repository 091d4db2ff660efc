// What can be done with the chosen leads, or with all that the search finds. The dialogs are loaded when one is opened.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { filtersAsked } from '../api/leads.ts'
import type { Total } from '../api/listed.ts'
import { hasRole, useOperator } from '../api/session.ts'
import type { SetUp } from '../api/set-up.ts'
import { lazyPart } from '../load-screen.tsx'
import type { LeadSearch } from '../search.ts'
import { selection as words } from '../text/selection.ts'
import { text } from '../text.ts'
import type { Meant } from './change-ask.tsx'
import styles from './leads.module.css'
import type { Selection } from './selection.ts'

const BulkDialog = lazyPart(() => import('./bulk-dialog.tsx'), 'BulkDialog')
const ChangeDialog = lazyPart(() => import('./change-dialog.tsx'), 'ChangeDialog')

/** Who may change leads one by one may do so with several; who leads a team has the server do it. */
const OWN_DEEDS = ['outcome', 'dnc'] as const
export type OwnDeed = (typeof OWN_DEEDS)[number]
const DEEDS = ['outcome', 'move', 'dnc', 'forget'] as const
export type Deed = (typeof DEEDS)[number]

interface SelectionBarProps {
  selection: Selection
  set_up: SetUp | undefined
  search: LeadSearch
  /** How many leads the search finds; absent: nobody has counted. */
  total: Total | undefined
  /** There are leads on other pages. */
  has_more: boolean
}

export function SelectionBar(bar: SelectionBarProps) {
  return hasRole(useOperator(), 'lead') ? <LeadsBar {...bar} /> : <AgentsBar {...bar} />
}

function LeadsBar({ selection, set_up, search, total, has_more }: SelectionBarProps) {
  // The moment until which callbacks are overdue does not move while somebody chooses.
  const [opened, open] = useState<{ deed: Deed; meant: Meant }>()
  // Whoever selects on has no longer all of them.
  const [whole_of, setWholeOf] = useState<Selection['chosen']>()
  const { chosen } = selection
  const is_whole = whole_of === chosen && has_more
  const all = words.leads(total)
  const whole_campaign_id = campaignOf(search, set_up)
  const of_chosen = new Set([...chosen.values()].map(({ campaign_id }) => campaign_id))
  const campaign_id = is_whole ? whole_campaign_id : of_chosen.size === 1 ? [...of_chosen][0] : undefined
  const meant = (): Meant => {
    if (!is_whole) return { lead_ids: [...chosen.keys()] }
    const { cursor: _, sort: __, ...filters } = filtersAsked(search)
    return { search: { ...filters, campaign_id: whole_campaign_id } }
  }
  return (
    <fieldset className={`${styles.chosen} row`} aria-label={words.label}>
      <strong className="small figures">
        {is_whole ? words.whole(all) : text.leads.selection.chosen(chosen.size)}
      </strong>
      {has_more && !is_whole && (
        <Button size="compact-sm" variant="subtle" onClick={() => setWholeOf(chosen)}>
          {words.select_whole(all)}
        </Button>
      )}
      {DEEDS.map((deed) => (
        <Button key={deed} size="compact-sm" onClick={() => open({ deed, meant: meant() })}>
          {words.deeds[deed]}
        </Button>
      ))}
      <Button size="compact-sm" variant="subtle" onClick={() => selection.set([])}>
        {words.none}
      </Button>
      {opened && set_up && (
        <ChangeDialog
          {...opened}
          campaign_id={campaign_id}
          set_up={set_up}
          onClose={(begun) => {
            open(undefined)
            if (begun) selection.set([])
          }}
        />
      )}
    </fieldset>
  )
}

/** The campaign of all leads that a search finds; undefined: they may be of several. */
function campaignOf(
  { campaign_id, allocation_id }: LeadSearch,
  set_up: SetUp | undefined,
): number | undefined {
  if (campaign_id !== undefined) return campaign_id
  if (allocation_id !== undefined)
    return set_up?.allocations.find((one) => one.allocation_id === allocation_id)?.campaign_id
  return set_up?.campaigns.length === 1 ? set_up.campaigns[0]!.campaign_id : undefined
}

function AgentsBar({ selection, set_up }: SelectionBarProps) {
  const [deed, setDeed] = useState<OwnDeed | null>(null)
  const { size } = selection.chosen
  return (
    <fieldset className={`${styles.chosen} row`} aria-label={words.label}>
      <strong className="small figures">{text.leads.selection.chosen(size)}</strong>
      {OWN_DEEDS.map((one) => (
        <Button key={one} size="compact-sm" onClick={() => setDeed(one)}>
          {words.deeds[one]}
        </Button>
      ))}
      <Button size="compact-sm" variant="subtle" onClick={() => selection.set([])}>
        {words.none}
      </Button>
      {deed && set_up && (
        <BulkDialog
          deed={deed}
          leads={[...selection.chosen.values()]}
          set_up={set_up}
          onClose={(left) => {
            setDeed(null)
            if (left) selection.set(left)
          }}
        />
      )}
    </fieldset>
  )
}
