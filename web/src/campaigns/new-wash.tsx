// A register is asked about the numbers of an allocation.

import { Checkbox, NativeSelect } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Allocation, Wash } from '../../../src/client/api.ts'
import { REGISTER_NAMES, REGISTERS } from '../../../src/core/wash.ts'
import { makeWash, washesChanged } from '../api/washes.ts'
import { NumberField } from '../set-up/number-field.tsx'
import { FormDialog, wrongIn } from '../shell/form-dialog.tsx'
import { announce, typed } from '../shell/parts.tsx'
import { washes } from '../text/washes.ts'

const DAYS_MAX = 365

export function NewWash({ allocation, onClose }: { allocation: Allocation; onClose: () => void }) {
  const words = washes.new
  const { allocation_id, name, started, washed_until } = allocation
  const [register, setRegister] = useState<Wash['register']>('au')
  const [valid_days, setDays] = useState<number | null>(REGISTERS.au.valid_days)
  const [start, setStart] = useState(!started)
  const saving = useMutation({
    mutationFn: (days: number) =>
      makeWash(allocation_id, { register, valid_days: days, start_when_washed: start }),
    onSuccess: () => {
      announce(words.made)
      onClose()
    },
    onSettled: washesChanged,
  })
  const wrong = wrongIn(saving.error)
  return (
    <FormDialog
      title={words.title(name)}
      submit={words.submit}
      saving={saving}
      said_by_fields={['register', 'valid_days']}
      can={valid_days !== null && valid_days >= 1 && valid_days <= DAYS_MAX}
      onSend={() => valid_days && saving.mutate(valid_days)}
      onClose={onClose}
    >
      <p className="small">{washed_until === null ? words.hides : words.goes_on}</p>
      <NativeSelect
        label={words.register}
        data-autofocus
        value={register}
        data={REGISTER_NAMES.map((value) => ({ value, label: washes.registers[value] }))}
        error={wrong.get('register')}
        onChange={typed((value) => {
          const chosen = REGISTER_NAMES.find((one) => one === value)!
          setRegister(chosen)
          setDays(REGISTERS[chosen].valid_days)
        })}
      />
      <NumberField
        label={words.days}
        description={words.days_hint}
        required
        max={DAYS_MAX}
        value={valid_days}
        error={wrong.get('valid_days')}
        onChange={setDays}
      />
      {!started && (
        <Checkbox
          label={words.start}
          checked={start}
          onChange={({ currentTarget: { checked } }) => setStart(checked)}
        />
      )}
    </FormDialog>
  )
}
