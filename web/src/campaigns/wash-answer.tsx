// The answer of a register is brought, and followed until it counts.

import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { DncFile, Wash, WashAnswer } from '../../../src/client/api.ts'
import { WASH_ANSWERS } from '../../../src/core/wash.ts'
import { sendAnswer, washesChanged } from '../api/washes.ts'
import { FileField, Followed, fileProblem, Sending } from '../dnc/send-file.tsx'
import { OneOf } from '../shell/choices-field.tsx'
import { FormDialog, wrongIn } from '../shell/form-dialog.tsx'
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
  const [content, setContent] = useState<File | null>(null)
  const [holds, setHolds] = useState<WashAnswer>(usual)
  const [bytes_sent, setSent] = useState(0)
  const saving = useMutation({
    mutationFn: (chosen: File) => sendAnswer(wash_id, { holds }, chosen, setSent),
    onSuccess: ({ file_id }) => onSent(file_id),
    onSettled: washesChanged,
  })
  const wrong = wrongIn(saving.error)
  const problem = content && fileProblem(content)
  return (
    <FormDialog
      title={words.title(wash_id)}
      submit={words.submit}
      saving={saving}
      said_by_fields={['name', 'bytes']}
      can={content !== null && problem === null}
      onSend={() => content && saving.mutate(content)}
      onClose={onClose}
    >
      <FileField
        hint={words.file_hint}
        problem={problem ?? wrong.get('name') ?? wrong.get('bytes')}
        onChoose={setContent}
      />
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
      {saving.isPending && content && <Sending part={bytes_sent / content.size} />}
    </FormDialog>
  )
}
