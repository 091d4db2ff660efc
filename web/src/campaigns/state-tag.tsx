// Whether the leads of an allocation are called.

import type { Allocation } from '../../../src/client/api.ts'
import { Tag } from '../shell/parts.tsx'
import { campaigns as words } from '../text/campaigns.ts'
import { set_up as shared } from '../text/set-up.ts'

export const StateTag = ({ allocation }: { allocation: Allocation }) => (
  <>
    <State {...allocation} />
    {allocation.draws && (
      <>
        {' '}
        <Tag title={words.allocation.virtual_detail}>{words.allocation.virtual}</Tag>
      </>
    )}
  </>
)

function State({ archived_at, started }: Allocation) {
  if (archived_at) return <Tag>{shared.archived}</Tag>
  return started ? <Tag tone="good">{words.allocation.started}</Tag> : <Tag>{words.allocation.stopped}</Tag>
}
