// Asks before something is archived or deleted, and says first what that reaches, by a rehearsal.

import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import type { Answer, Problem } from '../../../src/client/client.ts'
import { must } from '../api/client.ts'
import { newSetUp } from '../api/set-up.ts'
import { Modal } from '../shell/modal.tsx'
import { Loading } from '../shell/page.tsx'
import { toast } from '../shell/toast.tsx'
import { set_up as words } from '../text/set-up.ts'
import { isStale } from './editing.ts'
import { Refusal } from './refusal.tsx'

interface SureDialogProps {
  title: string
  /** What follows, with the number of leads that the rehearsal has counted. */
  says: (leads: number) => string
  submit: string
  done: string
  /** For the rehearsals that are kept. */
  of: readonly unknown[]
  send: (query: { dry_run?: boolean }) => Promise<Answer<unknown>>
  onClose: () => void
  onDone?: () => void
}

export function SureDialog({ title, says, submit, done, of, send, onClose, onDone }: SureDialogProps) {
  const asked = (query: { dry_run?: boolean }) =>
    must(send(query) as Promise<Answer<{ touches?: { leads: number } } | '' | Problem>>)
  const rehearsal = useQuery({
    queryKey: ['rehearsal', ...of],
    queryFn: async () => {
      const answer = await asked({ dry_run: true })
      return (typeof answer === 'object' && answer.touches?.leads) || 0
    },
    gcTime: 0,
    retry: false,
  })
  const sent = useRef(false)
  const run = useMutation({
    mutationFn: () => asked({}),
    onSuccess: async () => {
      await newSetUp()
      onClose()
      toast(done)
      onDone?.()
    },
    onError: async (error) => {
      sent.current = false
      if (isStale(error)) await newSetUp()
    },
  })
  // A refusal must be seen.
  const close = () => sent.current || onClose()
  const error = run.error ?? rehearsal.error
  return (
    <Modal opened onClose={close} title={title} size="md" centered>
      <div className="stack">
        {rehearsal.data !== undefined && <p>{says(rehearsal.data)}</p>}
        {rehearsal.isPending && <Loading />}
        {isStale(error) ? (
          <p className="notice" role="alert">
            {words.met_again}
          </p>
        ) : (
          error && <Refusal error={error} />
        )}
        <div className="row">
          {rehearsal.data !== undefined && (
            <Button
              variant="filled"
              aria-busy={run.isPending}
              onClick={() => {
                if (sent.current) return
                sent.current = true
                run.mutate()
              }}
            >
              {submit}
            </Button>
          )}
          {/* Keys that are pressed once too often must not answer yes. */}
          <Button data-autofocus onClick={close}>
            {words.cancel}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
