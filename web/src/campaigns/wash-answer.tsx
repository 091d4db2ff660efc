// The answer of a register is brought, and followed until it counts.

import { useState } from 'react'
import type { DncFile, Wash, WashAnswer } from '../../../src/client/api.ts'
import { WASH_ANSWERS } from '../../../src/core/wash.ts'
import { sendAnswer, washesChanged } from '../api/washes.ts'
import { Followed, useSending } from '../dnc/send-file.tsx'
import { OneOf } from '../shell/choices-field.tsx'
import { FormDialog } from '../shell/form-dialog.tsx'
import { washes } from '../text/washes.ts'

export function BringAnswer({ wash, onClose }: { wash: Wash; onClose: () => void }) {
  const [file_id, setFile] = useState<number | null>(null)
  const { bring: words } = washes
  return file_id === null ? (
    <Choose wash={wash} onSent={setFile} onClose={onClose} />
  ) : (
    <Followed
      file_id={file_id}
      title={words.title(wash.wash_id)}
      said={words}
      resultOf={resultOf}
      onOver={washesChanged}
      onClose={onClose}
    />
  )
}

const resultOf = ({ state, numbers, added }: DncFile) => {
  if (state === 'comparing') return washes.bring.comparing(numbers)
  return state === 'done' ? washes.bring.done(added) : undefined
}

interface ChooseProps {
  wash: Wash
  onSent: (file_id: number) => void
  onClose: () => void
}

function Choose({ wash: { wash_id, holds: usual }, onSent, onClose }: ChooseProps) {
  const { bring: words } = washes
  const [holds, setHolds] = useState<WashAnswer>(usual)
  const sending = useSending({
    send: (content, told) => sendAnswer(wash_id, { holds }, content, told),
    onSent,
    onSettled: washesChanged,
  })
  return (
    <FormDialog
      {...sending.form}
      title={words.title(wash_id)}
      submit={words.submit}
      said_by_fields={['name', 'bytes']}
      can={sending.can}
      onClose={onClose}
    >
      {sending.field(words.file_hint)}
      <OneOf
        label={words.holds}
        choices={WASH_ANSWERS.toReversed().map((value) => ({
          value,
          label: words.kinds[value],
          hint: words.hints[value],
        }))}
        value={holds}
        onChange={setHolds}
      />
      {sending.progress}
    </FormDialog>
  )
}
