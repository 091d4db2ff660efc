// The session ended while somebody worked: the screen stays behind this dialog, with all that was typed.

import { Button, Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { BASE } from '../api/client.ts'
import { queries } from '../api/queries.ts'
import { sessionQuery } from '../api/session.ts'
import { sessionEnded } from '../api/session-ended.ts'
import { useStore } from '../store.ts'
import { text } from '../text.ts'
import { SignInForm } from './sign-in-form.tsx'

export function SessionEnded() {
  const ended = useStore(sessionEnded)
  return ended ? <SignInAgain /> : null
}

const nothing = () => undefined

function SignInAgain() {
  // What was known before: the query keeps it while the dialog is open.
  const { data } = useQuery({ ...sessionQuery, enabled: false })
  const operator = data?.operator ?? undefined
  const goOn = (signed_in: { operator_id: number }) => {
    // Somebody else gets a page of their own, without what is on this one.
    if (operator && signed_in.operator_id !== operator.operator_id) return window.location.assign(BASE)
    sessionEnded.set(false)
    void queries.invalidateQueries()
  }
  return (
    <Modal
      opened
      onClose={nothing}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={text.sign_in.ended_title}
      size="sm"
      centered
    >
      <p className="dimmed" style={{ marginBottom: 16 }}>
        {text.sign_in.ended}
      </p>
      <SignInForm login={operator?.login} onSignedIn={goOn} />
      <Button
        variant="subtle"
        size="xs"
        fullWidth
        style={{ marginTop: 8 }}
        onClick={() => window.location.assign(`${BASE}login`)}
      >
        {text.sign_in.other}
      </Button>
    </Modal>
  )
}
