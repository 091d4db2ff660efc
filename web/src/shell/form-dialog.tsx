// A dialog with a form: what is wrong with a value is said at its field, which gets the focus; the rest below the fields.

import '../text/set-up-problems.ts'
import { Button } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { Refused } from '../api/client.ts'
import { text } from '../text.ts'
import { Modal } from './modal.tsx'
import { onSubmit } from './parts.tsx'
import { Problem } from './problem.tsx'
import { problemsOf } from './value-problems.ts'

/** What is wrong with single values, by the name of the value: name, teams. */
export const wrongIn = (error: unknown): ReadonlyMap<string, string> =>
  new Map(error instanceof Refused ? problemsOf(error.problem).map(({ path, detail }) => [path, detail]) : [])

/** Somebody changed the thing since it was read. */
export const isStale = (error: unknown) => error instanceof Refused && error.status === 412

interface FormDialogProps {
  title: string
  /** On the button that sends it. */
  submit: string
  /** Of the button: what cannot be taken back. */
  danger?: boolean
  saving: { error: Error | null; isPending: boolean }
  /** The values whose problems the fields say themselves. */
  said_by_fields?: readonly string[]
  /** False: something is missing. */
  can?: boolean
  size?: 'sm' | 'md' | 'lg'
  onSend: () => void
  onClose: () => void
  children: ReactNode
}

export function FormDialog({
  title,
  submit,
  danger,
  saving: { error, isPending },
  said_by_fields = [],
  can = true,
  size = 'md',
  onSend,
  onClose,
  children,
}: FormDialogProps) {
  const form = useRef<HTMLFormElement>(null)
  const wrong = wrongIn(error)
  const is_said = wrong.size > 0 && [...wrong.keys()].every((path) => said_by_fields.includes(path))
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [error])
  // A refusal must be seen.
  const close = () => isPending || onClose()
  return (
    <Modal opened onClose={close} title={title} size={size} centered>
      <form ref={form} className="stack" onSubmit={onSubmit(() => !can || isPending || onSend())}>
        {children}
        {error && !is_said && !isStale(error) && <Problem error={error} />}
        <div className="row">
          <Button
            variant="filled"
            color={danger ? 'red' : undefined}
            type="submit"
            loading={isPending}
            disabled={!can}
          >
            {submit}
          </Button>
          {/* A stray Enter does nothing that cannot be taken back. */}
          <Button data-autofocus={danger || undefined} onClick={close}>
            {text.shell.cancel}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
