// Drops a held change with a reason: nothing of it is saved.

import { Button, Modal, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { client, must } from '../api/client.ts'
import { onSubmit, typed } from '../shell/parts.tsx'
import { Problem } from '../shell/problem.tsx'
import { merge as merge_words } from '../text/merge.ts'

interface DismissProps {
  conflict_id: number
  opened: boolean
  onClose: () => void
  onDone: () => void
}

export function Dismiss({ conflict_id, opened, onClose, onDone }: DismissProps) {
  const { dismiss, cancel } = merge_words
  const [why, setWhy] = useState('')
  const reason = why.trim()
  // Enter can come again before the dialog is drawn anew.
  const sent = useRef(false)
  const send = useMutation({
    mutationFn: () => must(client.settleConflict(conflict_id, { dismiss: true, reason })),
    onSuccess: onDone,
    onError: () => {
      sent.current = false
    },
  })
  const submit = () => {
    if (reason === '' || sent.current) return
    sent.current = true
    send.mutate()
  }
  return (
    <Modal opened={opened} onClose={onClose} title={dismiss.title} size="md" centered>
      <form className="stack" onSubmit={onSubmit(submit)}>
        <p>{dismiss.note}</p>
        <Textarea
          data-autofocus
          label={dismiss.reason}
          rows={2}
          required
          maxLength={1000}
          value={why}
          onChange={typed(setWhy)}
        />
        {send.error && <Problem error={send.error} />}
        <div className="row">
          <Button variant="filled" type="submit" loading={send.isPending} disabled={reason === ''}>
            {dismiss.dismiss}
          </Button>
          <Button onClick={onClose}>{cancel}</Button>
        </div>
      </form>
    </Modal>
  )
}
