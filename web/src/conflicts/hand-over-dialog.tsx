// The dialog that hands an edit over to a team lead, with a note.

import { Button, Modal, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import type { LeadPatch } from '../../../src/client/api.ts'
import { client, must, queries } from '../api/client.ts'
import { conflictsChanged } from '../api/inbox.ts'
import { leadQuery } from '../api/leads.ts'
import { onSubmit, typed } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { toast } from '../shell/toast.tsx'
import { hand_over as words } from '../text/hand-over.ts'

interface HandOverDialogProps {
  lead_id: string
  base_version: number
  /** The edit. */
  mine: LeadPatch
  /** It is held, or saved because nothing clashed any more. */
  onDone: () => void
  onClose: () => void
}

export function HandOverDialog({ lead_id, base_version, mine, onDone, onClose }: HandOverDialogProps) {
  const navigate = useNavigate()
  const [note, setNote] = useState('')
  // If the note alone fails, trying again sends the note alone.
  const held = useRef<number | null>(null)
  const send = useMutation({
    mutationFn: async () => {
      if (held.current === null) {
        const answer = await must(client.patchLead(lead_id, base_version, mine, 'hold'))
        if (!('conflict_id' in answer)) return false
        held.current = answer.conflict_id
      }
      if (note.trim() !== '') await must(client.noteConflict(held.current, { note: note.trim() }))
      return true
    },
    onSuccess: (is_held) => {
      void queries.invalidateQueries({ queryKey: leadQuery(lead_id).queryKey })
      void conflictsChanged()
      const follow = { label: words.follow, run: () => void navigate({ to: '/conflicts/handed-over' }) }
      toast(is_held ? words.done : words.saved, is_held ? [follow] : [])
      onDone()
    },
  })
  return (
    <Modal opened onClose={onClose} title={words.title} size="md" centered>
      <form className="stack" onSubmit={onSubmit(() => send.isPending || send.mutate())}>
        <p>{words.intro}</p>
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
