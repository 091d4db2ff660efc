// Moves a callback to another time, in the clock of the lead, with the operator's own time below it.

import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Lead } from '../../../src/client/api.ts'
import { client, must, queries } from '../api/client.ts'
import { learn, whole } from '../api/lead.ts'
import { CallbackInput } from '../lead/callback-input.tsx'
import { CalledContext, calledOf, LeadSetUpContext, useSetUpOf, zoneOf } from '../lead/set-up.ts'
import { FormDialog, isStale, wrongIn } from '../shell/form-dialog.tsx'
import { Notice } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { callbacks as words } from '../text/callbacks.ts'
import { isStored } from '../text/dates.ts'
import { dayTime } from '../text/times.ts'

interface MoveDialogProps {
  lead: Lead
  name: string
  onClose: () => void
}

const INPUT = 'moved-callback'

export function MoveDialog({ lead, name, onClose }: MoveDialogProps) {
  const set_up = useSetUpOf(lead.id).data
  const [local, setLocal] = useState<string | null>(lead.callback?.local ?? null)
  const saving = useMutation({
    mutationFn: (moved: string) =>
      whole(must(client.patchLead(lead.id, lead.version, { callback: { local: moved } }, 'merge'))),
    onSuccess: (saved, moved) => {
      learn(saved)
      toast(words.moved(name, dayTime(moved)))
      onClose()
    },
    onError: () => void queries.invalidateQueries({ queryKey: ['leads', 'callbacks-of'] }),
  })
  if (!set_up) return null
  const is_time = local !== null && isStored(local)
  const wrong =
    wrongIn(saving.error).get('callback') ?? (is_time || local === null ? undefined : words.needs_time)
  return (
    <FormDialog
      title={words.move_title(name)}
      submit={words.move_submit}
      saving={saving}
      said_by_fields={['callback']}
      can={is_time}
      onSend={() => is_time && saving.mutate(local)}
      onClose={onClose}
    >
      <LeadSetUpContext value={set_up}>
        <CalledContext value={calledOf(lead, set_up)}>
          <div>
            <label htmlFor={INPUT}>{words.callback}</label>
            <CallbackInput
              id={INPUT}
              value={local}
              onChange={setLocal}
              zone={zoneOf(set_up, lead.contact_hours, lead.zones) ?? lead.callback?.zone ?? 'UTC'}
              hours={lead.contact_hours}
              invalid={wrong !== undefined}
              described_by={wrong && `${INPUT}-wrong`}
            />
            {wrong && (
              <p id={`${INPUT}-wrong`} className="tiny">
                {wrong}
              </p>
            )}
          </div>
        </CalledContext>
      </LeadSetUpContext>
      {isStale(saving.error) && (
        <Notice tone="warn" title={words.meanwhile}>
          <Link to="/leads/$id" params={{ id: lead.id }}>
            {words.look}
          </Link>
        </Notice>
      )}
    </FormDialog>
  )
}
