// Gives somebody another password, which signs them out everywhere.

import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Operator } from '../../../src/client/api.ts'
import { client, must } from '../api/client.ts'
import { FormDialog, wrongIn } from '../shell/form-dialog.tsx'
import { people } from '../text/people.ts'
import { setup } from '../text/setup.ts'
import type { Handed } from './hand.tsx'
import { NewPassword } from './person.tsx'

const words = people.password

interface NewPasswordDialogProps {
  person: Operator
  onClose: () => void
  onSet: (handed: Handed) => void
}

export function NewPasswordDialog({ person, onClose, onSet }: NewPasswordDialogProps) {
  const { operator_id, name, login } = person
  const [password, setPassword] = useState('')
  const saving = useMutation({
    mutationFn: () => must(client.changeOperator(operator_id, { password })),
    onSuccess: () => {
      onClose()
      onSet({ name, login, password })
    },
  })
  return (
    <FormDialog
      title={words.title(name)}
      submit={words.submit}
      saving={saving}
      said_by_fields={['password']}
      can={password !== ''}
      onSend={() => saving.mutate()}
      onClose={onClose}
    >
      <NewPassword
        label={words.label}
        hint={setup.password_hint}
        value={password}
        onChange={setPassword}
        error={wrongIn(saving.error).get('password')}
      />
      <p className="small">{words.note(name)}</p>
    </FormDialog>
  )
}
