// One change of many leads, selected ones or all that a search finds: what is asked for it, and how far it is once it has begun.

import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { LIMITS } from '../../../src/core/limits.ts'
import { useBulkChange } from '../api/bulk-changes.ts'
import type { SetUp } from '../api/set-up.ts'
import { BulkProgress } from '../bulk-changes/progress.tsx'
import { Modal } from '../shell/modal.tsx'
import { Loading } from '../shell/page.tsx'
import { Problem } from '../shell/problem.tsx'
import { bulk_changes } from '../text/bulk-changes.ts'
import type { Meant } from './change-ask.tsx'
import { FORMS } from './change-forms.tsx'
import type { Deed } from './selection-bar.tsx'

const words = bulk_changes.dialog

interface ChangeDialogProps {
  deed: Deed
  meant: Meant
  /** Of the leads; undefined: they are of several. */
  campaign_id: number | undefined
  set_up: SetUp
  /** `begun`: it was. */
  onClose: (begun: boolean) => void
}

export function ChangeDialog({ deed, meant, campaign_id, set_up, onClose }: ChangeDialogProps) {
  const [begun, setBegun] = useState<number>()
  if (begun !== undefined)
    return <Begun id={begun} title={words.titles[deed]} onClose={() => onClose(true)} />
  const close = () => onClose(false)
  const problem =
    campaign_id === undefined
      ? meant.search
        ? words.one_campaign
        : words.several
      : (meant.lead_ids?.length ?? 0) > LIMITS.batch_rows_max
        ? words.too_many(LIMITS.batch_rows_max)
        : undefined
  if (problem || campaign_id === undefined)
    return (
      <Modal opened onClose={close} title={words.titles[deed]} centered>
        <div className="stack">
          <p>{problem}</p>
          <div className="row">
            <Button data-autofocus onClick={close}>
              {bulk_changes.progress.close}
            </Button>
          </div>
        </div>
      </Modal>
    )
  const Form = FORMS[deed]
  return <Form meant={meant} campaign_id={campaign_id} set_up={set_up} onBegun={setBegun} onClose={close} />
}

function Begun({ id, title, onClose }: { id: number; title: string; onClose: () => void }) {
  const { data: found, error, refetch } = useBulkChange(id)
  return (
    <Modal opened onClose={onClose} title={title} centered>
      {!found && (error ? <Problem error={error} onRetry={() => void refetch()} /> : <Loading />)}
      {found && (
        <BulkProgress found={found}>
          <Button variant="filled" data-autofocus onClick={onClose}>
            {bulk_changes.progress.close}
          </Button>
          <Link to="/bulk-changes/{-$id}" params={{ id: String(id) }} className="small">
            {bulk_changes.progress.page}
          </Link>
        </BulkProgress>
      )}
    </Modal>
  )
}
