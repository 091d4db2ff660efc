// The dialog that hands a change over, with a note.

import { Button, Modal, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import type { ConflictAssigned, LeadPatch } from '../../../src/client/api.ts'
import { client, must, queries } from '../api/client.ts'
import { conflictsChanged } from '../api/inbox.ts'
import { leadQuery } from '../api/leads.ts'
import { onSubmit, typed } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { hand_over as words } from '../text/hand-over.ts'

/** An edit of this operator that is not held yet. */
interface Edit {
  base_version: number
  mine: LeadPatch
}

/** A change that is held. */
interface Held {
  conflict_id: number
  /** The operator who has it until now. */
  assigned_to: number | null
}

interface HandOverDialogProps {
  lead_id: string
  change: Edit | Held
  /** The person who gets it; null: the team leads. */
  to: { operator_id: number; name: string } | null
  /** Undefined: it was saved, because nothing clashed any more. */
  onDone: (given: ConflictAssigned | undefined) => void
  onClose: () => void
}

export function HandOverDialog({ lead_id, change, to, onDone, onClose }: HandOverDialogProps) {
  const navigate = useNavigate()
  const [note, setNote] = useState('')
  const is_held = 'conflict_id' in change
  // If only what follows fails, trying again holds nothing twice.
  const held = useRef(is_held ? change.conflict_id : null)
  const send = useMutation({
    mutationFn: async () => {
      if (held.current === null && !is_held) {
        const answer = await must(client.patchLead(lead_id, change.base_version, change.mine, 'hold'))
        if (!('conflict_id' in answer)) return undefined
        held.current = answer.conflict_id
      }
      const said = note.trim() || undefined
      const conflict_id = held.current!
      if (to || is_held) {
        const was = is_held ? change.assigned_to : null
        return must(
          client.assignConflict(conflict_id, { operator_id: to?.operator_id ?? null, was, note: said }),
        )
      }
      if (said) await must(client.noteConflict(conflict_id, { note: said }))
      return { assigned_to: null, assigned_to_name: null }
    },
    onSuccess: (given) => {
      void queries.invalidateQueries({ queryKey: leadQuery(lead_id).queryKey })
      void conflictsChanged()
      const follow = { label: words.follow, run: () => void navigate({ to: '/conflicts/handed-over' }) }
      if (!given) toast(words.saved)
      else toast(to ? words.done_to(to.name) : words.done, is_held ? [] : [follow])
      onDone(given)
    },
  })
  return (
    <Modal opened onClose={onClose} title={to ? words.title_to(to.name) : words.title} size="md" centered>
      <form className="stack" onSubmit={onSubmit(() => send.isPending || send.mutate())}>
        <p>{is_held ? words.intro_held : to ? words.intro_to(to.name) : words.intro}</p>
        <Textarea
          data-autofocus
          label={words.note}
          rows={3}
          maxLength={1_000}
          value={note}
          onChange={typed(setNote)}
        />
        {send.error && <Problem error={send.error} onRetry={() => send.mutate()} />}
        <div className="row">
          <Button variant="filled" type="submit" loading={send.isPending}>
            {words.send}
          </Button>
          <Button onClick={onClose}>{words.cancel}</Button>
        </div>
      </form>
    </Modal>
  )
}
