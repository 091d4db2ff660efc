// A dialog that asks for a name, and for little more: to make something, or to call it otherwise.

import '../text/set-up-problems.ts'
import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useRef, useState } from 'react'
import type { Answer, Problem } from '../../../src/client/client.ts'
import { must, Refused } from '../api/client.ts'
import { newSetUp } from '../api/set-up.ts'
import { Modal } from '../shell/modal.tsx'
import { onSubmit, typed } from '../shell/parts.tsx'
import { problemsOf } from '../shell/value-problems.ts'
import { set_up as words } from '../text/set-up.ts'
import { isStale } from './editing.ts'
import { Refusal } from './refusal.tsx'

interface NameDialogProps<Made> {
  title: string
  label: string
  hint?: string
  submit: string
  /** Of what is called otherwise. */
  name?: string
  /** Said when somebody else has called it otherwise meanwhile, by the name that it has now. */
  moved?: string
  send: (name: string) => Promise<Answer<Made | Problem>>
  onDone: (made: Made, name: string) => void
  /** The property of the name; absent: name. */
  field?: string
  onClose: () => void
  /** What else has to be chosen first. */
  disabled?: boolean
  children?: ReactNode
}

export function NameDialog<Made>({
  title,
  label,
  hint,
  submit,
  name: before = '',
  moved,
  send,
  onDone,
  onClose,
  field = 'name',
  disabled = false,
  children,
}: NameDialogProps<Made>) {
  const [name, setName] = useState(before)
  const input = useRef<HTMLInputElement>(null)
  const sent = useRef(false)
  const save = useMutation({
    mutationFn: () => must(send(name.trim())) as Promise<Made>,
    onSuccess: async (made) => {
      await newSetUp()
      onClose()
      onDone(made, name.trim())
    },
    onError: async (error) => {
      sent.current = false
      if (isStale(error)) await newSetUp()
      input.current?.focus()
    },
  })
  const wrong =
    save.error instanceof Refused
      ? problemsOf(save.error.problem).find(({ path }) => path === field)?.detail
      : undefined
  const can = name.trim() !== '' && !disabled
  const run = () => {
    if (!can || sent.current) return
    sent.current = true
    save.mutate()
  }
  // A refusal must be seen.
  const close = () => sent.current || onClose()
  return (
    <Modal opened onClose={close} title={title} size="md" centered>
      <form className="stack" onSubmit={onSubmit(run)}>
        <TextInput
          ref={input}
          data-autofocus
          label={label}
          description={hint}
          value={name}
          maxLength={200}
          autoComplete="off"
          error={wrong}
          onChange={typed((text) => {
            setName(text)
            save.reset()
          })}
        />
        {children}
        {isStale(save.error) && moved !== undefined && (
          <p className="notice" role="alert">
            {moved}
          </p>
        )}
        {save.error && !wrong && !isStale(save.error) && <Refusal error={save.error} />}
        <div className="row">
          <Button variant="filled" type="submit" loading={save.isPending} disabled={!can}>
            {submit}
          </Button>
          <Button onClick={close}>{words.cancel}</Button>
        </div>
      </form>
    </Modal>
  )
}
