// Asks for a change of many leads: says while somebody chooses how many it changes and leaves, and begins it.

import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { BulkChangePreview, BulkChangeRequest } from '../../../src/client/api.ts'
import { leftInAll } from '../../../src/core/bulk-change.ts'
import { bulkPreviewQuery, type useBulkStep } from '../api/bulk-changes.ts'
import { client } from '../api/client.ts'
import type { SetUp } from '../api/set-up.ts'
import { Reasons } from '../bulk-changes/progress.tsx'
import { FormDialog } from '../shell/form-dialog.tsx'
import { Problem } from '../shell/problem.tsx'
import { bulk_changes } from '../text/bulk-changes.ts'
import type { Deed } from './selection-bar.tsx'

const words = bulk_changes.dialog

/** The leads that are meant: those with these ids, or all that a search of a campaign finds. */
export type Meant = Pick<BulkChangeRequest, 'lead_ids' | 'search'>

export interface FormProps {
  meant: Meant
  campaign_id: number
  set_up: SetUp
  onBegun: (bulk_change_id: number) => void
  onClose: () => void
}

type Change = Omit<BulkChangeRequest, 'lead_ids' | 'search' | 'fields'>

interface AskProps extends FormProps {
  deed: Deed
  /** Undefined: something has to be chosen first. */
  change: Change | undefined
  /** With the count that was seen. */
  confirmed?: (counted: BulkChangePreview) => Change
  danger?: boolean
  can?: (counted: BulkChangePreview) => boolean
  said_by_fields?: readonly string[]
  step: ReturnType<typeof useBulkStep>
  children: (counted: BulkChangePreview | undefined) => ReactNode
}

export function Ask({
  deed,
  change,
  confirmed,
  danger,
  can = () => true,
  said_by_fields,
  step,
  meant,
  onBegun,
  onClose,
  children,
}: AskProps) {
  const asked = { ...meant, ...change }
  const preview = useQuery({ ...bulkPreviewQuery(asked), enabled: change !== undefined })
  const counted = change && preview.data
  const n = counted ? words.leads(counted.changes, counted.exact) : words.leads_unknown
  return (
    <FormDialog
      title={words.titles[deed]}
      submit={words.submit[deed](n)}
      danger={danger}
      saving={step}
      said_by_fields={said_by_fields}
      can={counted !== undefined && counted.changes > 0 && can(counted)}
      onSend={() =>
        step.mutate(() => client.createBulkChange({ ...asked, ...confirmed?.(counted!) }), {
          onSuccess: ({ bulk_change_id }) => onBegun(bulk_change_id),
          onError: () => void preview.refetch(),
        })
      }
      onClose={onClose}
    >
      <p className="dimmed small">{meant.lead_ids ? words.these(meant.lead_ids.length) : words.whole}</p>
      {children(counted)}
      {preview.error && <Problem error={preview.error} onRetry={() => void preview.refetch()} />}
      {change && !preview.error && (
        <div role="status" aria-busy={preview.isFetching}>
          {counted ? <Counted counted={counted} /> : <Skeleton h={20} w={220} aria-label={words.counting} />}
        </div>
      )}
    </FormDialog>
  )
}

function Counted({ counted: { changes, skipped, exact } }: { counted: BulkChangePreview }) {
  const left = leftInAll(skipped)
  return (
    <>
      <p className="figures">{changes === 0 ? words.nothing : words.changes(changes, exact)}</p>
      {left > 0 && (
        <>
          <p className="small">{words.left(left, exact)}</p>
          <Reasons tally={skipped} names={bulk_changes.skips} />
        </>
      )}
    </>
  )
}
