// Entries of the lists: since when, by whom, why, until when, and the way to remove one.

import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import type { DncEvidence, DncFile } from '../../../src/client/api.ts'
import { templateOf, useSetUp } from '../api/set-up.ts'
import { actorName } from '../lead/show.tsx'
import { usePhoneText } from '../phone-text.ts'
import { Listing } from '../shell/listing.tsx'
import { Tag } from '../shell/parts.tsx'
import { dnc } from '../text/dnc.ts'
import { dayOf } from '../text/times.ts'
import { useDncRights } from './rights.ts'

const words = dnc.entry

/** "Private", "Campaign · Solar" */
export function useListName(): (entry: Pick<DncEvidence | DncFile, 'list' | 'campaign_id'>) => string {
  const campaignName = useCampaignName()
  return ({ list, campaign_id }) =>
    campaign_id === null ? dnc.lists[list] : dnc.of_campaign(campaignName(campaign_id))
}

export function useCampaignName(): (id: number) => string {
  const campaigns = useSetUp().data?.campaigns
  return (id) => campaigns?.find(({ campaign_id }) => campaign_id === id)?.name ?? dnc.unknown_campaign
}

/** Writes a number as the region of the campaign does; without a campaign as the templates do, if they agree. */
export function useNumberText(): (number: string, campaign_id?: number | null) => string {
  const write = usePhoneText()
  const set_up = useSetUp().data
  const [region, another] = new Set(set_up?.templates.map((template) => template.region))
  const common = another === undefined ? region : undefined
  return (number, campaign_id) =>
    write(number, templateOf(set_up, campaign_id ?? undefined)?.region ?? common)
}

/** The last day on which an entry counts. It ends with the day. */
const lastDay = (expires_at: string) => dayOf(new Date(Date.parse(expires_at) - 1).toISOString())

interface EntriesProps {
  name: string
  asked: { data: readonly DncEvidence[] | undefined; error: Error | null; refetch: () => unknown }
  empty: ReactNode
  onRemove: (entry: DncEvidence) => void
}

export function Entries({ name, asked, empty, onRemove }: EntriesProps) {
  const listName = useListName()
  const numberText = useNumberText()
  const rights = useDncRights()
  return (
    <Listing
      name={name}
      columns={dnc.list.columns}
      asked={asked}
      empty={empty}
      keyOf={({ entry_id }) => entry_id}
      isPast={({ standing }) => !standing}
      cells={(entry) => ({
        number: <span className="figures">{numberText(entry.phone, entry.campaign_id)}</span>,
        list: <Tag tone={entry.list === 'client' ? 'good' : 'plain'}>{listName(entry)}</Tag>,
        added: words.added(dayOf(entry.added_at), nameOf(entry.added_by, entry.added_by_name)),
        reason: <Reason {...entry} />,
        state: <State {...entry} />,
      })}
      deeds={(entry) =>
        entry.standing &&
        rights.remove.includes(entry.list) && (
          <Button
            size="compact-xs"
            aria-label={words.remove_of(numberText(entry.phone, entry.campaign_id), listName(entry))}
            onClick={() => onRemove(entry)}
          >
            {words.remove}
          </Button>
        )
      }
    />
  )
}

const nameOf = (actor: string, actor_name: string | null) => actorName({ actor, actor_name })

const Reason = ({ reason, source }: DncEvidence) => (
  <>
    {reason}
    {source && <div className="dimmed tiny">{words.source(source)}</div>}
  </>
)

function State({
  standing,
  expires_at,
  removed_at,
  removed_by,
  removed_by_name,
  removed_reason,
}: DncEvidence) {
  if (removed_at !== null)
    return (
      <>
        {words.removed(dayOf(removed_at), nameOf(removed_by ?? '', removed_by_name))}
        {removed_reason && <div className="tiny">{words.removed_reason(removed_reason)}</div>}
      </>
    )
  if (expires_at === null) return words.for_good
  return standing ? words.until(lastDay(expires_at)) : words.ended(lastDay(expires_at))
}
