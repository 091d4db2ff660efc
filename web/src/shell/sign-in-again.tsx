// The dialog that asks for the password when a session has ended.

import { Button, Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Operator } from '../../../src/client/api.ts'
import { BASE, sessionEnded } from '../api/client.ts'
import { sessionQuery } from '../api/session.ts'
import { useStore } from '../store.ts'
import { text } from '../text.ts'
import { goOnSignedIn, otherWindows, toSignIn } from './session.tsx'
import { SignInForm } from './sign-in-form.tsx'

const words = text.sign_in

export function SignInAgain() {
  // The query keeps the operator of the ended session while the dialog is open.
  const operator = useQuery({ ...sessionQuery, enabled: false }).data?.operator ?? undefined
  const goOn = (signed_in: Operator) => {
    // Another operator gets a fresh page, without the data of this one.
    if (operator && signed_in.operator_id !== operator.operator_id) return window.location.assign(BASE)
    goOnSignedIn()
    otherWindows.postMessage(signed_in.operator_id)
  }
  return (
    <Modal
      opened={useStore(sessionEnded)}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={words.ended_title}
      size="sm"
      centered
      // Whoever comes to the desk meanwhile reads nothing of the screen behind.
      overlayProps={{ blur: 8 }}
    >
      <p className="dimmed" style={{ marginBottom: 16 }}>
        {words.ended}
      </p>
      <SignInForm login={operator?.login} onSignedIn={goOn} />
      <Button variant="subtle" size="xs" fullWidth mt={8} onClick={toSignIn}>
        {words.other}
      </Button>
    </Modal>
  )
}
