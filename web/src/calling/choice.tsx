// Which allocation the agent gets leads of.

import type { Allocation } from '../../../src/client/api.ts'
import type { SetUp } from '../api/set-up.ts'
import { ChoiceInput } from '../shell/choice-input.tsx'
import { PLAIN_MAX } from '../shell/parts.tsx'
import { work as words } from '../text/work.ts'
import styles from './work.module.css'

interface ChoiceProps {
  set_up: SetUp
  started: readonly Allocation[]
  chosen: Allocation
  onChoose: (allocation_id: number) => void
}

/** Offers those that are started, by campaign. The one that was called last stays when somebody stops it. */
export function Choice({ set_up: { campaigns }, started, chosen, onChoose }: ChoiceProps) {
  const offered = started.includes(chosen) ? started : [chosen, ...started]
  const campaign = campaigns.find(({ campaign_id }) => campaign_id === chosen.campaign_id)
  return (
    <div className={styles.choice}>
      <ChoiceInput
        id="called-allocation"
        label={words.calling_for}
        description={campaign && words.in_campaign(campaign.name)}
        choices={campaigns.flatMap(({ campaign_id, name }) =>
          offered
            .filter((one) => one.campaign_id === campaign_id)
            .map((one) => ({
              value: String(one.allocation_id),
              label: one.started ? one.name : words.stopped(one.name),
              group: name,
            })),
        )}
        value={String(chosen.allocation_id)}
        onChoose={(id) => onChoose(Number(id))}
        searchable={offered.length > PLAIN_MAX}
      />
    </div>
  )
}
