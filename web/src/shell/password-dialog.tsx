// The dialog in which operators change their own password.

import { Button, Modal, PasswordInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { client, must, Refused } from '../api/client.ts'
import { useOperator } from '../api/session.ts'
import { useStore } from '../store.ts'
import { password as words } from '../text/password.ts'
import { setup } from '../text/setup.ts'
import { text } from '../text.ts'
import { onSubmit, typed } from './parts.tsx'
import { Problem } from './problem.tsx'
import { changingPassword, learnSession, otherWindows } from './session.tsx'
import { useSecondsLeft } from './sign-in-form.tsx'
import { toast } from './toast.tsx'
import { problemsOf } from './value-problems.ts'

const { sign_in } = text

const close = () => changingPassword.set(false)

export const PasswordDialog = () => (
  <Modal opened={useStore(changingPassword)} onClose={close} title={words.title} size="sm" centered>
    <Form />
  </Modal>
)

function Form() {
  const { operator_id, login } = useOperator()
  const [current, setCurrent] = useState('')
  const [wanted, setWanted] = useState('')
  const [again, setAgain] = useState('')
  const [differs, setDiffers] = useState(false)
  const fields = { current: useRef<HTMLInputElement>(null), new: useRef<HTMLInputElement>(null) }
  const again_field = useRef<HTMLInputElement>(null)
  // Enter can come again before the form is drawn anew.
  const sent = useRef(false)
  const change = useMutation({
    mutationFn: () => must(client.changePassword(current, wanted)),
    onSuccess: async () => {
      // What is typed elsewhere is encrypted anew, by the key of the new password.
      await learnSession()
      otherWindows.postMessage(operator_id)
      close()
      toast(words.done)
    },
    onError: (error) => {
      sent.current = false
      const [first] = wrongIn(error)
      if (first) fields[first[0]].current?.focus()
    },
  })
  const wrong = new Map(wrongIn(change.error))
  const refusal = change.error instanceof Refused ? change.error : undefined
  const seconds = useSecondsLeft(refusal)
  const submit = () => {
    if (sent.current || seconds > 0) return
    setDiffers(wanted !== again)
    if (wanted !== again) return again_field.current?.focus()
    sent.current = true
    change.mutate()
  }
  const shared = {
    required: true,
    withAsterisk: false,
    visibilityToggleButtonProps: { 'aria-label': sign_in.show },
  }
  return (
    <form className="stack" onSubmit={onSubmit(submit)}>
      {refusal?.problem.name === 'RATE_LIMITED' ? (
        <p className="notice figures" role="alert">
          {seconds > 0 ? sign_in.blocked(seconds) : sign_in.again}
        </p>
      ) : (
        change.error && wrong.size === 0 && <Problem error={change.error} />
      )}
      {/* Password managers learn whose password it is. */}
      <input
        className="visually-hidden"
        name="username"
        autoComplete="username"
        value={login}
        readOnly
        hidden
      />
      <PasswordInput
        {...shared}
        ref={fields.current}
        data-autofocus
        label={words.current}
        name="current"
        autoComplete="current-password"
        value={current}
        onChange={typed(setCurrent)}
        error={wrong.get('current')}
        aria-invalid={wrong.has('current')}
      />
      <PasswordInput
        {...shared}
        ref={fields.new}
        label={words.new}
        description={setup.password_hint}
        name="new"
        autoComplete="new-password"
        value={wanted}
        onChange={typed(setWanted)}
        error={wrong.get('new')}
        aria-invalid={wrong.has('new')}
      />
      <PasswordInput
        {...shared}
        ref={again_field}
        label={words.again}
        name="again"
        autoComplete="new-password"
        value={again}
        onChange={typed(setAgain)}
        error={differs && wanted !== again && words.differs}
        aria-invalid={differs && wanted !== again}
      />
      <p className="dimmed small">{words.others_end}</p>
      <div className="row">
        <Button variant="filled" type="submit" loading={change.isPending} disabled={seconds > 0}>
          {words.submit}
        </Button>
        <Button onClick={close}>{words.cancel}</Button>
      </div>
    </form>
  )
}

/** The refusals of single values, in the order of the form. */
function wrongIn(error: unknown): [field: 'current' | 'new', detail: string][] {
  if (!(error instanceof Refused)) return []
  const problems = problemsOf(error.problem)
  return (['current', 'new'] as const).flatMap((field) => {
    const found = problems.find(({ path }) => path === field)
    return found ? [[field, found.detail]] : []
  })
}
